"""What runs log, as lines of JSON."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Literal

import dagster as dg
import pytest
import yaml

from assets.warehouse.home import Home
from orchestration.definitions import build_definitions
from orchestration.instance import instance_text, open_instance
from orchestration.run_log import JsonLines
from orchestration.settings import load_settings
from tests.orchestration.modelled import QUIET

DAY = "2025-09-01"


def key_of(asset: str) -> dg.AssetKey:
    return dg.AssetKey(asset)


def lines_of(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_logs_its_events_with_job_asset_and_partition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "runs.jsonl"
    monkeypatch.setenv("ALMANAC_LOG_FILE", str(file))
    settings = load_settings(home=tmp_path / "home", source="sample")
    job = build_definitions(settings).resolve_job_def("daily")
    with open_instance(Home(tmp_path / "home")) as instance:
        made = job.execute_in_process(
            QUIET,
            instance=instance,
            partition_key=DAY,
            asset_selection=[key_of("raw_listings"), key_of("listing_receipts")],
        )
        failed = job.execute_in_process(
            QUIET,
            instance=instance,
            partition_key="2025-08-28",
            asset_selection=[key_of("summaries")],
            raise_on_error=False,
        )
    lines = lines_of(file)
    assert {line["run"] for line in lines} == {made.run_id, failed.run_id}
    of_the_asset = [line for line in lines if line.get("asset") == "raw_listings" and "partition" in line]
    assert [line["partition"] for line in of_the_asset if line["event"] == "ASSET_MATERIALIZATION"] == [DAY]
    assert {line["job"] for line in of_the_asset} == {"daily"}
    errors = [line["error"] for line in lines if line.get("event") == "STEP_FAILURE"]
    assert len(errors) == 1
    assert "papers of 2025-08-28 is not made yet" in errors[0]


def test_without_the_setting_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    JsonLines().emit(logging.makeLogRecord({"msg": "a word"}))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_stops_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALMANAC_LOG_FILE", str(tmp_path / "missing" / "runs.jsonl"))
    JsonLines().emit(logging.makeLogRecord({"msg": "a word"}))
    assert "No such file or directory" in capsys.readouterr().err


class Broken:
    """An argument of a message that cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("it cannot be shown")


def test_no_record_fails_the_run_that_logs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "runs.jsonl"
    monkeypatch.setenv("ALMANAC_LOG_FILE", str(file))
    handler = JsonLines()
    for record in (
        {"msg": "a title with half a letter: \ud835"},
        {"msg": "of %s", "args": (Broken(),)},
        {"msg": "next"},
    ):
        handler.emit(logging.makeLogRecord(record))
    assert [line["message"] for line in lines_of(file)] == ["a title with half a letter: \ud835", "next"]
    assert "it cannot be shown" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_runs_of_every_kind_of_instance_log_so(kind: Literal["sqlite", "postgres"], tmp_path: Path) -> None:
    config = yaml.safe_load(instance_text(kind))
    # The handlers do not depend on the storage, which in a database would have to be there.
    config = {name: part for name, part in config.items() if name == "python_logs"}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(config))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert [type(handler) for handler in instance.get_handlers()[1:]] == [JsonLines]
