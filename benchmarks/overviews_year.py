"""The overviews of 2025 and its twelve months of topic pages and articles: time, memory, and what the check finds.

    python -m benchmarks.overviews_year [--data ../shared/data] [--home FOLDER]

The home holds 34,660 papers with embedded summaries and is made by `almanac backfill` where it is not there; that is
not in the figures. Each part runs in a process of its own, from reading the lake to the bytes of Markdown and JSON.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.overviews_home import CATEGORIES, DATA, HOME, MONTHS, overview_of, prepared, read_year
from benchmarks.pipeline import measured

SHARES = ("citations_resolved", "claims_supported", "numbers_grounded", "citation_recall", "citation_precision")


def yearly(home: Path, data: Path) -> dict[str, float]:
    """Makes the overviews and prints their figures; `pages` and the seconds go to the table."""
    from assets.overviews.json_form import overview_json
    from assets.overviews.markdown import overview_markdown

    year = read_year(prepared(home, data))
    for category in CATEGORIES:
        overview, papers = overview_of(year, category)
        overview_markdown(overview), overview_json(overview)
        check, coverage = overview.verification, overview.coverage
        groups = [group for group in coverage["clusters"] if group["share"] > 0.02]
        print(
            f"- {category}: {papers.height:,} papers, {len(overview.cited)} cited, {check['sentences']} sentences,"
            f" {len(check['cut'])} cut; coverage {coverage['share']:.1%} by volume"
            f" ({sum(bool(g['cited']) for g in groups)} of {len(groups)} groups over 2 %);"
            f" {', '.join(f'{name} {check[name]:.1%}' for name in SHARES)}",
            flush=True,
        )
    return {"pages": float(len(CATEGORIES))}


def monthly(home: Path, data: Path) -> dict[str, float]:
    """Makes topic pages and articles of all months and prints the worst of each figure."""
    from assets.overviews.article import build_article
    from assets.overviews.month_assets import read_month
    from assets.overviews.month_json import month_json
    from assets.overviews.month_markdown import month_markdown
    from assets.overviews.topic_page import build_topic_page
    from assets.overviews.topics import load_topics

    lake, topics = prepared(home, data), load_topics()
    pages, words = [], []
    for month in MONTHS:
        found = read_month(lake, month, topics)
        article = build_article(found)
        words.append(article.coverage["words"])
        for page in (*(build_topic_page(found, topic) for topic in topics), article):
            month_markdown(page), month_json(page)
            pages.append((len(page.cited), len(page.also), page.verification))
    worst = {name: min(check[name] for _, _, check in pages) for name in SHARES}
    told, listed = sum(cited for cited, _, _ in pages), sum(also for _, also, _ in pages)
    sentences, cut = (sum(check["sentences"] for _, _, check in pages), sum(len(c["cut"]) for _, _, c in pages))
    print(
        f"- {len(pages)} monthly pages: {told:,} papers told, {listed:,} listed, {sentences:,} sentences, {cut} cut;"
        f" articles of {min(words)} to {max(words)} words;"
        f" the worst page: {', '.join(f'{name} {value:.1%}' for name, value in worst.items())}",
        flush=True,
    )
    return {"pages": float(len(pages))}


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="Overviews, topic pages and articles of a year.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--home", type=Path, default=HOME)
    given, _ = parser.parse_known_args()
    prepared(given.home, given.data.resolve())
    parts = {"overviews of cs.LG and stat.ML": yearly, "twelve months of topic pages and articles": monthly}
    rows = {
        name: measured(lambda work=work: work(given.home, given.data.resolve()))  # type: ignore[misc]
        for name, work in parts.items()
    }
    print("\n| part | pages | CPU s | s | most MB held |\n|---|---:|---:|---:|---:|")
    for name, row in rows.items():
        print(f"| {name} | {row['pages']:.0f} | {row['cpu']:.0f} | {row['wall']:.0f} | {row['peak_mb']:.0f} |")


if __name__ == "__main__":
    main()
