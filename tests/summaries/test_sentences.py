"""Splitting keeps formulas, addresses and citations whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.summaries.clauses import brief, without_parentheses
from assets.summaries.sentences import math_spans, split, tidy


def test_abbreviations_decimals_and_initials_end_no_sentence() -> None:
    text = "As in Smith et al. (2020), e.g. in Fig. 3, the gain of A. B. Jones is 3.5 dB vs. 2.1 dB. It holds."
    assert split(text) == (text.removesuffix(" It holds."), "It holds.")


def test_a_formula_with_full_stops_is_never_cut() -> None:
    text = "We bound $f(x). G(x) \\le 1.5$ from above. Then $x=1$ follows."
    assert split(text) == ("We bound $f(x). G(x) \\le 1.5$ from above.", "Then $x=1$ follows.")


def test_a_sentence_may_begin_with_a_formula_or_a_number() -> None:
    assert split("We study cells. $K$-theory helps here.") == ("We study cells.", "$K$-theory helps here.")


def test_citations_in_brackets_stay_whole() -> None:
    text = "This answers a question of Le Gall [J. Comb. Th. Ser. B, 2007]. We give a proof."
    assert len(split(text)) == 2


def test_quotations_hide_no_sentence_end() -> None:
    assert len(split('We call it a "gap. It is not closed. We close it.')) == 3


def test_an_address_keeps_its_dots() -> None:
    assert split("Code is at https://example.org/a.b. Data follow.") == (
        "Code is at https://example.org/a.b.",
        "Data follow.",
    )


def test_money_is_no_formula() -> None:
    assert math_spans("It costs $5 to build and $10 to run a model.") == []
    assert len(math_spans("It has $n$ nodes and $2n$ edges.")) == 2


def test_a_lone_dollar_spoils_nothing() -> None:
    assert math_spans("A budget of $108M is enough.") == []
    assert tidy("An O($n log n) bound.") == "An O(n log n) bound."


def test_tidy_folds_lines_and_resolves_left_over_macros() -> None:
    assert tidy("We \\emph{show}\n  50\\% of \\(x\\)\x00 in~\\cite{a}") == "We show 50% of $x$ in"


def test_the_name_in_an_authors_own_macro_is_kept() -> None:
    assert tidy("We run \\SpeedBench{} on it.") == "We run SpeedBench on it."


def test_brackets_go_only_outside_formulas() -> None:
    assert without_parentheses("The norm (of $f(x)$) and the gap (or the slack) vanish.") == (
        "The norm (of $f(x)$) and the gap vanish."
    )


def test_a_short_name_in_brackets_stays() -> None:
    text = "The authors use principal component analysis (PCA) for it."
    assert without_parentheses(text) == text


def test_how_the_authors_came_to_it_goes_from_a_long_sentence_and_a_condition_stays() -> None:
    rest = "the authors propose a solver for stiff equations that needs no step control at all."
    assert brief(f"Inspired by springs and dampers, {rest}", 12, 5) == f"T{rest[1:]}"
    condition = f"Under a bound on the third derivative, {rest}"
    assert brief(condition, 12, 5) == condition


def test_a_clause_in_the_middle_is_never_cut() -> None:
    text = "The new scheme, which needs no tuning at all on any of the tasks, wins."
    assert brief(text, 5, 3) == text


@given(st.text())
def test_splitting_loses_no_letter(text: str) -> None:
    tidied = tidy(text)
    assert "".join("".join(split(tidied)).split()) == "".join(tidied.split())


@given(st.text(alphabet="ab .$\\{}()1?", max_size=80))
def test_no_sentence_ends_inside_a_formula(text: str) -> None:
    tidied = tidy(text)
    spans = math_spans(tidied)
    formulas = [tidied[start:end] for start, end in spans]
    sentences = split(tidied)
    assert all(any(formula in sentence for sentence in sentences) for formula in formulas)
