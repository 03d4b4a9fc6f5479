"""Pages through Dagster's own jobs, over an emulated model: verified pages, and what they cost in the metadata."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import dagster as dg

from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.summaries.engine.journal import FILE
from assets.warehouse.lake import Lake
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.modelled import Modelled, modelled

DAY, MONTH, YEAR = "2025-08-29", "2025-08", "2025"
CHECKS = {
    "topic_pages": "every_topic_sentence_is_supported",
    "trend_article": "every_article_sentence_is_supported",
    "yearly_overview": "every_sentence_is_supported",
}
TABLES = {
    "topic_pages": (TOPIC_PAGES, MONTH),
    "trend_article": (TREND_ARTICLES, MONTH),
    "yearly_overview": (OVERVIEWS, YEAR),
}


def metadata(home: Modelled, asset: str) -> dict[str, Any]:
    """What the latest materialization of an asset says."""
    record = home.instance.fetch_materializations(dg.AssetKey(asset), limit=1).records[0].asset_materialization
    assert record is not None
    return {name: value.value for name, value in record.metadata.items()}


def reports(home: Modelled, asset: str) -> list[dict[str, Any]]:
    """What the pages of an asset say of the model's part; an overview of few papers has no groups to tell of."""
    table, key = TABLES[asset]
    pages = Lake(home.settings.lake_root).read(table, [key])
    assert pages.height
    documents = [json.loads(text) for text in pages["json"]]
    return [
        {**page["made_with"]["model"], "refused": page["verification"]["refused"]}
        for page in documents
        if "model" in page["made_with"]
    ]


def roll_up(home: Modelled, *jobs: str) -> dict[str, bool]:
    """Runs roll-ups; the checks of the pages, by asset."""
    passed = {}
    for job in jobs:
        key = {"monthly": MONTH, "yearly": YEAR}[job]
        result = home.run(job, key)
        assert result.success
        for found in result.get_asset_check_evaluations():
            if CHECKS.get(asset := found.asset_key.to_user_string()) == found.check_name:
                passed[asset] = found.passed
    return passed


def test_the_roll_ups_end_with_pages_of_a_model_that_verify_and_tell_their_cost(tmp_path: Path) -> None:
    faults = {"other_number": 0.1, "truncated": 0.05, "rate_limit": 0.05}
    with serving(Behaviour(faults=faults, seed=4)) as endpoint, modelled(
        endpoint, tmp_path / "home", completeness=0.5
    ) as home:  # fmt: skip
        assert home.run("daily", DAY).success
        summarized = paid(home)
        assert roll_up(home, "monthly", "yearly") == dict.fromkeys(CHECKS, True)
        told = {asset: metadata(home, asset) for asset in CHECKS}
        for asset in CHECKS:
            pages = reports(home, asset)
            assert told[asset]["sentences_by_the_model"] > 0
            assert told[asset]["sentences_by_rules"] == sum(page["by_rules"] for page in pages)
            assert told[asset]["sentences_refused"] == sum(len(page["refused"]) for page in pages)
            assert told[asset]["writing_model"] == "emulated"
            tokens = told[asset]["writing_input_tokens"] + 4 * told[asset]["writing_output_tokens"]
            assert abs(told[asset]["writing_cost_usd"] - tokens / 1e6) < 1e-5
        for name, column in (("writing_answers", 0), ("writing_input_tokens", 1), ("writing_output_tokens", 2)):
            assert sum(one[name] for one in told.values()) == paid(home)[column] - summarized[column]
        asked = sum(endpoint.served.steps.values())
        assert set(roll_up(home, "monthly").values()) == {True}
        assert sum(endpoint.served.steps.values()) == asked
        again = metadata(home, "topic_pages")
    assert (again["writing_answers"], again["writing_cost_usd"]) == (0, 0.0)
    assert again["sentences_by_the_model"] == told["topic_pages"]["sentences_by_the_model"]


def paid(home: Modelled) -> tuple[int, int, int]:
    """Answers that the journal holds, and their tokens."""
    with sqlite3.connect(home.settings.home / "answers" / FILE) as journal:
        row = journal.execute(
            "SELECT count(*), sum(input_tokens), sum(output_tokens) FROM answers WHERE requests > 0"
        ).fetchone()
    return row[0], row[1], row[2]
