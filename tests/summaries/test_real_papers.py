"""The summarizer on what arXiv really announced on one day."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
import zstandard

from assets.summaries.completeness import is_complete
from assets.summaries.extract import summarize
from assets.summaries.fields import REQUIRED_FIELDS
from assets.summaries.statements import statement_count

LISTING = Path(__file__).parents[2].parent / "shared" / "data" / "listings" / "2026-01-all.jsonl.zst"
FOLLOWED = ("cs.LG", "stat.ML")


@pytest.mark.skipif(not LISTING.exists(), reason="real listings are not beside the checkout (../shared/data)")
def test_every_machine_learning_paper_of_a_day_is_complete() -> None:
    with LISTING.open("rb") as raw:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")
        rows = [json.loads(line) for line in lines if '"announced": "2026-01-30"' in line]
    papers = [row for row in rows if (row["categories"] or "").startswith(FOLLOWED)]
    assert len(papers) >= 200
    filled: Counter[str] = Counter()
    excused = 0
    for row in papers:
        summary = summarize(row["title"], row["abstract"])
        verdict = is_complete(
            summary.texts(), title=row["title"], abstract=row["abstract"], reason=summary.reason, extractive=True
        )
        assert verdict.complete, (row["id"], verdict.findings)
        filled.update(field for field, text in summary.texts().items() if text)
        excused += statement_count(row["title"], row["abstract"], background=False) < len(REQUIRED_FIELDS)
    assert filled["tldr"] == len(papers)
    assert len(papers) - excused <= filled["method"]
    assert excused <= 0.02 * len(papers)
    assert filled["result"] >= 0.98 * len(papers)
    assert 0.05 * len(papers) < filled["conclusion"] < 0.8 * len(papers)
