"""A paper that is listed again is not summarized again, unless its abstract changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import EmbeddedSummarizer
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import assert_sound, engine, sample

LATER = dt.date(2026, 2, 3)
TEXTS = ("tldr", "motivation", "method", "result", "conclusion", "practical")


def listed_again(papers: pl.DataFrame, listing: str) -> pl.DataFrame:
    """The same papers on a later day, cross-listed or replaced by a second version, which has another title."""
    again = papers.with_columns(day=pl.lit(LATER), listing=pl.lit(listing))
    if not listing.startswith("replace"):
        return again
    return again.with_columns(version=pl.lit(2, dtype=pl.Int16()), title=pl.col("title") + ", Revisited")


@pytest.mark.parametrize("listing", ["cross", "replace", "replace-cross"])
def test_a_paper_with_the_same_abstract_makes_no_new_request(tmp_path: Path, listing: str) -> None:
    papers = sample(3)
    with serving(Behaviour()) as endpoint:
        first = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        asked = sum(endpoint.served.requests.values())
        again = listed_again(papers, listing)
        # Another process on another day: it shares the journal only.
        rows = engine(endpoint.base_url, tmp_path).summarize(again, ["en"], SUMMARIES.empty())
        assert sum(endpoint.served.requests.values()) == asked
    assert_sound(again, rows)
    assert rows.select("paper_id", *TEXTS).equals(first.select("paper_id", *TEXTS))
    assert set(rows["day"]) == {LATER}
    assert rows["cost_usd"].fill_null(0.0).sum() == 0


def test_a_replacement_with_a_changed_abstract_makes_one_request(tmp_path: Path) -> None:
    papers = sample(3)
    with serving(Behaviour()) as endpoint:
        engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        asked = sum(endpoint.served.requests.values())
        changed = pl.when(pl.col("paper_id") == papers["paper_id"][1]).then(
            pl.col("abstract") + " The second version adds an analysis of the remaining cases."
        )
        again = listed_again(papers, "replace").with_columns(abstract=changed.otherwise(pl.col("abstract")))
        rows = engine(endpoint.base_url, tmp_path).summarize(again, ["en"], SUMMARIES.empty())
        assert sum(endpoint.served.requests.values()) == asked + 1
    assert_sound(again, rows)


def test_the_embedded_summarizer_writes_the_same_again() -> None:
    papers = sample(3)
    first, second = (
        EmbeddedSummarizer().summarize(listed, ["en"], SUMMARIES.empty())
        for listed in (papers, listed_again(papers, "cross"))
    )
    assert second.select("paper_id", *TEXTS).equals(first.select("paper_id", *TEXTS))
