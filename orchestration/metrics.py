"""`almanac metrics`: what a monitoring system asks for, in Prometheus's text form.

Everything is read from the lake and from Dagster's storage in the moment of asking; nothing is
counted in a process, so it does not matter which machine or run made what. No value names a paper
or a setting.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg
from prometheus_client.exposition import generate_latest, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from assets.calendar.days import announced_at
from assets.digests.schema import DIGESTS
from assets.papers.schema import EVERYTHING, LISTING_LEDGER
from assets.warehouse.lake import Lake
from orchestration.served import served_days

if TYPE_CHECKING:
    from assets.aggregates.models import Models
    from assets.warehouse.table import Table
    from orchestration.settings import Settings

WINDOW = 30
"""Announcement days, the latest that were made, over which amounts are summed."""

RUNS = dt.timedelta(days=7)
"""How far back runs are counted."""

STATUSES = ("complete", "repaired", "extractive", "pending")
COUNTED = ("fetched", "kept", "rejected", "unexplained")
SUMS = {"input_tokens": "input", "output_tokens": "completion"}
LATENCIES = {"median_seconds": "0.5", "p95_seconds": "0.95", "max_seconds": "1"}


class Almanac(Collector):
    """The figures, read anew at each request."""

    def __init__(self, settings: Settings, models: Models, instance: dg.DagsterInstance) -> None:
        self._settings = settings
        self._instance = instance
        self._completeness: Table = models["summary_completeness"].table

    def collect(self) -> Iterator[Metric]:
        """All figures. Raises StorageError where the lake cannot be read."""
        now = dt.datetime.now(dt.UTC)
        lake = Lake(self._settings.lake_root)
        made = lake.keys(DIGESTS)
        yield from self._days(made, now)
        if made:
            yield from self._listed(lake, made)
            yield from self._summaries(lake, made)
        yield from self._runs(now)

    def _days(self, made: list[str], now: dt.datetime) -> Iterator[Metric]:
        """Which digests there are and should be, by arXiv's calendar."""
        first = announced_at(dt.date.fromisoformat(made[0])) if made else now
        due = served_days(self._settings.source, first, now)
        yield _one("digests", "Days with a digest.", len(made))
        yield _one(
            "digests_missing",
            "Announcement days since the first digest that have none although the source has had them.",
            len({day.isoformat() for day in due} - set(made)),
        )
        if made:
            last = announced_at(dt.date.fromisoformat(made[-1])).timestamp()
            yield _one("last_digest_timestamp_seconds", "Announcement of the latest day with a digest.", last)
        if due:
            yield _one(
                "expected_digest_timestamp_seconds",
                "Announcement of the latest day that the source has had.",
                announced_at(due[-1]).timestamp(),
            )

    def _listed(self, lake: Lake, made: list[str]) -> Iterator[Metric]:
        """Records from the ledger, for the latest day and over the window."""
        ledger = lake.read(LISTING_LEDGER, made[-WINDOW:]).filter(category=EVERYTHING)
        for name, rows, of in _spans(made):
            found = GaugeMetricFamily(
                f"almanac_{name}_records", f"Records of {of}, by what became of them.", labels=["fate"]
            )
            counted = ledger.filter(ledger["day"].dt.to_string("iso").is_in(rows))
            for column in COUNTED:
                found.add_metric([column], int(counted[column].sum()))
            yield found

    def _summaries(self, lake: Lake, made: list[str]) -> Iterator[Metric]:
        """Summaries, tokens, cost and latency, for the latest day and over the window."""
        every = lake.read(self._completeness, made[-WINDOW:])
        for name, rows, of in _spans(made):
            done = every.filter(every["day"].dt.to_string("iso").is_in(rows))
            statuses = GaugeMetricFamily(
                f"almanac_{name}_summaries", f"Summaries of {of}, by status.", labels=["status"]
            )
            tokens = GaugeMetricFamily(f"almanac_{name}_tokens", f"Tokens for the summaries of {of}.", labels=["kind"])
            for status in STATUSES:
                statuses.add_metric([status], int(done[status].sum()))
            for column, kind in SUMS.items():
                tokens.add_metric([kind], int(done[column].sum()))
            yield statuses
            yield tokens
            rows_of, lacking = int(done["summaries"].sum()), int(done["not_complete"].sum())
            if rows_of:  # else there is no share, and any number would be taken for one
                share = 1 - lacking / rows_of
                yield _one(f"{name}_completeness", f"Share of the summaries of {of} that are complete.", share)
            cost = float(done["cost_usd"].sum())
            yield _one(f"{name}_cost_usd", f"Cost of the summaries of {of}, in US dollars; 0 without prices.", cost)
            yield _one(f"{name}_attempts", f"Requests made for the summaries of {of}.", int(done["attempts"].sum()))
        latency = GaugeMetricFamily(
            "almanac_last_day_summary_seconds", "Latency of the latest day's summaries.", labels=["model", "quantile"]
        )
        for row in every.filter(every["day"].dt.to_string("iso") == made[-1]).iter_rows(named=True):
            for column, quantile in LATENCIES.items():
                if row["model"] and row[column] is not None:
                    latency.add_metric([row["model"], quantile], row[column])
        yield latency

    def _runs(self, now: dt.datetime) -> Iterator[Metric]:
        """Dagster's runs of the last days by job and status."""
        records = self._instance.get_run_records(dg.RunsFilter(created_after=now - RUNS))
        counted = Counter((one.dagster_run.job_name, one.dagster_run.status.value.lower()) for one in records)
        found = GaugeMetricFamily("almanac_runs", f"Runs of the last {RUNS.days} days.", labels=["job", "status"])
        for (job, status), number in sorted(counted.items()):
            found.add_metric([job, status], number)
        yield found


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"almanac_{name}", text, value=value)


def _spans(made: list[str]) -> list[tuple[str, list[str], str]]:
    """The latest day and the window: a part of the names, the days, and both in words."""
    return [
        ("last_day", made[-1:], "the latest day with a digest"),
        ("window", made[-WINDOW:], f"the latest {WINDOW} days with a digest"),
    ]


def exposition(collector: Collector) -> str:
    """The figures as text."""
    return generate_latest(_registry(collector)).decode()


def serve(collector: Collector, host: str, port: int) -> tuple[int, object]:
    """Serves the figures over HTTP from a thread of its own; returns the port and what holds the server alive."""
    server, thread = start_http_server(port, host, _registry(collector))
    return server.server_port, (server, thread)


def _registry(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
