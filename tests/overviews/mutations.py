"""Pages spoilt on purpose, one fault each, as functions of a seed."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

Document = dict[str, Any]
Mutation = Callable[[Document, random.Random, pl.DataFrame], None]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

CLAIMS = (
    "Nobody expected how well this would work.",
    "Small models will soon replace large ones in most companies.",
    "The field has reached a turning point.",
    "Most researchers now agree that the old benchmarks are useless.",
    "This line of work has changed how practitioners build systems.",
)


TAILS = (
    ", and it is already deployed at Google",
    ", which earned a best paper award",
    ", and hospitals in Boston use it every day",
    ", and customers have saved millions of dollars with it",
    ", while regulators in Brussels are discussing its approval",
    ", so that a phone maker has bought the patent",
    "; the demo was downloaded by thousands of people last week",
    ", and the government of Norway has adopted it as a standard",
    ", although two newspapers have called it a hoax",
    ", and it will replace radiologists within five years",
    ", which its inventors had promised to investors",
    ", and the company Initech sells a product that is built on it",
)
"""Ends that no abstract says."""
TURNS = (
    ("rose", "fell"), ("grew", "shrank"), ("gained", "lost"), ("more than", "less than"), ("larger", "smaller"),
    ("most", "fewest"), ("papers", "authors"), ("share", "number"), ("primary category", "secondary category"),
    ("years", "months"), ("before", "after"), ("above", "below"), ("hold", "lack"), ("announced", "reviewed"),
)  # fmt: skip
"""Words of computed sentences and what makes another statement of them, in both directions."""


def sentences(document: Document, wanted: Callable[[Document], object]) -> list[Document]:
    """The sentences of a page for which `wanted` is true."""
    return [s for section in document["sections"] for s in section["sentences"] if wanted(s)]


def change_a_number(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """Another number of as many digits."""
    sentence = generator.choice(sentences(document, lambda s: re.search(r"\d", s["text"])))
    found = generator.choice(list(re.finditer(r"\d+", sentence["text"])))
    number = found[0]
    while number == found[0]:
        number = "".join(generator.choice("123456789") for _ in found[0])
    sentence["text"] = sentence["text"][: found.start()] + number + sentence["text"][found.end() :]


def swap_two_citations(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """Two sentences each with the other's papers."""
    one = generator.choice(sentences(document, lambda s: s["citations"]))
    others = sentences(document, lambda s: s["citations"] and s["citations"] != one["citations"])
    other = generator.choice(others)
    one["citations"], other["citations"] = other["citations"], one["citations"]


def invent_a_paper(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """A paper that does not exist, in a sentence."""
    number = f"{generator.randrange(10, 99)}{generator.randrange(1, 12):02}.9{generator.randrange(10**4):04}"
    generator.choice(sentences(document, lambda s: s["citations"]))["citations"] = [number]


def claim_without_source(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """A claim that has no source, as itself or posing as a connecting sentence."""
    kind = generator.choice(("claim", "link"))
    claim = {"text": generator.choice(CLAIMS), "citations": [], "queries": [], "kind": kind}
    generator.choice(document["sections"])["sentences"].append(claim)


def exchange_a_number(document: Document, generator: random.Random, papers: pl.DataFrame) -> None:
    """Another number of the same abstract, that the sentence does not state; nothing where no sentence has one."""
    abstracts = dict(papers.select("paper_id", "abstract").iter_rows())
    places = []
    for sentence in sentences(document, lambda s: s["citations"] and s["citations"][0] in abstracts):
        said = set(NUMBER.findall(sentence["text"]))
        title = re.sub(r"“[^”]*”", lambda found: " " * len(found[0]), sentence["text"])
        others = sorted(set(NUMBER.findall(abstracts[sentence["citations"][0]])) - said)
        places += [(sentence, found, others) for found in NUMBER.finditer(title) if others]
    if not places:
        return
    sentence, found, others = generator.choice(places)
    sentence["text"] = sentence["text"][: found.start()] + generator.choice(others) + sentence["text"][found.end() :]


def append_a_tail(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """A claim at the end of a sentence about a paper."""
    sentence = generator.choice(sentences(document, lambda s: s["citations"]))
    sentence["text"] = sentence["text"].rstrip(".!") + generator.choice(TAILS) + "."


def turn_a_computed_sentence(document: Document, generator: random.Random, _: pl.DataFrame) -> None:
    """What a query says, of the other direction, of another unit or of another topic."""
    turns = [*TURNS, *((two, one) for one, two in TURNS)]
    computed = sentences(document, lambda s: s["queries"])
    topics = sorted({topic for sentence in computed for topic in re.findall(r"“[^”]+”", sentence["text"])})
    places: list[tuple[Document, str, str]] = []
    for sentence in computed:
        places += [(sentence, one, two) for one, two in turns if re.search(rf"\b{one}\b", sentence["text"])]
        own = [topic for topic in topics if topic in sentence["text"]]
        places += [(sentence, topic, generator.choice(topics)) for topic in own]
    sentence, one, two = generator.choice([place for place in places if place[1] != place[2]])
    sentence["text"] = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", two, sentence["text"], count=1)


OF_PAPERS = (
    change_a_number,
    exchange_a_number,
    swap_two_citations,
    invent_a_paper,
    claim_without_source,
    append_a_tail,
)
"""For pages of sentences about papers alone."""
MUTATIONS = (*OF_PAPERS, turn_a_computed_sentence)


def spoilt(
    document: Document, seed: int, papers: pl.DataFrame, mutations: Sequence[Mutation] = MUTATIONS
) -> tuple[str, Document]:
    """The name of a mutation and a copy of the page with it; the seed decides which and where."""
    mutation = mutations[seed % len(mutations)]
    changed = copy.deepcopy(document)
    mutation(changed, random.Random(seed), papers)
    return mutation.__name__, changed
