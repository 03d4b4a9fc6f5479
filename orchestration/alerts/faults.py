"""What went wrong in a run, and what was put right, read from the events that Dagster stored of it.

A *fault* is a partition of an asset that a run could not make, a check that such a partition does not
pass, or a run that ended without having told why. Its key says which, and nothing of how: the same
partition that fails in the same place tomorrow is the same fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster import DagsterEventType
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_START_TAG, PARTITION_NAME_TAG

from assets.materialization import FAILED, plain_line
from orchestration.failures import root_message, told_by_checks

if TYPE_CHECKING:
    from dagster._core.events.log import EventLogEntry

NAMED_AT_MOST = 20
"""Findings of a check that a fault holds; the UI has all of them."""

TOLD = {
    DagsterEventType.ASSET_CHECK_EVALUATION,
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.RUN_FAILURE,
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    key: str
    """Which partition failed where; the same for the same fault of another run."""
    place: str
    """What failed, for people: an asset, a check of an asset, or a job."""
    partition: str | None
    grave: bool
    """Whether something was not made; else it was made, with a warning."""
    sentence: str
    """What was found, with what to do about it."""
    named: tuple[str, ...] = ()
    """The papers or rows that are at fault, a line each, where a check names them."""
    more: int = 0
    """Findings beyond those named."""


@dataclass(frozen=True)
class Findings:
    """What a run showed: faults, and keys of faults that it put right."""

    faults: tuple[Fault, ...]
    right: frozenset[str]


def findings(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Findings:
    """What an ended run showed."""
    faults: dict[str, Fault] = {}
    right = set()
    dead: list[Fault] = []
    for entry in _entries(instance, run.run_id):
        event = entry.get_dagster_event()
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            right.add(_key("step", event.step_key or "", event.partition))
        elif event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            _judge(event.asset_check_evaluation_data, run, faults, right)
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            for fault in _of_step(event, run):
                faults.setdefault(fault.key, fault)
        else:
            dead.append(_of_run(event, run))
    if run.is_success:
        right.add(_key("run", run.job_name, _partition(run)))
    elif not faults:
        # Killed, out of memory, or out of disk: no step could tell.
        faults |= {fault.key: fault for fault in dead}
    return Findings(tuple(faults.values()), frozenset(right - faults.keys()))


def _entries(instance: dg.DagsterInstance, run_id: str) -> Iterator[EventLogEntry]:
    cursor = None
    while True:
        page = instance.get_records_for_run(run_id, cursor=cursor, of_type=TOLD, limit=1_000)
        yield from (record.event_log_entry for record in page.records)
        if not page.has_more:
            return
        cursor = page.cursor


def _judge(data: dg.AssetCheckEvaluation, run: dg.DagsterRun, faults: dict[str, Fault], right: set[str]) -> None:
    partition = data.partition or run.tags.get(PARTITION_NAME_TAG)
    if partition is None and ASSET_PARTITION_RANGE_START_TAG in run.tags:
        return  # the sum over the partitions of a range, each of which has an evaluation of its own
    asset = data.asset_key.to_user_string()
    key = _key("check", f"{asset}.{data.check_name}", partition)
    if data.passed:
        faults.pop(key, None)
        right.add(key)
        return
    named = _named(data.metadata)
    faults[key] = Fault(
        key,
        f"check {data.check_name} of {asset}",
        partition,
        data.severity is dg.AssetCheckSeverity.ERROR,
        plain_line(data.description or "The check does not say why.").strip(),
        tuple(named[:NAMED_AT_MOST]),
        max(0, len(named) - NAMED_AT_MOST),
    )


def _named(metadata: Any) -> list[str]:
    """The lines in which a check names what is at fault."""
    entry = metadata.get("named")
    return [plain_line(line.removeprefix("- ")) for line in str(entry.value).splitlines()] if entry else []


def _of_step(event: dg.DagsterEvent, run: dg.DagsterRun) -> Iterator[Fault]:
    data = event.step_failure_data
    if told_by_checks(data):
        return
    step = event.step_key or "a step"
    told = data.user_failure_data
    by_partition = told.metadata.get(FAILED) if told else None
    if by_partition is not None and isinstance(by_partition.value, dict):
        for partition, sentence in by_partition.value.items():
            yield Fault(_key("step", step, str(partition)), step, str(partition), True, str(sentence))
        return
    sentence = told.description if told and told.description else ""
    if not sentence:
        sentence = root_message(data.error) if data.error else "The step does not say why."
    partition = _partition(run)
    yield Fault(_key("step", step, partition), step, partition, True, sentence)


def _of_run(event: dg.DagsterEvent, run: dg.DagsterRun) -> Fault:
    error = event.job_failure_data.error if event.event_specific_data else None
    sentence = root_message(error) if error else (event.message or "The run ended without a word.").strip()
    partition = _partition(run)
    return Fault(_key("run", run.job_name, partition), f"run of {run.job_name}", partition, True, sentence)


def _partition(run: dg.DagsterRun) -> str | None:
    return run.tags.get(PARTITION_NAME_TAG) or run.tags.get(ASSET_PARTITION_RANGE_START_TAG)


def _key(kind: str, place: str, partition: str | None) -> str:
    return f"{kind} {place} {partition or '-'}"


def partitions_of(faults: Sequence[Fault]) -> list[str]:
    """The partitions that are at fault, each once, in order."""
    return sorted({fault.partition for fault in faults if fault.partition})
