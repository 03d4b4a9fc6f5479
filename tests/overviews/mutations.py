"""Pages spoilt on purpose, one fault each, as functions of a seed."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

CLAIMS = (
    "Nobody expected how well this would work.",
    "Small models will soon replace large ones in most companies.",
    "The field has reached a turning point.",
    "Most researchers now agree that the old benchmarks are useless.",
    "This line of work has changed how practitioners build systems.",
)


def sentences(document: Document, wanted: Callable[[Document], object]) -> list[Document]:
    """The sentences of a page for which `wanted` is true."""
    return [s for section in document["sections"] for s in section["sentences"] if wanted(s)]


def change_a_number(document: Document, generator: random.Random) -> None:
    """Another number of as many digits."""
    sentence = generator.choice(sentences(document, lambda s: re.search(r"\d", s["text"])))
    found = generator.choice(list(re.finditer(r"\d+", sentence["text"])))
    number = found[0]
    while number == found[0]:
        number = "".join(generator.choice("123456789") for _ in found[0])
    sentence["text"] = sentence["text"][: found.start()] + number + sentence["text"][found.end() :]


def swap_two_citations(document: Document, generator: random.Random) -> None:
    """Two sentences each with the other's papers."""
    one = generator.choice(sentences(document, lambda s: s["citations"]))
    others = sentences(document, lambda s: s["citations"] and s["citations"] != one["citations"])
    other = generator.choice(others)
    one["citations"], other["citations"] = other["citations"], one["citations"]


def invent_a_paper(document: Document, generator: random.Random) -> None:
    """A paper that does not exist, in a sentence."""
    number = f"{generator.randrange(10, 99)}{generator.randrange(1, 12):02}.9{generator.randrange(10**4):04}"
    generator.choice(sentences(document, lambda s: s["citations"]))["citations"] = [number]


def claim_without_source(document: Document, generator: random.Random) -> None:
    """A claim that has no source, as itself or posing as a connecting sentence."""
    kind = generator.choice(("claim", "link"))
    claim = {"text": generator.choice(CLAIMS), "citations": [], "queries": [], "kind": kind}
    generator.choice(document["sections"])["sentences"].append(claim)


MUTATIONS = (change_a_number, swap_two_citations, invent_a_paper, claim_without_source)


def spoilt(document: Document, seed: int) -> tuple[str, Document]:
    """The name of a mutation and a copy of the page with it; the seed decides which and where."""
    mutation = MUTATIONS[seed % len(MUTATIONS)]
    changed = copy.deepcopy(document)
    mutation(changed, random.Random(seed))
    return mutation.__name__, changed
