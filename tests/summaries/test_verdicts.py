"""Each check of a day's summaries passes where it should, and otherwise names the paper and what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.papers.schema import PAPERS
from assets.preferences import Preferences
from assets.summaries import verdicts
from assets.summaries.schema import SUMMARIES
from assets.summaries.verdicts import day_verdicts
from assets.warehouse.lake import Lake
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import DAY, engine, sample

KEY = DAY.isoformat()
ALL = {verdicts.COMPLETE, verdicts.SOUND, verdicts.GROUNDED, verdicts.LANGUAGE, verdicts.COST}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Summaries of ten papers by the emulated model."""
    with serving(Behaviour()) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path_factory.mktemp("answers"))
        return summarizer.summarize(sample(10), ["en"], SUMMARIES.empty())


def lake_of(folder: Path, rows: pl.DataFrame) -> Lake:
    lake = Lake(folder)
    lake.write(PAPERS, KEY, sample(10))
    lake.write(SUMMARIES, KEY, rows)
    return lake


def second(rows: pl.DataFrame, **values: object) -> pl.DataFrame:
    """The rows, the second with other values."""
    at = pl.int_range(pl.len()) == 1
    return rows.with_columns(
        pl.when(at).then(pl.lit(value, rows.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )


def failed(lake: Lake, preferences: Preferences | None = None) -> dict[str, str]:
    found = day_verdicts(lake, KEY, preferences or Preferences(None))
    assert found.keys() == ALL
    return {name: verdict.sentence for name, verdict in found.items() if not verdict.passes}


def test_a_good_day_passes_all(tmp_path: Path, written: pl.DataFrame) -> None:
    assert failed(lake_of(tmp_path, written)) == {}


@pytest.mark.parametrize(
    ("values", "check", "said"),
    [
        ({"tldr": "TODO"}, verdicts.SOUND, "2601.00002 (en): tldr"),
        ({"result": "It is 97.31 % better than all that was known before it."}, verdicts.GROUNDED, "97.31"),
        ({"method": "本文提出了一种新的方法，用来解决这个问题，并且取得了很好的结果。"}, verdicts.LANGUAGE, "method"),
    ],
    ids=["placeholder", "number", "language"],
)  # fmt: skip
def test_a_bad_text_fails_its_check_names_the_paper_and_says_what_to_do(
    tmp_path: Path, written: pl.DataFrame, values: dict[str, str], check: str, said: str
) -> None:
    # The threshold lets one paper of ten be missing; a bad text is kept back all the same.
    found = failed(lake_of(tmp_path, second(written, **values)), Preferences(None, completeness=0.9))
    assert found.keys() == {check}
    assert said in found[check]
    assert "2601.00002" in found[check]
    assert f"almanac repair {KEY} {KEY}" in found[check]


def test_a_bad_text_and_an_incomplete_day_are_grave_a_dear_day_is_not(tmp_path: Path, written: pl.DataFrame) -> None:
    broken = second(priced(written, 0.1), tldr="TODO")
    found = day_verdicts(lake_of(tmp_path, broken), KEY, Preferences(None, max_cost_usd=1.0))
    grave = {name for name, verdict in found.items() if not verdict.passes and verdict.severity is None}
    assert grave == {verdicts.COMPLETE, verdicts.SOUND}
    assert not found[verdicts.COST].passes
    assert found[verdicts.COST].severity is dg.AssetCheckSeverity.WARN


def test_pending_papers_count_against_completeness_with_their_reason(tmp_path: Path, written: pl.DataFrame) -> None:
    pending = dict.fromkeys(("tldr", "motivation", "method", "result", "conclusion", "practical"))
    rows = second(written, **pending, status="pending", reason="the quota ended")
    found = failed(lake_of(tmp_path, rows))
    assert found.keys() == {verdicts.COMPLETE}
    assert "2601.00002 (en) is pending: the quota ended" in found[verdicts.COMPLETE]
    assert failed(lake_of(tmp_path, rows), Preferences(None, completeness=0.9)) == {}


def test_a_language_that_nobody_wrote_is_missing(tmp_path: Path, written: pl.DataFrame) -> None:
    found = day_verdicts(lake_of(tmp_path, written), KEY, Preferences(None, ("en", "zh")))
    assert found[verdicts.COMPLETE].figures["complete_share"] == 0.5
    assert "has no summary in 'zh'" in found[verdicts.COMPLETE].sentence


def test_a_summary_of_no_paper_is_not_sound(tmp_path: Path, written: pl.DataFrame) -> None:
    lake = lake_of(tmp_path, written)
    lake.write(PAPERS, KEY, sample(9))
    assert "2601.00010 has a summary, but is no paper" in failed(lake)[verdicts.SOUND]


def priced(rows: pl.DataFrame, usd: float, day: dt.date = DAY) -> pl.DataFrame:
    return rows.with_columns(pl.lit(usd).alias("cost_usd"), pl.lit(day).alias("day"))


def test_a_day_near_the_cap_is_told_with_numbers(tmp_path: Path, written: pl.DataFrame) -> None:
    lake = lake_of(tmp_path, priced(written, 0.01))
    told = failed(lake, Preferences(None, max_cost_usd=0.105))[verdicts.COST]
    assert "0.1000 of the 0.105 US dollars" in told
    assert "ALMANAC_MAX_COST_USD" in told
    assert failed(lake, Preferences(None, max_cost_usd=0.2)) == {}


def test_a_day_dearer_than_the_recent_ones_is_told_with_numbers(tmp_path: Path, written: pl.DataFrame) -> None:
    lake = lake_of(tmp_path, priced(written, 0.025))
    for day, usd in ((27, 0.01), (28, 0.01), (29, 0.5)):
        date = dt.date(2026, 1, day)
        assert verdicts.COST not in failed(lake)  # two days say nothing of what is usual
        lake.write(SUMMARIES, date.isoformat(), priced(written, usd, date))
    told = failed(lake)[verdicts.COST]
    assert "0.025000 US dollars a paper, 2.5 times" in told
    assert "0.010000" in told
    lake.write(SUMMARIES, KEY, priced(written, 0.019))
    assert failed(lake) == {}


def test_a_cost_that_nobody_knows_is_no_fault_and_counted(tmp_path: Path, written: pl.DataFrame) -> None:
    rows = written.with_columns(pl.lit(None, pl.Float64()).alias("cost_usd"))
    verdict = day_verdicts(lake_of(tmp_path, rows), KEY, Preferences(None))[verdicts.COST]
    assert verdict.passes
    assert verdict.figures["rows_without_price"] == 10
