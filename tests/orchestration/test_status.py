"""What `almanac status` says of days that are not complete."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assets.listings.schema import RAW_LISTINGS
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.status import day_status

DAY = dt.date(2026, 1, 30)
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"


def test_a_day_whose_run_did_not_reach_the_digest_is_partial_in_the_words_of_the_runbook(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    before = day_status(lake, DAY, {})
    for table in (RAW_LISTINGS, PAPERS, REJECTED_PAPERS, LISTING_LEDGER, SUMMARIES):
        lake.write(table, f"{DAY}", table.empty())
    stopped = day_status(lake, DAY, {})
    assert (before.state, stopped.state) == ("pending", "partial")
    assert f'"{stopped.reason}"' in RUNBOOK.read_text(encoding="utf-8")


def test_a_day_without_announcement_is_no_day_that_is_missing(tmp_path: Path) -> None:
    status = day_status(Lake(tmp_path), DAY + dt.timedelta(days=1), {})
    assert (status.state, status.reason) == ("no announcement", "Saturday")
