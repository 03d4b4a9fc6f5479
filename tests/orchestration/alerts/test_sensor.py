"""Alerts end to end: runs that fail and are mended, the sensor as the daemon evaluates it, and a real webhook."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.calendar.days import announced_at
from assets.digests.schema import DIGESTS
from assets.errors import SettingsError
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.alerts.book import Book
from orchestration.alerts.ended_runs import newest
from orchestration.alerts.late import late_digests
from orchestration.alerts.sensor import NAME, tick
from orchestration.definitions import build_definitions
from orchestration.settings import Settings, load_settings
from tests.emulators import smtp
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.alerts.hooks import Hook, hooked
from tests.orchestration.modelled import Modelled, modelled
from tests.orchestration.switched import switch

DAY, OTHER = "2025-08-28", "2025-08-29"
NOW = dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modelled]:
    """A home whose model stopped answering within the first of two days; nothing was told yet."""
    with serving(Behaviour(quota=3)) as server, modelled(server, tmp_path_factory.mktemp("failed")) as home:
        assert not home.run("daily", DAY, OTHER).success
        yield home


def told_to(hook: Hook, tmp_path: Path, **more: object) -> Settings:
    """Settings of a home of its own for the messages."""
    return load_settings(home=tmp_path / "home", source="sample", alert_webhook=hook.address, **more)


def from_the_beginning(instance: dg.DagsterInstance) -> Book:
    """A book whose reader has read nothing yet."""
    return Book(read=dict.fromkeys(newest(instance), newest(dg.DagsterInstance.ephemeral())["PIPELINE_SUCCESS"]))


def test_a_range_that_fails_is_one_message_and_names_its_days(failed: Modelled, hook: Hook, tmp_path: Path) -> None:
    settings, book = told_to(hook, tmp_path), from_the_beginning(failed.instance)
    tick(failed.instance, settings, book, NOW)
    (text,) = hook.texts
    assert f"({DAY}, {OTHER})" in text.splitlines()[0]
    assert "summaries_are_complete" in text
    assert "quota" in text
    assert f"`almanac backfill {DAY} {OTHER}`" in text
    assert text in settings.home_folder.alerts.read_text(encoding="utf-8")


def test_a_webhook_that_is_away_gets_the_message_later_and_its_address_is_nowhere(
    failed: Modelled, hook: Hook, tmp_path: Path
) -> None:
    settings, book = told_to(hook, tmp_path), from_the_beginning(failed.instance)
    hook.status = 503
    said = tick(failed.instance, settings, book, NOW)
    assert "answered 503" in said
    assert hook.texts == []
    hook.status = 200
    for _ in range(2):
        book = Book.from_text(book.to_text())
        said += tick(failed.instance, settings, book, NOW)
    assert len(hook.texts) == 1
    assert settings.home_folder.alerts.read_text(encoding="utf-8").count("Preprint Almanac:") == 1
    secret = "secret-of-the-hook"
    holding = [path for path in settings.home.rglob("*") if path.is_file() and secret in path.read_text()]
    assert holding == []
    assert secret not in said + repr(settings) + book.to_text()


def test_a_webhook_that_nobody_runs_is_one_sentence_without_its_address(
    failed: Modelled, hook: Hook, tmp_path: Path
) -> None:
    settings, book = told_to(hook, tmp_path), from_the_beginning(failed.instance)
    hook.shutdown()
    hook.server_close()
    said = tick(failed.instance, settings, book, NOW)
    assert "does not answer (ConnectionError)" in said
    assert "secret" not in said
    assert len(book.waiting) == 1


def test_a_daemon_that_is_killed_before_it_remembers_sends_nothing_twice(
    failed: Modelled, hook: Hook, tmp_path: Path
) -> None:
    settings = told_to(hook, tmp_path)
    for _ in range(2):
        tick(failed.instance, settings, from_the_beginning(failed.instance), NOW)
    assert len(hook.texts) == 1


def test_a_mailbox_that_is_refused_waits_and_the_others_get_their_mail_once(
    failed: Modelled, hook: Hook, tmp_path: Path
) -> None:
    with smtp.mail_server(refuses=("bo@example.org",)) as box:
        settings = told_to(
            hook,
            tmp_path,
            alert_mail="ada@example.org, bo@example.org",
            smtp_url=f"smtp://127.0.0.1:{box.port}",
            mail_from="almanac@example.org",
        )
        book = from_the_beginning(failed.instance)
        said = [tick(failed.instance, settings, book, NOW) for _ in range(2)]
    assert all("refuses the recipient bo@example.org" in words for words in said)
    (mail,) = [message for _, message in box.delivered]
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"] == hook.texts[0].splitlines()[0]
    assert mail.get_content().replace("\r\n", "\n") == hook.texts[0]
    assert len(hook.texts) == 1


def test_mails_need_a_server_and_a_sender() -> None:
    with pytest.raises(SettingsError, match="set ALMANAC_SMTP_URL and ALMANAC_MAIL_FROM, too"):
        load_settings(alert_mail="ada@example.org")


def test_warnings_are_left_out_where_only_errors_are_wanted(failed: Modelled, hook: Hook, tmp_path: Path) -> None:
    tick(failed.instance, told_to(hook, tmp_path, alert_on="errors"), from_the_beginning(failed.instance), NOW)
    assert "Warning" not in hook.texts[0]


def test_a_fault_is_told_once_until_it_is_mended_and_comes_back(failed: Modelled, hook: Hook, tmp_path: Path) -> None:
    """As the daemon does it: by the sensor, which is on by default and takes what failed before for history."""
    settings = told_to(hook, tmp_path)
    sensor = build_definitions(settings).get_repository_def().get_sensor_def(NAME)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    cursor: str | None = None

    def evaluate() -> int:
        nonlocal cursor
        context = dg.build_sensor_context(instance=failed.instance, cursor=cursor, sensor_name=NAME)
        assert isinstance(sensor(context), dg.SkipReason)
        cursor = context.cursor
        return len(hook.texts)

    assert evaluate() == 0
    assert not failed.run("daily", DAY).success
    assert evaluate() == 1
    assert f"`almanac run {DAY}`" in hook.texts[0]
    assert not failed.run("daily", DAY).success
    assert evaluate() == evaluate() == 1, "the same fault of another run was told again"
    mended = Modelled(load_settings(home=failed.settings.home, source="sample"), failed.instance)
    assert mended.run("daily", DAY).success
    assert evaluate() == 1, "what went well was told"
    Lake(failed.settings.lake_root).remove(SUMMARIES, DAY)  # else the day keeps the summaries that it has
    with serving(Behaviour(quota=0)) as server:
        broken = load_settings(
            home=failed.settings.home, source="sample", model="other", openai_base_url=server.base_url
        )
        assert not Modelled(broken, failed.instance).run("daily", DAY).success
    assert evaluate() == 2, "a fault that came back was not told"


def test_a_lake_that_does_not_answer_is_told_once_and_keeps_no_other_message_back(
    hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, socket.socket() as free:
        switch(instance, NOW - dt.timedelta(days=30))
        book = from_the_beginning(instance)
        failed_run = instance.create_run_for_job(_nothing)
        instance.report_run_failed(failed_run, "The process that made this run was killed.")
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        away = f"http://127.0.0.1:{free.getsockname()[1]}"
        settings = told_to(hook, tmp_path, lake_url="s3://papers/lake", endpoint_url=away, region="us-east-1")
        for minutes in (0, 1):
            tick(instance, settings, book, NOW + dt.timedelta(minutes=minutes))
        of_run, of_lake = hook.texts
        assert "was killed" in of_run
        assert f"{away} does not answer" in of_lake
        assert len(book.open) == 2
        for _ in range(2):
            tick(instance, told_to(hook, tmp_path), book, NOW)  # a lake that answers, and has no digest
        assert len(hook.texts) == 3
        assert hook.texts[-1].startswith("Preprint Almanac: digest failed (2026-10-28, ")
        assert not [key for key in book.open if "unread" in key]


def test_a_digest_is_late_by_the_calendar_and_only_since_the_schedule_is_on(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, source="oai")
    lake = Lake(settings.lake_root)
    wednesday, days_ago = dt.date(2026, 11, 25), dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    mailed = announced_at(wednesday)

    def late(now: dt.datetime, since: dt.datetime = days_ago) -> list[str | None]:
        return [fault.partition for fault in late_digests(lake, settings, since, now)[0]]

    before = ["2026-11-20", "2026-11-23", "2026-11-24"]
    assert late(mailed + dt.timedelta(hours=9)) == before
    assert late(mailed + dt.timedelta(hours=10)) == [*before, "2026-11-25"]
    # On the evening of Thanksgiving arXiv announces nothing, so on the 27th there is nothing to miss.
    assert late(mailed + dt.timedelta(hours=70)) == [*before, "2026-11-25", "2026-11-26"]
    assert late(mailed + dt.timedelta(hours=10), since=mailed - dt.timedelta(hours=1)) == ["2026-11-25"]
    # The schedule's turn comes when the source has the mailing, three and a quarter hours later.
    assert late(mailed + dt.timedelta(hours=10), since=mailed + dt.timedelta(hours=3)) == ["2026-11-25"]
    assert late(mailed + dt.timedelta(hours=10), since=mailed + dt.timedelta(hours=3, minutes=15)) == []
    row = {"day": wednesday, "title": "", "primary_papers": 0, "cross_lists": 0, "markdown": "", "json": "{}"}
    lake.write(DIGESTS, f"{wednesday}", DIGESTS.frame([row]))
    faults, there = late_digests(lake, settings, mailed - dt.timedelta(hours=1), mailed + dt.timedelta(hours=10))
    assert faults == []
    assert there == {"late digest 2026-11-25"}


@dg.job
def _nothing() -> None:
    """A job of no steps."""
