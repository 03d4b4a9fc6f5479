"""The import of a snapshot: months at a time where the lake has nothing of them, else day by day like any backfill.

A backfill pays each day Dagster's own work, a third of a second; 35 years would take an hour of it alone. An import
makes whole months by plain functions (`assets.papers.history`) and then reports to Dagster what the runs of a backfill
would have recorded: the materialization of each table of each day, and what each check found. Materialized is a day
that was reported; an import that was killed makes again what was not, and leaves the rest as it is.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster import DagsterEventType
from dagster._core.events import DagsterEvent, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

from assets.checking import Verdict, evaluation
from assets.listings.assets import (
    as_many_papers_as_usual,
    first_time,
    made_with,
    no_fewer_records_than_before,
    volume_verdict,
)
from assets.listings.counts import DayCounts
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.snapshot_build import WORTH_WORKERS
from assets.listings.volume import needed_days
from assets.listings.workers import each, useful_workers
from assets.papers.assets import (
    accounts_verdict,
    each_paper_is_new_once,
    every_difference_is_explained,
    every_record_is_accounted_for,
    papers_fit_their_schema,
)
from assets.papers.history import HISTORY, DayTold, History
from assets.papers.once import NewPapers, sentence
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.partitions import month_of
from assets.warehouse.lake import Lake
from assets.warehouse.listed import Listed
from assets.warehouse.object_store import ObjectStore
from orchestration.event_log import store_reports
from orchestration.runs import IMPORTED, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assets.listings.snapshot import SnapshotSource
    from assets.listings.snapshot_index import StoredDays
    from assets.materialization import Progress
    from assets.preferences import Preferences


FILES_AT_ONCE = 4
"""Files of the snapshot's index (of some thousand records each) whose months are made together."""


@dataclass
class Imported:
    """What became of the days of an import."""

    outcome: Outcome = field(default_factory=Outcome)
    left: list[str] = field(default_factory=list)
    """Days that an earlier import made of the same file."""


@dataclass
class Import:
    """The import of one snapshot into one lake."""

    lake: Lake
    source: SnapshotSource
    preferences: Preferences
    instance: dg.DagsterInstance
    progress: Progress
    day_by_day: Callable[[Sequence[str]], Outcome]
    """Makes days as any run does."""

    def __post_init__(self) -> None:
        self._notes = edition_notes(self.source, self.preferences)
        storage = self.lake.storage
        there = Lake(Listed(storage)) if isinstance(storage, ObjectStore) else self.lake
        self._known = {day: self._is_own(there, day) for day in there.keys(RAW_LISTINGS)}
        self._counts = Counted(self.lake, self.preferences)
        self._once = Once(self.lake, self.source)
        assert isinstance(self.instance.event_log_storage, SqlEventLogStorage)
        self._storage = self.instance.event_log_storage

    def make(self, days: Sequence[str], again: bool = False) -> Imported:
        """Makes some of the snapshot's days, in order; with `again` those, too, that are made of it already.

        A month of which the lake holds a day of another origin is made day by day, as a change must be told.
        """
        found = Imported()
        recorded = set.intersection(
            *(set(self.instance.get_materialized_partitions(dg.AssetKey(name))) for name in IMPORTED)
        )
        whole: dict[str, list[str]] = {}
        singly: list[str] = []
        for month, group in groupby(days, month_of):
            own = list(group)
            done = {day for day in own if day in recorded and self._known.get(day)}
            todo = own if again else [day for day in own if day not in done]
            found.left += [day for day in own if day not in set(todo)]
            if any(self._known.get(day) is False or day in done for day in todo):
                singly += todo
            elif todo:
                whole[month] = todo
        # Dagster is told beside the making: otherwise who makes waits, a fifth of the time.
        with ThreadPoolExecutor(max_workers=1) as beside:
            telling: deque[Future[None]] = deque()
            for month, told in self._months(whole):
                telling.append(beside.submit(self._tell, month, told, found.outcome))
                while telling and telling[0].done():
                    telling.popleft().result()
            for one in telling:
                one.result()
        if singly:
            found.outcome.add(self.day_by_day(singly))
        return found

    def _is_own(self, lake: Lake, day: str) -> bool:
        """Whether a day of the lake was made of this very file, with the same settings."""
        notes = lake.notes(RAW_LISTINGS, day)
        return all(notes.get(name) == value for name, value in self._notes.items())

    def _months(self, whole: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Mapping[str, DayTold]]]:
        """Makes months, on all cores where that is worth it; what there is to tell of each, in their order."""
        history = History(
            self.lake,
            str(self.source.path),
            self.preferences.categories,
            self._notes,
            dt.datetime.now(dt.UTC),
            tuple(sorted(self.preferences.categories or ())),
        )
        repeated = self._once.papers if whole else {}
        stored = self._together(whole)
        numbered = enumerate(stored)
        parts = ((history, number, part, _on_days(repeated, part.days)) for number, part in numbered)
        is_large = self.source.path.stat().st_size >= WORTH_WORKERS
        waiting: dict[int, Mapping[str, DayTold]] = {}
        expected = 0
        for number, told in each(make_part, parts, useful_workers() if is_large else 1):
            waiting[number] = told
            while expected in waiting:
                ready = waiting.pop(expected)
                for month, days in groupby(ready, month_of):
                    yield month, {day: ready[day] for day in days}
                expected += 1

    def _together(self, whole: Mapping[str, Sequence[str]]) -> list[StoredDays]:
        """The days of the months in parts of some ten thousand records: a month of the first years holds hundreds."""
        parts: list[StoredDays] = []
        for days in whole.values():
            own = [dt.date.fromisoformat(day) for day in days]
            if parts:
                both = self.source.stored_days([*parts[-1].days, *own])
                if len(both.files) <= FILES_AT_ONCE:
                    parts[-1] = both
                    continue
            parts.append(self.source.stored_days(own))
        return parts

    def _tell(self, month: str, told: Mapping[str, DayTold], outcome: Outcome) -> None:
        """Reports the days of a month to Dagster, and what is odd about them to who watches."""
        events: list[dg.AssetMaterialization | dg.AssetCheckEvaluation] = []
        others = self._once.elsewhere(month, told)
        for day, one in told.items():
            events += [
                dg.AssetMaterialization(table.name, partition=day, metadata=_metadata(table.name, one, self._notes))
                for table in HISTORY
            ]
            verdicts = self._verdicts(day, one, others.get(day, {}))
            unfit = []
            for check, verdict, severity in verdicts:
                spec = next(iter(check.check_specs))
                events.append(evaluation(spec, day, verdict, severity))
                if verdict.passes:
                    continue
                said = f"{spec.name}: {verdict.sentence}"
                if spec.blocking:
                    unfit.append(said)
                else:
                    self.progress.noticed(f"{spec.asset_key.to_user_string()}, {said}")
            for fault in one.faults:
                self.progress.noticed(fault)
            if unfit:
                outcome.failed[day] = " ".join(unfit)
            else:
                outcome.made.append(day)
        store_reports(self._storage, [reported(event) for event in events])
        for day in told:
            for name in IMPORTED:
                self.progress.made(name, day)

    def _verdicts(
        self, day: str, one: DayTold, elsewhere: Mapping[str, list[str]]
    ) -> list[tuple[dg.AssetChecksDefinition, Verdict, dg.AssetCheckSeverity]]:
        """What the checks of the five assets find in a day."""
        date = dt.date.fromisoformat(day)
        raw, kept, rejected = (one.rows[table.name] for table in (RAW_LISTINGS, PAPERS, REJECTED_PAPERS))
        accounts = {name: one.ledger[name] for name in ("fetched", "kept")}
        new_once = Verdict(
            [sentence(day, paper, days) for paper, days in elsewhere.items()],
            {"new": kept, "new_elsewhere": len(elsewhere)},
        )
        volume = volume_verdict(date, self._counts.around(date, one.by_category), self.preferences.categories)
        error, warning = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
        return [
            (no_fewer_records_than_before, first_time(raw), warning),
            (as_many_papers_as_usual, volume, warning),
            # What pandera does not accept is in rejected_papers: no other paper gets here.
            (papers_fit_their_schema, Verdict(), error),
            (every_record_is_accounted_for, accounts_verdict(day, raw, kept, rejected, one.twice), error),
            (each_paper_is_new_once, new_once, error),
            (every_difference_is_explained, Verdict(one.unexplained, accounts), error),
        ]


def edition_notes(source: SnapshotSource, preferences: Preferences) -> dict[str, str]:
    """What a day of raw_listings notes that is made of a snapshot as it is now, with these settings."""
    return {**made_with(source.name, preferences), "edition": source.edition()}


class Counted:
    """How many papers the days before a day announced: those that were just made, and those of the lake before."""

    def __init__(self, lake: Lake, preferences: Preferences) -> None:
        self._lake = DayCounts(lake, preferences.categories_text)
        self._made: dict[dt.date, Mapping[str, int]] = {}

    def around(self, day: dt.date, own: Mapping[str, int]) -> Mapping[dt.date, Mapping[str, int]]:
        """The counts that a day is compared with, and its own."""
        self._made[day] = own
        first, last = needed_days(day)
        of_lake = self._lake.between(first, last, and_also=last)
        return {**of_lake, **{other: counts for other, counts in self._made.items() if first <= other <= day}}


class Once:
    """Which papers are new on more than one day: of the snapshot, and of what the lake held before."""

    def __init__(self, lake: Lake, source: SnapshotSource) -> None:
        self._lake = lake
        self._source = source
        own = {f"{day}" for day in source.days()}
        self._foreign = {month_of(day) for day in lake.keys(PAPERS) if day not in own}

    @property
    def papers(self) -> Mapping[str, Sequence[dt.date]]:
        """The papers that the snapshot holds on several days, with these."""
        if not hasattr(self, "_papers"):
            self._papers = self._source.repeated_papers()
        return self._papers

    def elsewhere(self, month: str, told: Mapping[str, DayTold]) -> dict[str, dict[str, list[str]]]:
        """For each day of a month its new papers that are new on other days of the lake, too, with these days."""
        papers = NewPapers(self._lake)
        if _around(month) & self._foreign:
            return {day: papers.also_new_elsewhere(day) for day in told}
        found: dict[str, dict[str, list[str]]] = {}
        for day, one in told.items():
            for paper in one.repeated:
                others = [f"{other}" for other in self.papers[paper] if f"{other}" != day]
                if days := [other for other in others if paper in papers.on(other)]:
                    found.setdefault(day, {})[paper] = days
        return found


def make_part(
    history: History, number: int, stored: StoredDays, repeated: frozenset[str]
) -> tuple[int, dict[str, DayTold]]:
    """Makes the days of a part; with its number, as the parts of an import come back in any order."""
    return number, history.make(stored, repeated)


def _on_days(repeated: Mapping[str, Sequence[dt.date]], days: Sequence[dt.date]) -> frozenset[str]:
    """Those of the repeated papers that are on one of the days."""
    return frozenset(paper for paper, on in repeated.items() if not set(on).isdisjoint(days))


def _around(month: str) -> set[str]:
    """A month and its neighbours: ids of a month are announced in these."""
    first = dt.date.fromisoformat(f"{month}-01")
    return {f"{first + dt.timedelta(days=days):%Y-%m}" for days in (-1, 0, 31)}


def _metadata(table: str, one: DayTold, notes: Mapping[str, str]) -> dict[str, Any]:
    """What is recorded of a table of a day; the first rows, which runs show, are left out."""
    more: Mapping[str, Mapping[str, Any]] = {
        RAW_LISTINGS.name: {"faults": len(one.faults), **{name: notes[name] for name in ("source", "categories")}},
        LISTING_RECEIPTS.name: {"by_fate": dict(one.by_fate)},
        PAPERS.name: {"withdrawn": one.withdrawn},
        REJECTED_PAPERS.name: {"by_rule": dict(one.by_rule)},
        LISTING_LEDGER.name: {**one.ledger, "source": notes["source"]},
    }
    return {"dagster/partition_row_count": one.rows[table], **more[table]}


def reported(event: dg.AssetMaterialization | dg.AssetCheckEvaluation) -> EventLogEntry:
    """An event beside any run, as `DagsterInstance.report_runless_asset_event` has it stored."""
    is_made = isinstance(event, dg.AssetMaterialization)
    kind = DagsterEventType.ASSET_MATERIALIZATION if is_made else DagsterEventType.ASSET_CHECK_EVALUATION
    data = StepMaterializationData(event) if isinstance(event, dg.AssetMaterialization) else event
    told = DagsterEvent(event_type_value=kind.value, event_specific_data=data, job_name=RUNLESS_JOB_NAME)
    return EventLogEntry(  # type: ignore[no-untyped-call]
        user_message="",
        level=logging.INFO,
        job_name=RUNLESS_JOB_NAME,
        run_id=RUNLESS_RUN_ID,
        error_info=None,
        timestamp=time.time(),
        step_key=None,
        dagster_event=told,
    )
