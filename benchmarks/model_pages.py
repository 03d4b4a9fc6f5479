"""The topic pages and the article of June 2025, told by a model: requests, tokens, cost, and what the checks find.

    python -m benchmarks.model_pages

The papers (cs.LG and stat.ML) come from the listings beside the checkout, their summaries from the embedded
summarizer; neither is in the figures. The endpoint is emulated, answers in 300 ms and retells the abstracts, so the
tokens are those of a model that writes about as much; the cost is at 0.25 and 2.00 US dollars per million tokens.
"Wrong" answers have another number (10 % of them), are cut off (5 %) or are a server's error (3 %).
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from assets import categories
from assets.overviews.article import build_article
from assets.overviews.held import Held
from assets.overviews.month import Month
from assets.overviews.month_checks import article_problems, topic_page_problems
from assets.overviews.rows import month_row
from assets.overviews.topic_page import build_topic_pages
from assets.overviews.topics import load_topics
from assets.overviews.writing.asking import ModelWriter
from assets.papers.schema import PAPERS
from assets.papers.tex import to_text
from assets.summaries.engine.settings import EngineSettings, Price
from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import EmbeddedSummarizer
from benchmarks.model_endpoint import endpoint, print_table, records

LISTING = Path(__file__).parents[2] / "shared" / "data" / "listings" / "2025-cs.LG+stat.ML.jsonl.zst"
MONTH, FIRST, LAST = "2025-06", dt.date(2025, 6, 1), dt.date(2025, 6, 30)
LATENCY = 0.3
FAULTS = ("other_number=0.1", "truncated=0.05", "error_500=0.03")
PRICE = Price(0.25, 2.0)
COLUMNS = (
    "endpoint", "by the model", "by rules", "refused", "requests", "tokens in", "tokens out", "US$", "s", "CPU s",
    "problems", "requests of a rerun",
)  # fmt: skip


def month() -> Month:
    """June 2025 as its pages see it, without the month before."""
    rows = []
    for line in records(LISTING):
        record = json.loads(line)
        if record["announced"].startswith(MONTH):
            given = categories.parse_given(record["categories"] or "")
            authors = [" ".join(part for part in (first, last) if part) for last, first, *_ in record["authors_parsed"]]
            rows.append(
                {
                    "day": dt.date.fromisoformat(record["announced"]),
                    "paper_id": record["id"],
                    "title": to_text(record["title"]),
                    "title_tex": record["title"],
                    "abstract": to_text(record["abstract"]),
                    "authors": [to_text(author) for author in authors],
                    "authors_tex": authors,
                    "categories": given,
                    "categories_given": record["categories"],
                    "primary_category": given[0],
                    "announced_by": "listed",
                    "comment": record["comments"],
                    "is_withdrawn": False,
                    "source": "snapshot",
                    "versions": [],
                    "listing": "new",
                }
            )
    papers = PAPERS.frame(rows)
    summaries = EmbeddedSummarizer().summarize(papers, ["en"], SUMMARIES.empty())
    held = Held.between(FIRST, LAST, lambda _: True)
    return Month(MONTH, papers, summaries, pl.DataFrame(schema=papers.schema), load_topics(), held)


def measured(name: str, of: Month, *faults: str) -> list[object]:
    """A row of the table."""
    options = [option for fault in faults for option in ("--fault", fault)]
    with endpoint("--latency", str(LATENCY), *options) as address, tempfile.TemporaryDirectory() as folder:
        writer = ModelWriter(EngineSettings("emulated", Path(folder), base_url=address, prices={"emulated": PRICE}))
        wall, cpu = time.perf_counter(), time.process_time()
        pages = [*build_topic_pages(of, of.topics, writer), build_article(of, writer)]
        seconds = [time.perf_counter() - wall, time.process_time() - cpu]
        figures = writer.figures().metadata([])
        problems = [
            problem
            for page in pages
            for problem in (
                topic_page_problems(of, page.topic, month_row(page))
                if page.topic
                else article_problems(of, month_row(page))
            )
        ]
        build_topic_pages(of, of.topics, writer), build_article(of, writer)
        reports = [page.made_with["model"] for page in pages]
        by_model = sum(one["written"] + one["repaired"] - one["taken_back"] for one in reports)
        return [
            name,
            f"{by_model:,}",
            f"{sum(one['by_rules'] for one in reports):,}",
            f"{sum(len(page.verification['refused']) for page in pages):,}",
            figures["writing_requests"],
            f"{figures['writing_input_tokens']:,}",
            f"{figures['writing_output_tokens']:,}",
            f"{figures['writing_cost_usd']:.2f}",
            *seconds,
            len(problems),
            writer.figures().requests,
        ]


def main() -> None:
    """Prints the figures."""
    if not LISTING.exists():
        sys.exit(f"{LISTING} is missing: put the listings there.")
    of = month()
    told = "sentences about papers on its nine pages"
    print(f"{len(of):,} papers of {MONTH}; {told}; seconds at {1000 * LATENCY:.0f} ms an answer")
    print_table(COLUMNS, [measured("right", of), measured("wrong", of, *FAULTS)])


if __name__ == "__main__":
    main()
