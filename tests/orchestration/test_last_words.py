"""What a command says at its end about days that wait: why, what to do, what the next run takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.papers.schema import PAPERS
from assets.summaries import verdicts
from assets.summaries.engine.settings import Price
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.last_words import explained, last_words, waiting_days
from orchestration.settings import load_settings
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import DAY, engine, sample

KEY = DAY.isoformat()


def said(folder: Path, behaviour: Behaviour, rows: pl.DataFrame | None = None, **settings: Any) -> list[str]:
    """The last words about a day of eight papers that such an endpoint was asked for."""
    papers, lake = sample(8), Lake(folder / "lake")
    with serving(behaviour) as endpoint:
        summarizer = engine(endpoint.base_url, folder / "answers", **settings)
        made = summarizer.summarize(papers, ["en"], SUMMARIES.empty() if rows is None else rows)
        lake.write(PAPERS, KEY, papers)
        lake.write(SUMMARIES, KEY, made)
        given = load_settings(home=folder, openai_base_url=endpoint.base_url, model=summarizer.name)
        return last_words(given, lake, waiting_days(lake, [KEY, "2026-02-02"]))


@pytest.mark.parametrize(
    ("behaviour", "settings", "words"),
    [
        (Behaviour(quota=3), {}, ("5 of 8 summaries", "quota is used up", "Add credit", "5 requests")),
        (Behaviour(key="right"), {"api_key": "wrong"}, ("all 8 summaries", "API key", "Set OPENAI_API_KEY")),
        (Behaviour(models=("other",)), {}, ("does not know the model", "Set ALMANAC_MODEL", "8 requests")),
        (
            Behaviour(),
            {"max_cost_usd": 0.01, "prices": {"emulated": Price(1.0, 4.0)}, "max_concurrency": 1},
            ("cost cap of 0.01", "Raise ALMANAC_MAX_COST_USD"),
        ),
        (Behaviour(outage=True), {"outage_seconds": 0.3}, ("not answer", "almanac doctor")),
    ],
    ids=["quota", "key", "model", "budget", "outage"],
)
def test_each_reason_has_its_advice(
    tmp_path: Path, behaviour: Behaviour, settings: dict[str, Any], words: tuple[str, ...]
) -> None:
    (sentence,) = said(tmp_path, behaviour, **settings)
    for word in (*words, KEY, "almanac repair"):
        assert word in sentence


def test_a_day_of_which_nothing_waits_has_none(tmp_path: Path) -> None:
    assert said(tmp_path, Behaviour()) == []
    assert said(tmp_path / "refused", Behaviour(faults={"refusal": 1.0})) == []


def test_a_day_with_a_broken_text_beside_is_not_explained_by_its_waiting(tmp_path: Path) -> None:
    said(tmp_path, Behaviour(quota=3))
    waiting = waiting_days(Lake(tmp_path / "lake"), [KEY])
    assert explained({KEY: f"{verdicts.COMPLETE}: 5 papers wait."}, waiting) == {KEY}
    assert explained({KEY: f"{verdicts.COMPLETE}: 5 wait. {verdicts.SOUND}: 1 is broken."}, waiting) == set()
    assert explained({"2026-02-02": f"{verdicts.COMPLETE}: an abstract says nothing."}, waiting) == set()
