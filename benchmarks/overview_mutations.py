"""What the check of the pages catches: seeded mutations of the pages of 2025, and the sentences it rejects unspoilt.

    python -m benchmarks.overview_mutations [--data ../shared/data] [--home FOLDER] [--number 500]

The pages are the overviews of cs.LG and stat.ML and the topic pages and article of October. A mutation changes a
number, swaps two citations, invents a paper, or puts in a claim without a source, as a claim or as a connecting
sentence; it is caught when the check finds a fault. Untouched sentences are those that were written before anything
was cut.

Then the calibration of the support threshold: the shares of words foreign to the cited paper, for sentences beside
their own paper, beside any other, and beside another one about language models.
"""

from __future__ import annotations

import argparse
import collections
import random
from pathlib import Path

import polars as pl

from assets.overviews.article import build_article
from assets.overviews.framing import standalone
from assets.overviews.json_form import overview_document
from assets.overviews.month_assets import read_month
from assets.overviews.month_json import month_document
from assets.overviews.parts import Query
from assets.overviews.topic_page import build_topic_page
from assets.overviews.topics import load_topics
from assets.overviews.verify import NOVEL, foreign_share, stems_of, verify
from benchmarks.overviews_home import CATEGORIES, DATA, HOME, overview_of, prepared, read_year
from tests.overviews.mutations import Document, spoilt

MONTH = "2025-10"
SENTENCES = 4_000
QUANTILES = (0.5, 0.95, 0.99, 0.999)


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description="Mutations of the overviews, and the support threshold.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--home", type=Path, default=HOME)
    parser.add_argument("--number", type=int, default=500)
    given, _ = parser.parse_known_args()
    lake, topics = prepared(given.home, given.data.resolve()), load_topics()
    year = read_year(lake)
    pages: list[tuple[str, Document, pl.DataFrame]] = []
    for category in CATEGORIES:
        overview, papers = overview_of(year, category)
        pages.append((f"overview of {category}", overview_document(overview), papers))
    month = read_month(lake, MONTH, topics)
    for topic in topics:
        papers = month.corpus.frame.filter(month.rows[topic.key])
        pages.append((f"page of {topic.key}", month_document(build_topic_page(month, topic)), papers))
    pages.append((f"article of {MONTH}", month_document(build_article(month)), month.corpus.frame))
    _mutations(pages, [topic.intro for topic in topics], given.number)
    _threshold(year.papers, year.summaries)


def _mutations(pages: list[tuple[str, Document, pl.DataFrame]], glosses: list[str], number: int) -> None:
    tried: collections.Counter[str] = collections.Counter()
    caught: collections.Counter[str] = collections.Counter()
    ready = []
    for _, document, papers in pages:
        evidence = {name: Query(name, **entry) for name, entry in document["evidence"].items()}
        cited = [work["id"] for work in document["cited"]]
        # The papers that the page cites are all that the check looks up; the rest would only be read again and again.
        ready.append((document, papers.filter(pl.col("paper_id").is_in(cited)), evidence))
        assert not verify(document, papers, evidence, glosses).problems
    for seed in range(number):
        document, papers, evidence = ready[(seed // 4) % len(ready)]
        name, changed = spoilt(document, seed)
        tried[name] += 1
        caught[name] += bool(verify(changed, papers, evidence, glosses).problems)
    print("| mutation | tried | caught | share |\n|---|---:|---:|---:|")
    for name in tried:
        print(f"| {name.replace('_', ' ')} | {tried[name]} | {caught[name]} | {caught[name] / tried[name]:.1%} |")
    print(f"| all | {number} | {caught.total()} | {caught.total() / number:.1%} |")
    written = sum(document["verification"]["sentences"] for _, document, _ in pages)
    cut = sum(len(document["verification"]["cut"]) for _, document, _ in pages)
    print(f"\nOf {written + cut:,} untouched sentences, {cut} were rejected ({cut / (written + cut):.2%}).\n")


def _threshold(papers: pl.DataFrame, summaries: pl.DataFrame) -> None:
    joined = papers.join(summaries, on=["day", "paper_id"]).sort("paper_id").sample(SENTENCES, seed=1)
    rows = joined.select("title", "abstract", "tldr", "result", "practical").to_dicts()
    known = [frozenset(stems_of(f"{row['title']} {row['abstract']}")) for row in rows]
    alike = [place for place, row in enumerate(rows) if "language model" in row["abstract"].lower()]
    generator = random.Random(1)
    shares: dict[str, list[float]] = {"its own paper": [], "another paper": [], "another about language models": []}
    for place, row in enumerate(rows):
        for text in filter(None, (standalone(row[name], addresses=True) for name in ("tldr", "result", "practical"))):
            shares["its own paper"].append(foreign_share(text, known[place]))
            other = generator.choice([p for p in (generator.randrange(len(rows)), 0, 1) if p != place])
            shares["another paper"].append(foreign_share(text, known[other]))
            if "language model" in row["abstract"].lower():
                other = generator.choice([p for p in generator.sample(alike, 2) if p != place])
                shares["another about language models"].append(foreign_share(text, known[other]))
    print(f"| sentences beside | number | {' | '.join(f'{q:.1%}' for q in QUANTILES)} | above {NOVEL} |")
    print("|---|---:|" + "---:|" * (len(QUANTILES) + 1))
    for name, values in shares.items():
        values.sort()
        at = " | ".join(f"{values[int(q * len(values))]:.2f}" for q in QUANTILES)
        print(f"| {name} | {len(values):,} | {at} | {sum(v > NOVEL for v in values) / len(values):.2%} |")


if __name__ == "__main__":
    main()
