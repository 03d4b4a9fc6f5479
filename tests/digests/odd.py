"""The odd papers beside the checkout, cleaned as the almanac cleans them, as rows of `papers`."""

import json
from pathlib import Path
from typing import Any

import pytest

from assets.papers.names import name_in_letters
from assets.papers.tex import to_text
from assets.papers.text import fold, fold_or_none
from tests.digests.rows import paper

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def odd_papers() -> list[dict[str, Any]]:
    """A row for each record; skips the test where the file is not there."""
    file = DATA / "odd_records.jsonl"
    if not file.exists():
        pytest.skip(f"the odd records are not there: {file}")
    return [_row(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _row(record: dict[str, Any]) -> dict[str, Any]:
    names = [name_in_letters(fold(name)) for name in record["authors"] or []]
    return paper(
        record["arxiv_id"],
        *(record["categories"] or ["cs.LG"]),
        title=to_text(fold(record["title"])),
        abstract=to_text(fold(record["abstract"] or "None was given.")),
        authors=[name for name in names if name],
        authors_tex=[name for name in names if name],
        comment=fold_or_none(record["comment"]),
        journal_ref=fold_or_none(record["journal_ref"]),
        doi=fold_or_none(record["doi"]),
        is_withdrawn=bool(record["withdrawn_hint"]),
    )
