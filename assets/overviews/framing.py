"""A sentence of a summary as a sentence of the page: attributed, standing on its own, otherwise untouched.

The words stay those of the summary. Only the frame changes: "The authors propose …" names them, and an
opening that leads nowhere goes ("To address this, …"). A sentence that would leave the reader
guessing ("It also …") is not used at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assets.overviews.phrasing import quoted, short_authors
from assets.summaries.voice import third_person

LENGTH = (50, 300)
"""Characters of a sentence that the page quotes: below, it says nothing; above, it loses the reader."""

KINDS = "paper|work|study|article|survey|review|thesis|report|note|tutorial|manuscript"
"""What a paper calls itself."""

AIM = re.compile(
    r"^(?:To [a-z]+|In order to [a-z]+|Motivated by|Inspired by|Building (?:up)?on|Based on|Guided by|In light of"
    r"|In response to)\s(?:[a-z]+\s)?(?:this|these|those|such|the above|it|so|both)\b[^,.;:$]{0,80},\s+"
)
THEREFORE = re.compile(r"\b([Tt]he authors?|[Tt]hey) (?:therefore|thus|hence|consequently|accordingly) ")
"""A word that draws a conclusion from a sentence that is not there."""
DANGLING = re.compile(
    r"^(?:It|They|These|Those|Such|That|He|She|Its|Their|Them|Then|But|And|Or|So|Yet|Each|Another|Other|Others|Instead"
    r"|Rather|Similarly|Likewise|Conversely|Nevertheless|Nonetheless|Otherwise|Meanwhile|Afterwards?|Hence|Thus"
    r"|Therefore|However|Moreover|Furthermore|Additionally|Also|Finally|In addition|Specifically|The former|The latter"
    r"|Here|Thereby|Last|Lastly|Firstly|Secondly|Thirdly|Consequently|Accordingly|Subsequently|Keywords|Index Terms"
    rf"|This(?!\s+(?:{KINDS})\b)"
    r"|(?:While|Unlike|Compared to|Based on|Building on|With|By|In|Using|Under|From|For|Given|Through|Beyond|Via|On)"
    r" (?:this|these|those|it|doing so))\b|^\(?(?:\d+|[ivx]+)\)"
)
POINTS_BACK = re.compile(
    r"\bth(?:is|ese) (?:challenges?|issues?|gaps?|limitations?|problems?|threats?|goal|aim|end)\b"
    r"|\b(?:address|addresses|addressing|overcome|overcomes|overcoming|mitigate|mitigates|tackle|tackles|solve|solves)"
    r" the (?:challenges?|issues?|gaps?|limitations?|problems?|threats?)(?=[,.;]| (?:and|by|through|with|via)\b)"
    r"|^[Tt]he (?:challenges?|limitations?|threats?) (?:is|are|was|were)\b"
    r"|\b(?:the above|aforementioned|the latter|the former)\b"
)
FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us|[Mm]y|me|I)\b(?![-.])")
AUTHORS = re.compile(r"\b[Tt]he authors?\b(?!['’])")
SEVERAL = re.compile(r"\b[Tt]he authors\b(?!['’])")
OBJECT = re.compile(
    r"(?i)\b((?:allow|enabl|help|let|lead|permit|motivat|requir|giv|provid|guid|prompt|inspir|convinc|remind)(?:e?s|ed|ing|e)?"
    r"|to|of|by|for|from|with) the authors\b(?!['’])"
)
"""The authors where they are no subject: "them"."""
THEIRS = re.compile(r"\b([Tt])he author(?:s['’]|['’]s)")
THIS_PAPER = re.compile(rf"^(?:This|The(?: present)?)\s+({KINDS})\b(?!['’])")
REPORTING = re.compile(
    r"^(?:(?:[A-Z][a-z]+|The|large-scale|real-world|and|experimental|numerical|theoretical|empirical|simulation)\s+){0,3}"
    r"(?:[Ee]xperiments?|[Rr]esults?|[Ee]valuations?|[Aa]nalys[ei]s|[Ff]indings|[Ss]imulations?|[Ss]tudies|[Tt]ests?)\b"
)
LOWER_START = re.compile(
    r"^(?:The|A|An|This|On|In|At|Across|When|While|With|By|For|Under|Through|Although|Despite|Both|All|Most|Many|Even|No"
    r"|Among|Compared|Comparative|Using|Extensive|Comprehensive|Empirical|Experimental|Numerical|Theoretical|Experiments|Results|Evaluations?"
    r"|Evaluated|Findings|Analys[ei]s|Simulations?|Applied|Tested|Trained|There|Several|Recent|Existing|Standard|Preliminary|Key"
    r"|Performance|Models?|Training|Small|Large|Simple|Their|Its|Our)(?=\s)"
)
REPORTED = re.compile(
    r"^(?:(?:Extensive|Comprehensive|Empirical|Experimental|Numerical|Our|Their|The|Simulation|Evaluation)\s+){0,3}"
    r"(?:[Ee]xperiments|[Rr]esults|[Ee]valuations|[Ss]imulations|[Ff]indings|experimental results)\s+"
    r"(?:show|demonstrate|indicate|reveal|suggest|confirm)(?:ed)?\s+that\s+"
)
LEANS = re.compile(
    r"\b(?:[Tt]he|[Aa]ll|[Tt]heir|[Bb]oth|two|three) (?:\w+ )?(?:proposed|resulting|developed|presented)\b"
    r"|^(?:The|Their) (?:\w+ )?(?:method|approach|framework|model|system|algorithm|objective|part|pipeline|architecture"
    r"|technique|goal|aim)\b"
)
BACK = re.compile(
    r"\b(?:those|such) (?:limitations|challenges|issues|problems|gaps)\b"
    r"|\b(?:for|in|under|of|on|with|to) such (?:environments?|settings?|scenarios?|cases|situations|conditions|systems"
    r"|tasks|data)\b(?! as)"
    rf"|\b[Tt]h(?:is|ese) (?!{KINDS})[a-z]"
)
THEY = re.compile(r"\b(?:they|them|it)\b")
_EXPLETIVE = r"(?: (?:is|was) (?:[a-z]+ly )?(?:possible|impossible|necessary|sufficient|enough|hard|easy|difficult)\b)"
BARE = re.compile(
    r"\b[Aa]uthors? (?:[a-z]+ly |also |then |further )?[a-z]+ (?:that |how |whether |why )?"
    rf"(?:(?:it|they)\b(?!{_EXPLETIVE})|its\b|them\b|these\b|those\b)"
    r"|\b(?:show|demonstrat|confirm|validat|verif|reveal|indicat|suggest|highlight|underscor|prov|illustrat|support)"
    r"[a-z]* (?:that )?its\b"
    r"|^(?:To|By|For|With|Through|In|Via|After|Before|Beyond) (?:[a-z-]+ ){0,2}(?:its?|their|them|they)\b"
)
"""A pronoun so near the beginning that nothing in the sentence can be meant by it."""
VACUOUS = re.compile(
    r"\bdescribes? (?:their|the|its|his|her) (?:method|approach|results|submission|system|solution)\b"
    r"|\bdiscuss(?:es)? (?:these|the) (?:results|findings|implications)\b"
)
HOLLOW = re.compile(
    r"(?i)\b(?:demonstrat|confirm|validat|verif|show|illustrat|highlight|prov)\w* the (?:\w+ ){0,2}"
    r"(?:effectiveness|superiority|efficacy|potential|importance|feasibility|usefulness|benefits?|advantages?)\b"
)
"""What sounds like a result and tells none."""
BACKGROUND = re.compile(
    r"^(?:Traditional|Existing|Recent|Current|Currently|Previous|Prior|Conventional|Naive|Naively|Classical|Most|Many)\b"
    r"|\b(?:suffers? from|fails? to|remains? (?:an? )?(?:challeng|open|difficult|unclear)|is challenging|are lacking)"
)
"""What the field is like, rather than what the paper gives it."""
LEFT_OPEN = re.compile(r"^[^,]*, (?:it|they)\b")
"""A clause before a pronoun that means neither the clause nor anything in it."""
ADDRESS = re.compile(r"https?:|www\.|\b\w+\.(?:com|org|io|ai)\b")
LISTS = re.compile(r"(?:^|\s)\(?(?:1|i|a)[).]\s|[:;]$|•|\[\d+\]")
ADVERB = r"(?!(?:apply|imply|rely|reply|supply|comply|multiply|fly)\b)[a-z]+ly"
VERB = re.compile(rf"^(\s+(?:{ADVERB}\s+|also\s+|then\s+|first\s+)?)([a-z]+)\b")


_VERBS = """
    accelerate achieve adapt add adopt align analyse analyze apply argue assess augment avoid characterize classify
    collect combine compare conclude conduct consider construct create decompose define demonstrate derive describe
    detect determine develop discuss eliminate employ enable encode enhance ensure establish evaluate examine
    explain explore extend fine-tune formalize formulate generalize generate give identify illustrate implement
    improve incorporate integrate introduce investigate learn match maximize minimize modify motivate observe obtain
    optimize outperform perform predict preserve propose prove provide quantify reduce replace resolve reveal
    simplify simulate solve suggest summarize unify utilize validate verify
"""
_NOUNS = """
    advance benchmark bridge build calculate capture challenge complement compute contribute design estimate exploit
    extract find frame highlight leverage measure model offer outline present release report review select show
    study test train transform use
"""
COORDINATED = re.compile(
    r"((?:,|\band|\bor|\bthen|\bbut) (?:(?:and|then|also|further|finally|" + ADVERB + r") )*)"
    rf"((?:{'|'.join(_VERBS.split())})(?= )|(?:{'|'.join(_NOUNS.split())})"
    r"(?= (?:that|how|whether|why|when|the|an?|its|their|it|them|this|these|those|both|all|each|two|three|several"
    r"|multiple|various|new|novel|on|with|by|against|over|across|for|in)\b))"
)
"""A further verb of the same subject; one that may be a noun counts by what follows: "and train the model", but not
"and train data"."""
OPEN_AIM = re.compile(r"(?<=^To )([a-z]+ [^,;:]*[^,;:\s])\s$")
NO_VERBS = frozenset({"of", "and", "or", "who", "in", "with", "from", "at", "by", "on", "for", "to", "themselves"})
"""What may follow the authors and is no verb of theirs."""
CLAUSE = re.compile(
    r"\b(?:that|which|who|whose|whom|where|when|while|if|as|because|since|how|to|can|could|may|might|will|would|must|should"
    r"|not|do|does|let|lets|make|makes|help|helps)\b"
)
"""What brings another subject or an infinitive in."""


def standalone(text: str | None, addresses: bool = False) -> str | None:
    """The sentence without an opening that leads nowhere, or None where it cannot stand on its own.

    Not used are sentences that are very short or long, fragments, those in the first person, those that point
    back, those with lists and (unless allowed) those with web addresses.
    """
    if not text or not LENGTH[0] <= len(text) <= LENGTH[1] or text[-1] not in ".!":
        return None
    told = THEREFORE.sub(r"\1 ", AIM.sub("", text, count=1))
    told = told[:1].upper() + told[1:]
    refused = (
        not told[:1].isalnum()
        or len(told) < LENGTH[0]
        or DANGLING.search(told)
        or POINTS_BACK.search(told)
        or FIRST_PERSON.search(told)
        or LISTS.search(told)
        or (not addresses and ADDRESS.search(told))
        or told.count("(") != told.count(")")
        or told.replace("\\$", "").count("$") % 2
    )
    return None if refused else told


def is_hollow(text: str) -> bool:
    """Whether a sentence praises a result without telling one in numbers."""
    return HOLLOW.search(text) is not None and re.search(r"\d", text) is None


def goes_on(text: str) -> bool:
    """Whether a sentence can follow the one that says what a paper does: about the paper still, and clear."""
    if AUTHORS.search(text) is None and (BACKGROUND.search(text) or LEFT_OPEN.search(text)):
        return False
    return not is_hollow(text)


def speaks_for_itself(text: str, title: str) -> bool:
    """Whether a sentence tells what its paper does or finds, rather than what the field is like.

    It does when it speaks of the authors or of the paper, reports results, or begins with a name that the
    title coins ("PinFM is …"), and when it does not lean on "the proposed method" or a "they" of another sentence.
    """
    if BACK.search(text) or BARE.search(text):
        return False
    if AUTHORS.search(text) is None and (LEANS.search(text) or THEY.search(text)):
        return False
    if AUTHORS.search(text) or THIS_PAPER.match(text):
        return not VACUOUS.search(text)
    first = re.match(r"\w+", text)
    coined = first is not None and len(re.findall(r"[A-Z]", first[0])) > 1 and first[0] in title
    return coined or REPORTING.match(text) is not None


def attributed(text: str, authors: Sequence[str], title: str, variant: int, show_title: bool = True) -> str:
    """A sentence that stands on its own, told as its authors' statement.

    `variant` varies the frame from one sentence to the next. `show_title` names the paper, for a sentence that
    says "the method" of something that only the title names.
    """
    who = short_authors(authors)
    if not who:
        return f"In {quoted(title)}: {text}"
    one = len(authors) == 1
    named = f"In {quoted(title)}, " if show_title else ""
    if (told := AUTHORS.match(text)) is not None:
        rest = text[told.end() :]
        if one and not told[0].endswith("author"):
            singular = _singular(rest)
            if singular is None:
                return f"In {f'{quoted(title)}, ' if show_title else ''}a paper by {who}, they{afterwards(rest)}"
            rest = singular
        return f"{named}{who}{afterwards(rest)}"
    if (told := AUTHORS.search(text)) is not None and (renamed := _named(text, told, who, one)) is not None:
        if not show_title:
            return renamed
        return f"{named}{_lower(renamed)}" if _lower(renamed) != renamed else f"From {quoted(title)}: {renamed}"
    if (paper := THIS_PAPER.match(text)) is not None:
        article = "" if paper[1] == "work" else "An " if paper[1][0] in "aeiou" else "A "
        rest = afterwards(text[paper.end() :])
        if show_title:
            return f"{quoted(title)}, {article.lower()}{paper[1]} by {who},{rest}"
        what = f"{article}{paper[1]}"
        return f"{what[0].upper()}{what[1:]} by {who}{rest}"
    text = afterwards(text)
    lower = _lower(text)
    if lower == text:
        return f"{quoted(title)} ({who}): {text}" if show_title or variant % 2 else f"{who}: {text}"
    reported = REPORTED.match(text)
    if reported is not None and variant % 3 == 0:
        found = text[reported.end() :]
        return f"{named}{who} find{'s' if one else ''} that {found}"
    if variant % 3 == 1 or reported is not None or REPORTING.match(text):
        place = f" in {quoted(title)}" if show_title else ""
        return (
            f"{named[:-2]} by {who}, {lower}" if show_title and variant % 2 else f"According to {who}{place}, {lower}"
        )
    return f"{who} report{'s' if one else ''}{f' in {quoted(title)}' if show_title else ''} that {lower}"


def _lower(text: str) -> str:
    """The text with its first letter small where its first word is one that may be."""
    return LOWER_START.sub(lambda found: found[0][0].lower() + found[0][1:], text)


def _named(text: str, told: re.Match[str], who: str, one: bool) -> str | None:
    """The text with the authors' names where it first speaks of them; None where one author's verbs are in doubt."""
    before, rest = text[: told.start()], text[told.end() :]
    if one and not told[0].endswith("author") and not OBJECT.search(text[: told.end()]):
        singular = _singular(rest)
        if singular is None:
            return None
        rest = singular
    # "To study detection the authors train …" lacks its comma, as "In the parks the authors study, …" does not.
    before = OPEN_AIM.sub(r"\1, ", before)
    return f"{before}{who}{afterwards(rest)}"


def afterwards(text: str) -> str:
    """Later mentions of the authors, once they are named: "they", "them", "their".

    "The author" stays, whose verbs are in the singular.
    """
    text = THEIRS.sub(lambda found: "Their" if found[1] == "T" else "their", text)
    text = OBJECT.sub(r"\1 them", text)
    return SEVERAL.sub(lambda found: "They" if found[0][0] == "T" else "they", text)


def _singular(rest: str) -> str | None:
    """What follows "the authors", for one author: "propose … and show …" → "proposes … and shows …".

    None where a later verb may have another subject, or none ("… how to train and evaluate …"), so that nobody can
    tell by rules what becomes of it.
    """
    first = VERB.match(rest)
    if first is None or first[2] in NO_VERBS:
        return None
    later = COORDINATED.search(rest, first.end())
    if later is not None and CLAUSE.search(rest, first.end(), later.start()):
        return None
    head = f"{first[1]}{third_person(first[2])}"
    return head + COORDINATED.sub(lambda found: f"{found[1]}{third_person(found[2])}", rest[first.end() :])
