"""Participles and gerunds as the finite verbs that a sentence of its own needs."""

from __future__ import annotations

import re

VERBS = (
    "analy[sz]e|apply|argue|build|calculate|characteri[sz]e|classify|compare|compute|conclude|conjecture|construct"
    "|deduce|demonstrate|derive|describe|determine|develop|discuss|establish|estimate|evaluate|examine|explain|explore"
    "|extend|find|formulate|generali[sz]e|give|identify|illustrate|improve|introduce|investigate|obtain|observe|outline"
    "|present|propose|prove|provide|recover|report|resolve|review|show|solve|study|suggest|test|use|verify"
)
PARTICIPLES = {
    "achieving": "achieves", "allowing": "allows", "answering": "answers", "confirming": "confirms",
    "demonstrating": "demonstrates", "disproving": "disproves", "enabling": "enables", "establishing": "establishes",
    "extending": "extends", "generalising": "generalises", "generalizing": "generalizes", "giving": "gives",
    "implying": "implies", "improving": "improves", "leading": "leads", "making": "makes",
    "outperforming": "outperforms", "proving": "proves", "providing": "provides", "reducing": "reduces",
    "refuting": "refutes", "resolving": "resolves", "resulting": "results", "revealing": "reveals",
    "settling": "settles", "showing": "shows", "solving": "solves", "strengthening": "strengthens",
    "suggesting": "suggests", "yielding": "yields", "completing": "completes", "offering": "offers",
    "complementing": "complements", "correcting": "corrects", "unifying": "unifies", "supporting": "supports",
    "preserving": "preserves", "increasing": "increases", "avoiding": "avoids", "ensuring": "ensures",
    "opening": "opens", "highlighting": "highlights", "maintaining": "maintains", "removing": "removes",
    "eliminating": "eliminates", "facilitating": "facilitates", "paving": "paves", "laying": "lays",
    "bridging": "bridges", "advancing": "advances", "generating": "generates", "producing": "produces",
    "obtaining": "obtains", "capturing": "captures", "introducing": "introduces", "identifying": "identifies",
    "indicating": "indicates", "illustrating": "illustrates", "recovering": "recovers", "creating": "creates",
    "requiring": "requires", "including": "includes", "using": "uses", "preventing": "prevents",
    "enhancing": "enhances", "delivering": "delivers", "underscoring": "underscores", "reaching": "reaches",
    "mitigating": "mitigates", "lowering": "lowers", "addressing": "addresses", "exceeding": "exceeds",
}  # fmt: skip
OPENING_PARTICIPLES = (
    "achieving", "allowing", "answering", "confirming", "demonstrating", "disproving", "enabling", "establishing",
    "extending", "generalising", "generalizing", "giving", "implying", "improving", "leading", "making",
    "outperforming", "proving", "providing", "reducing", "refuting", "resolving", "resulting", "revealing", "settling",
    "showing", "solving", "strengthening", "suggesting", "yielding", "completing", "offering", "complementing",
    "correcting", "unifying",
)  # fmt: skip
"""Those from which a clause is taken for a sentence of its own."""
GERUND = re.compile(
    r"(?P<mark>, and |, or |, | and | or )?(?:(?:thereby|thus|hence|also|[a-z]+ly) )?(?<=[ ,])(?P<verb>[a-z]{2,}ing)\b"
)
NO_GERUNDS = frozenset({"during", "string", "strings", "ring", "king", "spring", "bring", "thing", "being"})


SINGLE = re.compile(r"(?:^|[a-z,.] )I (?!(?:of|and|or|to|in|is|with|for|as)\b)(?=[a-z])")
PLURAL = re.compile(r"\b[Ww]e\b")
GERUNDS = {
    f"{verb.removesuffix('e')}ing": verb
    for verb in (
        *VERBS.replace("[sz]", "s").split("|"), "adapt", "adopt", "analyze", "characterize", "combine", "consider",
        "employ", "exploit", "generalize", "integrate", "leverage", "model", "reduce", "relate",
    )
}  # fmt: skip
BY_MEANS = "This is done "
"""How the means by which the paper did something are told until they stand in a summary."""
MEANS_ALONE = re.compile(r"(?:using|via|by means of|with the help of|through the use of) ")
GERUND_ALONE = re.compile(r"by ([a-z]+ing) ")


def doing(sentence: str, abstract: str) -> str:
    """The means as what the authors do: "This is done by solving Z" → "We solve Z"; any other sentence as it is."""
    if not sentence.startswith(BY_MEANS):
        return sentence
    rest = sentence.removeprefix(BY_MEANS)
    if found := MEANS_ALONE.match(rest):
        verb = "use"
    elif (found := GERUND_ALONE.match(rest)) and found[1] in GERUNDS:
        verb = GERUNDS[found[1]]
    else:
        return sentence
    subject = "I" if SINGLE.search(abstract) and not PLURAL.search(abstract) else "We"
    return f"{subject} {verb} {rest[found.end() :]}"


def finite(rest: str, mask: str) -> str | None:
    """What follows a participle that became a verb, with the participles beside it turned, too.

    "a basis, and supporting rapid growth" → "a basis, and supports rapid growth". None where one of them cannot be.
    """
    found = [each for each in GERUND.finditer(mask) if each["verb"] not in NO_GERUNDS]
    beside: list[re.Match[str]] = []
    for each in found:
        if not each["mark"]:
            break  # the next ones may stand beside this one: "a way of finding and solving"
        beside.append(each)
    if not any("and" in each["mark"] or "or" in each["mark"] for each in beside):
        return rest
    for each in reversed(beside):
        if each["verb"] not in PARTICIPLES:
            if each["mark"] in (", and ", ", or "):
                return None
            continue
        rest = f"{rest[: each.start('verb')]}{PARTICIPLES[each['verb']]}{rest[each.end('verb') :]}"
    return rest
