"""TeX as text: accents, commands, groups, mathematics and money."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.papers.tex import to_text
from assets.papers.text import fold
from tests.papers.invariants import faults


def cleaned(text: str) -> str:
    return to_text(fold(text))


@pytest.mark.parametrize(
    ("tex", "letters"),
    [
        (r"Erd\H{o}s", "Erdős"),
        (r"{\'e}, \'{e}, \'e and {\' e}", "é, é, é and é"),
        (r"Garc\'{\i}a and \'\i", "García and í"),
        (r"\v{c} \v s\v{S}", "č šŠ"),
        (r"Bj\o rn, Isstr{\o}m, \O rsted, \L ojasiewicz, {\L}o\'s", "Bjørn, Isstrøm, Ørsted, Łojasiewicz, Łoś"),
        (r"Stra\ss e, Pla{\ss}", "Straße, Plaß"),
        (r"\AA ngstr\"om, 5 {\AA}, 4 \AA resolution, H{\aa}stad", "Å ngström, 5 Å, 4 Å resolution, Håstad"),
        (r"Do\~nana, \c{c}, \u{g}, \=a, \.I, \k{a}, \d{u}, \r{A}, \^{\i}", "Doñana, ç, ğ, ā, İ, ą, ụ, Å, î"),
        (r"Jaiyé\d{o}lá, Nguy\~ên, Viet \'{\^e}", "Jaiyéọlá, Nguyễn, Viet ế"),
        (r"\t{oo}", "o\u0361o"),
        (r"G\''oran, Gonz\' alez, H\" ugel, Peter St\ütz", "Göran, González, Hügel, Peter Stütz"),
        (r"\b{eta}-chain, \c{hi}2, Fleiss' \k{appa}, {\l}ambda", "β-chain, χ2, Fleiss' κ, λ"),
        (r"the model\'s, \"quoted\"", 'the model\'s, "quoted"'),
        (r"pairs\u2014the", "pairs—the"),
    ],
)
def test_accents_become_letters(tex: str, letters: str) -> None:
    assert cleaned(tex) == letters


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"con\textbf{T}extual \emph{a} {\it b} {\bf c} \textsc{\small S3} {\em x, y}", "conTextual a b c S3 x, y"),
        (r"\textbf{\underline{D}}iversity \mbox{real-world} \texttt{[MASK]}", "Diversity real-world [MASK]"),
        (r"50\% of Q\&A, a\_b, C\#, 10\,km\ of\\rope", "50% of Q&A, a_b, C#, 10 km of rope"),
        ("5% of 10% and no comment", "5% of 10% and no comment"),
        (r"Code: \url{http://x.org/~me--you} \href{https://a.b/c}{here}.", "Code: http://x.org/~me--you here (https://a.b/c)."),
        (r"at \href{GitHub}{https://g.com/x}", "at GitHub (https://g.com/x)"),
        (r"ICL\footnote{see \url{http://a.b}} works", "ICL (see http://a.b) works"),
        (r"the demand~\cite{a,b}. So~(\citep[see][]{c}) \citet{d} say", "the demand. So […] say"),
        (r"(Table~\ref{t}), inequality \eqref{e} holds", "(Table), inequality holds"),
        (r"written in \LaTeX\ and \ldots", "written in LaTeX and …"),
        (r"``double'' and `single' quotes, f''(x), 5''", "“double” and ‘single’ quotes, f''(x), 5''"),
        ("''Aha moment'', a \"null'' step, 5'' to 7'' wide", "“Aha moment”, a “null” step, 5'' to 7'' wide"),
        ("1--2, a --- b, K --> pi, --x--", "1–2, a — b, K --> pi, –x–"),
        ("Table~3, 5~GeV, of ~10, z~2, 10~20", "Table 3, 5 GeV, of ~10, z~2, 10~20"),
        (r"\SI{20}{\micro\meter}, \num{36000}, \si{\hertz}, 360{\deg}, 1.5^\circ", "20 µm, 36000, Hz, 360°, 1.5°"),
        (r"CO\textsubscript{2}, HiFR\textsuperscript{2}, 10^{-3}, 17{,}000", "CO₂, HiFR², 10⁻³, 17,000"),
        (r"(\romannumeral2) \ding{182} \enquote{x} \verb|a_b|", "(ii) ❶ “x” a_b"),
        (r"\textcolor{blue}{Github} {\color[RGB]{1,2,3}{X}}", "Github X"),
        (r"{\alpha}-UMI, 2.80 \times, z \geq 7, {\nu}_max, a \rightarrow b", "α-UMI, 2.80 ×, z ≥ 7, ν_max, a → b"),
        (r"we propose \method~(\our{}), \model\ is \eg, \rev{new}", "we propose method (our), model is e.g., new"),
        (r"WikiText\-103 and hyphen\-ation", "WikiText-103 and hyphenation"),
        (r"\begin{itemize}\item one \item two\end{itemize}", "• one • two"),
        ("weights {-1, 0, 1}, {Scenario, Probability} pairs", "weights {-1, 0, 1}, {Scenario, Probability} pairs"),
        (r"a \{Scenario, Probability\} pair", "a {Scenario, Probability} pair"),
        ("{This sentence was marked, but why} and {GAN}s", "This sentence was marked, but why and GANs"),
        ("one } too many { and {another", "one too many and another"),
    ],
)  # fmt: skip
def test_commands_and_groups_leave_their_text(tex: str, text: str) -> None:
    assert cleaned(tex) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("of $\\ell_p$ loss for $1\\le p\n \\le 2$", "of $\\ell_p$ loss for $1\\le p \\le 2$"),
        (r"\(x\), \[y = z\] and $$ a^2 $$", "$x$, $y = z$ and $a^2$"),
        (r"$2.16\times$$\sim$$2.50\times$", r"$2.16\times \sim 2.50\times$"),
        (r"{$K^0$}-{$\overline{K}^0$} mixing", r"$K^0$-$\overline{K}^0$ mixing"),
        (r"$f(x) \text{ if $x$ holds}$", r"$f(x) \text{ if \(x\) holds}$"),
        (r"\begin{align}\label{e} a &= b \end{align}", r"$\begin{aligned}a &= b\end{aligned}$"),
        (r"p_{\mathrm{c}}, \tilde{O}(\sqrt{T})", r"p$_{\mathrm{c}}$, $\tilde{O}$($\sqrt{T}$)"),
        (r"the \$m\times n\$ matrices, top-\$p\$", r"the $m\times n$ matrices, top-$p$"),
        (r"$$u \quad\hbox{as $x\to 0$.}$$ This", r"$u \quad\hbox{as \(x\to 0\).}$ This"),
        (r"K^+ --> \pi^+ \nu \bar\nu", r"K^+ --> π^+ ν $\bar\nu$"),
        (r"with $>$$2$% and $65%$", r"with $> 2$% and $65%$"),
        (r"a graph $ G \) has", "a graph $G$ has"),
        (r"set \{x\}", r"set $\{$x$\}$"),
    ],
)
def test_mathematics_stays_between_single_dollars(tex: str, text: str) -> None:
    assert cleaned(tex) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("a $108M fund", r"a \$108M fund"),
        ("from $5 to $10 for $x$", r"from \$5 to \$10 for $x$"),
        (r"cost \$4M, $3 million", r"cost \$4M, \$3 million"),
        ("growth ($3M to $300M+ in 5 years) at $n$", r"growth (\$3M to \$300M+ in 5 years) at $n$"),
        ("($0.00050 vs $0.143) at", r"(\$0.00050 vs \$0.143) at"),
        ("a price of $5-$10, a $3-$manifold", r"a price of \$5-\$10, a $3-$manifold"),
        ("for $PINN and $x$", r"for \$PINN and $x$"),
        ("US$2.8 million and 23,974$ movies, as well as $k$", r"US\$2.8 million and 23,974\$ movies, as well as $k$"),
        (r"$19 \leq m$ < 22$. The resolution ${\sigma}$", r"$19 \leq m$ < 22\$. The resolution ${\sigma}$"),
        ("takes $12$ seconds, $0.89$-$0.96$", "takes $12$ seconds, $0.89$-$0.96$"),
    ],
)  # fmt: skip
def test_money_is_told_from_mathematics(tex: str, text: str) -> None:
    assert cleaned(tex) == text


def test_a_name_has_no_tie_but_keeps_a_tilde_within_a_word() -> None:
    assert to_text("Max D. ~Champneys", ties=False) == "Max D. Champneys"
    assert to_text("V'ictor Casta~neda", ties=False) == "V'ictor Casta~neda"


def test_deep_nesting_and_floods_of_signs_end_in_time() -> None:
    for flood in ("{" * 9_000, r"\textbf{" * 3_000 + "}" * 3_000, "$" * 9_001, r"\(" * 4_000, "a/b--" * 2_000):
        assert faults(cleaned(flood)) == []


def _words(text: str) -> list[str]:
    return text.split()


_PIECES = [
    *"\\${}~`'\"-_^%&;#<>ab1sS ,.()[]|!/@=éı",
    *_words(r"\$ \{ \} \\ \( \) \[ \] $$ \textbf{ \emph \' \v \c{ \b{eta} \alpha \frac{1}{2} \text{ \cite{a}"),
    *_words(r"\begin{align} \end{align} \href{ \url \item \foo `` '' -- --- _{ ^{ ^\circ http://a.b/ 5 $5 10"),
    *_words(r"&lt; &amp; \verb| \o \textcolor{ \hspace"),
    *("{\\it ", "\\l ", " to ", "word ", "and ", "\\u00a0", "\\uD800", "\x00", "\u200b", "\u0301", "\\SI{5}{\\m}"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_the_promises_hold_for_any_tangle_of_tex(text: str) -> None:
    assert faults(cleaned(text)) == []


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_the_promises_hold_for_any_text(text: str) -> None:
    assert faults(cleaned(text)) == []
