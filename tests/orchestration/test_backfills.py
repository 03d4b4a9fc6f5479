"""How far a backfill of Dagster's own is: told by each of its runs, and by `almanac status`."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from assets.summaries.engine.caps import spent_since
from assets.warehouse.home import Home
from orchestration.backfills import tell_backfills
from orchestration.definitions import build_definitions
from orchestration.instance import open_instance
from orchestration.settings import load_settings
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.conftest import DAYS, Run
from tests.orchestration.modelled import QUIET, modelled

ID = "sixtydys"


def of_a_job(days: tuple[str, ...]) -> PartitionBackfill:
    """A backfill as the UI launches it from a job."""
    return PartitionBackfill(
        ID, BulkActionStatus.REQUESTED, from_failure=False, tags={}, backfill_timestamp=time.time() - 10,
        partition_names=list(days),
    )  # fmt: skip


def test_each_run_of_a_backfill_tells_how_far_it_is_and_the_status_which_days_failed(
    almanac: Run, tmp_path: Path
) -> None:
    home, tags = Home(tmp_path / "home"), {"dagster/backfill": ID}
    with serving(Behaviour()) as endpoint, modelled(endpoint, home.root) as made:
        made.instance.add_backfill(of_a_job(DAYS[:4]))
        assert made.run("daily", DAYS[0], DAYS[1], tags=tags).success
        spent = spent_since(home.answers, 0.0)
        told = made.metadata(DAYS[1])["backfill"]
        begins = f"Backfill {ID}: 2 of 4 days have their summaries, 56 papers, {spent:.4f} US dollars, about "
        assert re.fullmatch(re.escape(begins) + r"\d+ (s|minutes) left\.", told)
        assert made.metadata(DAYS[0])["backfill"].startswith(f"Backfill {ID}: 1 of 4 days")
        # The next run of the backfill goes on counting; a run of none is not counted.
        endpoint.emulator.behave(Behaviour(quota=0))
        assert not made.run("daily", DAYS[2], tags=tags).success
        told = made.metadata(DAYS[2])["backfill"]
        assert f"3 of 4 days have their summaries, 76 papers, {spent:.4f} US dollars, about " in told
        assert told.endswith(" left; of 1 some are pending.")
        assert not made.run("daily", DAYS[3]).success
        assert "backfill" not in made.metadata(DAYS[3])
        words = " ".join(almanac("status", home=home.root, source="sample").out.split())
        assert f"Backfill {ID}, under way since " in words
        assert f": 2 of 4 days made, 76 papers, {spent:.4f} US dollars, about " in words
        assert f"left; failed: {DAYS[2]} (`almanac backfill {DAYS[2]} {DAYS[2]}` makes what is not finished)." in words
        # Made by somebody else since: the day has not failed any more.
        made.instance.report_runless_asset_event(dg.AssetMaterialization("daily_digest", partition=DAYS[2]))
        found = made.instance.get_backfill(ID)
        assert found is not None
        ended = found.with_end_timestamp(found.backfill_timestamp + 7_200)
        made.instance.update_backfill(ended.with_status(BulkActionStatus.COMPLETED_FAILED))
        assert tell_backfills(made.instance, dt.datetime.now(dt.UTC)) == [
            f"Backfill {ID}, ended after 2.0 hours: 3 of 4 days made, 76 papers, {spent:.4f} US dollars."
        ]
        assert tell_backfills(made.instance, dt.datetime.now(dt.UTC) + dt.timedelta(days=8)) == []


def test_a_backfill_of_chosen_assets_is_told_of_where_it_makes_summaries(tmp_path: Path) -> None:
    """As the UI launches it from the asset graph; the embedded summarizer costs nothing, so no cost is told."""
    settings = load_settings(home=tmp_path / "home", source="sample")
    definitions = build_definitions(settings)
    graph, daily = definitions.resolve_asset_graph(), definitions.resolve_job_def("daily")

    def backfill(name: str, *assets: str) -> PartitionBackfill:
        return PartitionBackfill.from_asset_partitions(
            name, graph, list(DAYS[:2]), [dg.AssetKey(asset) for asset in assets], time.time() - 10, {},
            instance, all_partitions=False, title=None, description=None, run_config=None,
        )  # fmt: skip

    with open_instance(settings.home_folder) as instance:
        instance.add_backfill(backfill("others", "raw_listings"))
        instance.add_backfill(backfill(ID, *(key.to_user_string() for key in daily.asset_layer.selected_asset_keys)))
        run = daily.execute_in_process(
            QUIET, instance=instance, partition_key=DAYS[0], tags={"dagster/backfill": ID},
            asset_selection=[dg.AssetKey(name) for name in ("raw_listings", "listing_receipts", "papers",
                                                            "rejected_papers", "summaries")],
        )  # fmt: skip
        assert run.success
        (record,) = instance.fetch_materializations(dg.AssetKey("summaries"), limit=2).records
        assert record.asset_materialization is not None
        told = str(record.asset_materialization.metadata["backfill"].value)
        assert told.startswith(f"Backfill {ID}: 1 of 2 days have their summaries, 25 papers, about ")
        (sentence,) = tell_backfills(instance, dt.datetime.now(dt.UTC))
    assert ": 0 of 2 days made, 25 papers, about " in sentence
