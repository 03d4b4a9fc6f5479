"""The commands on a lake in a real S3 server: the same answers, for every home that points there."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from assets.digests.schema import DIGESTS
from assets.materialization import Silence
from assets.overviews.schema import OVERVIEWS, TREND_ARTICLES
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import open_instance
from orchestration.runs import Runner
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models
from tests.emulators.s3_server import S3Server
from tests.orchestration.conftest import DAYS, Run
from tests.orchestration.test_reconcile import WEEK, week

QUESTION = "SELECT day, count(*) AS papers FROM papers GROUP BY day"


@pytest.fixture
def address(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Points this process at an empty lake, and returns its prefix."""
    prefix = f"tests/{uuid.uuid4().hex}"
    for name, value in s3.variables(prefix).items():
        monkeypatch.setenv(name, value)
    return prefix


def test_a_day_goes_from_its_listing_to_digest_query_and_export(
    s3: S3Server, address: str, almanac: Run, tmp_path: Path
) -> None:
    home = Home(tmp_path / "one")
    told = almanac("run", DAYS[0], "--no-roll-up", home=home.root, source="sample")
    assert told.code == 0, told.err
    digest = json.loads(home.digest(DAYS[0])[1].read_text())
    lake = Lake(s3.store(address))
    papers = lake.read(PAPERS, [DAYS[0]])
    assert {paper["id"] for part in digest["sections"] for paper in part["papers"]} == set(papers["paper_id"])
    assert not (home.root / "lake").exists()

    for root in (home.root, tmp_path / "another machine"):  # which has no catalog yet
        asked = almanac("query", QUESTION, "--format", "csv", home=root)
        assert (asked.code, asked.out) == (0, f"day,papers\n{DAYS[0]},{papers.height}\n"), asked.err
    assert "1 complete" in almanac("status", DAYS[0], DAYS[0], home=home.root, source="sample").out
    examined = almanac("doctor", home=home.root)
    assert f"s3://papers/{address}: can be read, written and replaced" in " ".join(examined.out.split())
    taken = almanac("export", str(tmp_path / "taken.duckdb"), home=home.root)
    assert (taken.code, "1 announcement day" in taken.out) == (0, True), taken.err
    told = almanac("compact", home=tmp_path / "another machine")
    assert "Compacted 1 month" in told.out, told.err
    assert lake.month_days(PAPERS, DAYS[0][:7]).keys() == {DAYS[0]}


def test_backfill_roll_ups_repair_and_reconciliation_need_no_folder(
    s3: S3Server, address: str, almanac: Run, tmp_path: Path
) -> None:
    home, lake = Home(tmp_path / "home"), Lake(s3.store(address))
    settings = {"home": home.root, "source": "snapshot", "snapshot": week(tmp_path)}
    told = almanac("backfill", WEEK[0], WEEK[-1], **settings)
    assert told.code == 0, told.err
    models = load_almanac_models()
    assert lake.keys(DIGESTS) == list(WEEK)
    by_month = lake.read(models["category_monthly"].table, [WEEK[0][:7]])
    assert by_month.filter(category="cs.LG")["papers"].to_list() == [6]
    assert lake.keys(models["category_yearly"].table) == lake.keys(OVERVIEWS) == [WEEK[0][:4]]
    assert lake.keys(TREND_ARTICLES) == [WEEK[0][:7]]

    whole = lake.read(SUMMARIES, [WEEK[1]])
    lake.write(SUMMARIES, WEEK[1], whole.head(1))  # one of two is lost
    with open_instance(home) as instance:
        repaired = Runner(load_settings(), instance, Silence()).repair([WEEK[1]])
    assert repaired.failed == {}
    assert lake.read(SUMMARIES, [WEEK[1]])["tldr"].to_list() == whole["tldr"].to_list()

    week(tmp_path, (2, WEEK[2]), (3, WEEK[2]))  # a paper moves, another one comes
    told = almanac("reconcile", "--no-roll-up", **settings)
    assert told.code == 0, told.err
    assert "2 days changed" in told.out
    assert sorted(lake.read(PAPERS, [WEEK[2]])["paper_id"]) == [f"2601.{90000 + number}" for number in (2, 3, 21, 22)]
    assert not (home.root / "lake").exists()


def test_a_wrong_bucket_key_or_address_is_told_in_one_sentence(
    s3: S3Server, address: str, almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for name, value, words in (
        ("ALMANAC_LAKE_URL", "s3://no-such-bucket/lake", "has no such bucket"),
        ("AWS_ACCESS_KEY_ID", "wrong", "does not know the key: check AWS_ACCESS_KEY_ID"),
        ("AWS_SECRET_ACCESS_KEY", "wrong", "check AWS_SECRET_ACCESS_KEY"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "http://127.0.0.1:1 does not answer"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            for command in ("run", "status"):
                told = almanac(command, home=home, source="sample")
                assert told.code == 1
                assert words in " ".join(told.err.split())
                assert told.err.count("almanac:") == 1
            assert words in " ".join(almanac("doctor", home=home).out.split())
    assert load_settings(home=home).lake_root == s3.store(address)
