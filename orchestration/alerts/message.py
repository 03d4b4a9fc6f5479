"""What a message says: what is wrong, with which day, with which papers, and what to do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.digests.wording import count
from orchestration.alerts.faults import Fault, partitions_of

FAULTS_TOLD = 15
"""Faults that a message tells one by one; the rest is counted. A backfill of a year may bring hundreds."""
NAMED_TOLD = 5
"""Findings of one fault that a message names."""
LONGEST_LINE = 600
DAYS_IN_SUBJECT = 3

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Message:
    """A message as every channel sends it."""

    id: str
    """The same for the same faults of the same run."""
    subject: str
    text: str


def compose(faults: Sequence[Fault], origin: str, run: str | None = None) -> Message:
    """One message about faults that were found together.

    `origin` names what found them (a run's id, or a time): the same faults of the same origin make the
    same id. `run` is the id of the run to look at. What a paper or a model wrote stays on its line.
    """
    how = "failed" if any(fault.grave for fault in faults) else "warns"
    days = partitions_of(faults)
    left = len(days) - DAYS_IN_SUBJECT
    named = ", ".join(days[:DAYS_IN_SUBJECT]) + (f" and {left} more" if left > 0 else "")
    places = list(dict.fromkeys(fault.place for fault in faults))
    what = f"{_line(places[0])} {how}" if len(places) == 1 else count(len(faults), "fault")
    subject = f"Preprint Almanac: {what}" + (f" ({named})" if named else "")
    lines = [subject]
    for fault in faults[:FAULTS_TOLD]:
        lines += ["", *_told(fault)]
    if len(faults) > FAULTS_TOLD:
        lines += ["", f"And {count(len(faults) - FAULTS_TOLD, 'fault')} more."]
    if again := _again([fault for fault in faults if fault.grave]):
        lines += ["", again]
    if run:
        lines += ["", f"Run {run}: Dagster's UI has its log."]
    digest = hashlib.sha256("\n".join([origin, *sorted(fault.key for fault in faults)]).encode()).hexdigest()
    return Message(digest[:24], subject, "\n".join(lines) + "\n")


def _told(fault: Fault) -> list[str]:
    where = f"{fault.partition}, {fault.place}" if fault.partition else fault.place
    lines = [_line(f"{'' if fault.grave else 'Warning: '}{where}: {fault.sentence}")]
    # The sentence of a check begins with its first finding.
    rest = [line for line in fault.named if line not in fault.sentence]
    lines += [_line(f"  - {line}") for line in rest[:NAMED_TOLD]]
    left = len(rest) - NAMED_TOLD + fault.more
    if left > 0 and rest:
        lines.append(f"  - and {left:,} more")
    return lines


def _again(faults: Sequence[Fault]) -> str:
    days = [day for day in partitions_of(faults) if len(day) == len("2026-01-30")]
    if not days:
        return ""
    command = f"almanac run {days[0]}" if len(days) == 1 else f"almanac backfill {days[0]} {days[-1]}"
    return f"When that is mended: `{command}` goes on with what is missing."


def _line(text: str) -> str:
    text = CONTROL.sub(" ", text.replace("\n", " ")).rstrip()
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
