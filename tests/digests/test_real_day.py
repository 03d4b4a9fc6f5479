"""A whole real day, 30 January 2026, from a list that stands beside the checkout; skipped where it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assets import categories
from assets.digests.digest import Digest
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.verify import check_digest, check_markdown
from tests.digests.reading import read
from tests.digests.rows import FOLLOWED, digest_of, paper, papers_of, rejection, summary
from tests.digests.test_markdown import OWN_HTML, strange_links

LISTING = Path(__file__).parents[2].parent / "shared" / "data" / "listings" / "2026-01-all.jsonl.zst"


def rows_of(record: dict[str, Any]) -> dict[str, Any] | None:
    codes = categories.parse_given(record["categories"] or "")
    if not codes:
        return None
    return paper(
        record["id"],
        *codes,
        version=None,
        title=" ".join(record["title"].split()),
        abstract=" ".join(record["abstract"].split()),
        authors=record["authors"].split(", "),
        comment=record["comments"],
    )


@pytest.fixture(scope="module")
def day() -> tuple[list[dict[str, Any]], Digest]:
    if not LISTING.exists():
        pytest.skip(f"the list of real papers is not there: {LISTING}")
    with zstandard.open(LISTING, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if '"announced": "2026-01-30"' in line]
    found = [(position, record, rows_of(record)) for position, record in enumerate(records)]
    papers = [row for _, _, row in found if row is not None]
    rejected = [rejection(position, paper_id=record["id"]) for position, record, row in found if row is None]
    summaries = [
        summary(row["paper_id"], tldr=row["abstract"].split(". ")[0], result=row["abstract"], status="extractive")
        for row in papers
    ]
    return papers, digest_of(papers, summaries, rejected)


def test_the_digest_holds_all_papers_of_the_day(day: tuple[list[dict[str, Any]], Digest]) -> None:
    papers, digest = day
    assert dict(digest.counts.categories) == {"cs.LG": 207, "stat.ML": 20}
    assert digest.counts.papers == 227
    assert digest.counts.cross_lists == 82
    text = digest_json(digest)
    assert check_digest(text, papers_of(*papers), FOLLOWED) == []
    assert check_markdown(digest_markdown(digest), text) == []


def test_the_page_holds_only_its_own_markup(day: tuple[list[dict[str, Any]], Digest]) -> None:
    _, digest = day
    reading = read(digest_markdown(digest))
    assert [html for html in reading.html if not OWN_HTML.fullmatch(html)] == []
    assert strange_links(digest, reading.links) == []
    assert reading.html.count("</details>") == len(digest.entries) + (1 if digest.rejected else 0)
    assert len(reading.headings) == 3 + len(digest.sections) + len(digest.entries)
