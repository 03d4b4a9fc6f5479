"""What the check of the pages catches: seeded mutations of pages, and the sentences it rejects unspoilt.

    python -m benchmarks.overview_mutations [--data ../shared/data] [--home FOLDER] [--number 500]

The pages of rules are the overviews of cs.LG and stat.ML and the topic pages and article of October 2025. The pages of
models are made of summaries that public digests really published, each under the title of its paper: those of the half
on which no threshold of the check was set, PAGE to a page. A mutation changes a number, takes another number of the
same abstract, swaps two citations, invents a paper, puts in a claim without a source, as a claim or as a connecting
sentence, puts an invented end to a sentence or turns a computed one (direction, unit, topic); it is caught when the
check finds a fault that the page did not have. Untouched sentences are those that were written before anything was cut.

Then what the thresholds of the check separate: words foreign to the cited paper, for sentences beside their own paper
and beside another, by rules and by models, of the half that set the thresholds and of the half that judges them.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import hashlib
import io
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import zstandard

from assets.overviews.article import build_article
from assets.overviews.finishing import works
from assets.overviews.framing import standalone
from assets.overviews.json_form import cited_document, overview_document
from assets.overviews.month_assets import read_month
from assets.overviews.month_json import month_document
from assets.overviews.parts import Query
from assets.overviews.support import NOVEL, foreign_share, stems_of
from assets.overviews.topic_page import build_topic_page
from assets.overviews.topics import Topic, load_topics
from assets.overviews.verify import verify
from assets.warehouse.lake import Lake
from benchmarks.overviews_home import CATEGORIES, DATA, HOME, Year, overview_of, prepared, read_year
from tests.overviews.mutations import MUTATIONS, OF_PAPERS, Document, Mutation, spoilt

TEXTS = pl.List(pl.String)
MONTH = "2025-10"
IN_THE_WILD = "summaries_in_the_wild.jsonl.zst"
FIELDS = ("tldr", "method", "result", "conclusion")
PAGE = 60
"""Sentences of a page of models."""
SENTENCES = 4_000
QUANTILES = (0.5, 0.95, 0.99, 0.999)


class Page(NamedTuple):
    """A page with the papers that it cites and the queries that it stands on."""

    document: Document
    papers: pl.DataFrame
    evidence: dict[str, Query]


class Summary(NamedTuple):
    """A sentence that a model wrote of a paper."""

    paper: str
    title: str
    abstract: str
    text: str


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="Mutations of the overviews, and the thresholds of the check.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--number", type=int, default=500)
    given, _ = parser.parse_known_args()
    data = given.data.resolve()
    by_models = recorded(data / IN_THE_WILD)
    _mutations("pages of models", model_pages(by_models[1]), [], given.number, OF_PAPERS)
    lake, topics = prepared(given.home, data), load_topics()
    year = read_year(lake)
    _mutations("pages of rules", _rule_pages(lake, year, topics), [t.intro for t in topics], given.number, MUTATIONS)
    _thresholds(year, by_models)


def recorded(path: Path) -> tuple[list[Summary], list[Summary]]:
    """Summaries that models wrote, in two halves by their paper: the one that set the thresholds, the one that judges.

    In English, without a defect, and such as a page would quote.
    """
    halves: tuple[list[Summary], list[Summary]] = ([], [])
    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            row = json.loads(line)
            if row["language"] != "en" or not row["abstract"]:
                continue
            half = halves[int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2]
            title, abstract = (" ".join(row[name].split()) for name in ("title", "abstract"))
            for name in FIELDS:
                text = " ".join((row["summary"].get(name) or "").split())
                if not row["defects"].get(name) and standalone(text, addresses=True):
                    half.append(Summary(row["id"], title, abstract, text))
    return halves


def model_pages(summaries: Sequence[Summary]) -> Iterator[Page]:
    """Pages of these sentences, each under the title of its paper."""
    for first in range(0, len(summaries), PAGE):
        told = summaries[first : first + PAGE]
        rows: dict[str, dict[str, object]] = {
            one.paper: {
                "day": dt.date(2025, 1, 2),
                "paper_id": one.paper,
                "title": one.title,
                "abstract": one.abstract,
                "authors": [],
                "categories": [],
                "comment": None,
                "journal_ref": None,
            }
            for one in told
        }
        papers = pl.DataFrame(list(rows.values()), schema_overrides=dict.fromkeys(("authors", "categories"), TEXTS))
        papers = papers.with_columns(pl.col("comment", "journal_ref").cast(pl.String))
        document: Document = {
            "month": "2025-01",
            "sections": [
                {
                    "title": "New papers",
                    "sentences": [
                        {
                            "text": one.text,
                            "citations": [one.paper],
                            "queries": [],
                            "kind": "claim",
                            "under_title": True,
                        }
                        for one in told
                    ],
                }
            ],
            "cited": cited_document(works(papers)),
            "evidence": {},
        }
        yield Page(document, papers, {})


def _rule_pages(lake: Lake, year: Year, topics: Sequence[Topic]) -> Iterator[Page]:
    for category in CATEGORIES:
        overview, papers = overview_of(year, category)
        yield _page(overview_document(overview), papers)
    month = read_month(lake, MONTH, tuple(topics))
    for topic in topics:
        papers = month.corpus.frame.filter(month.rows[topic.key])
        yield _page(month_document(build_topic_page(month, topic)), papers)
    yield _page(month_document(build_article(month)), month.corpus.frame)


def _page(document: Document, papers: pl.DataFrame) -> Page:
    # The papers that the page cites are all that the check looks up; the rest would only be read again and again.
    cited = papers.filter(pl.col("paper_id").is_in([work["id"] for work in document["cited"]]))
    return Page(document, cited, {name: Query(name, **entry) for name, entry in document["evidence"].items()})


def _mutations(
    name: str, pages: Iterable[Page], glosses: list[str], number: int, mutations: Sequence[Mutation]
) -> None:
    ready, written, rejected, rules = [], 0, 0, collections.Counter[str]()
    for page in pages:
        found = verify(*page, glosses)
        # Papers told of in two sentences that much resemble each other are no matter of the thresholds.
        faults = {(fault.section, fault.sentence): fault.rule for fault in found.faults if fault.rule != "duplicate"}
        cut = page.document.get("verification", {}).get("cut", [])
        written += sum(len(section["sentences"]) for section in page.document["sections"]) + len(cut)
        rejected += len(faults) + len(cut)
        rules.update(faults.values())
        ready.append((page, set(found.problems)))
    tried: collections.Counter[str] = collections.Counter()
    caught: collections.Counter[str] = collections.Counter()
    for seed in range(number):
        for turn in range(len(ready)):
            page, before = ready[(seed // len(mutations) + turn) % len(ready)]
            mutation, changed = spoilt(page.document, seed, page.papers, mutations)
            if changed != page.document:
                break
        tried[mutation] += 1
        caught[mutation] += bool(set(verify(changed, page.papers, page.evidence, glosses).problems) - before)
    print(f"| mutation of {name} | tried | caught | share |\n|---|---:|---:|---:|")
    for mutation in tried:
        share = caught[mutation] / tried[mutation]
        print(f"| {mutation.replace('_', ' ')} | {tried[mutation]} | {caught[mutation]} | {share:.1%} |")
    print(f"| all | {number} | {caught.total()} | {caught.total() / number:.1%} |")
    told = f" ({', '.join(f'{rule} {times}' for rule, times in rules.most_common())})" if rules else ""
    print(
        f"\nOf {written:,} untouched sentences, {rejected} were rejected ({rejected / written:.2%}){told}.\n",
        flush=True,
    )


def _thresholds(year: Year, by_models: tuple[list[Summary], list[Summary]]) -> None:
    joined = year.papers.join(year.summaries, on=["day", "paper_id"]).sort("paper_id").sample(SENTENCES, seed=1)
    by_rules = [
        Summary(row["paper_id"], row["title"], row["abstract"], text)
        for row in joined.iter_rows(named=True)
        for text in filter(None, (standalone(row[name], addresses=True) for name in ("tldr", "result", "practical")))
    ]
    print(f"| sentences beside | number | {' | '.join(f'{q:.1%}' for q in QUANTILES)} | above {NOVEL} |")
    print("|---|---:|" + "---:|" * (len(QUANTILES) + 1))
    groups = {
        "by rules": by_rules,
        "by models, the half that set it": by_models[0],
        "by models, the other": by_models[1],
    }
    for name, told in groups.items():
        generator = random.Random(1)
        known = {one.paper: frozenset(stems_of(f"{one.title} {one.abstract}")) for one in told}
        papers = sorted(known)
        own = [foreign_share(one.text, known[one.paper]) for one in told]
        other = [
            foreign_share(one.text, known[generator.choice([p for p in generator.sample(papers, 2) if p != one.paper])])
            for one in told
        ]
        for whose, values in (("its own paper", sorted(own)), ("another paper", sorted(other))):
            at = " | ".join(f"{values[int(q * len(values))]:.2f}" for q in QUANTILES)
            above = sum(value > NOVEL for value in values) / len(values)
            print(f"| {whose}, {name} | {len(values):,} | {at} | {above:.2%} |")


if __name__ == "__main__":
    main()
