"""What the sensor remembers between its ticks: which faults are open, which messages have not arrived, and
how far it has read. It is the sensor's cursor, so it stands in Dagster's own storage with the runs it is about.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.alerts.faults import Fault
from orchestration.alerts.message import Message

KEPT_DAYS = 400
"""After so many days an open fault is forgotten: nobody means to mend it."""

WAITING_AT_MOST = 100
"""Messages that wait for a channel which does not answer; the oldest give way, and are in the log all the same."""


@dataclass
class Book:
    """Open faults, waiting messages, and places in Dagster's event log."""

    read: dict[str, str] = field(default_factory=dict)
    """Kind of event → place up to which it was read."""
    open: dict[str, list[Any]] = field(default_factory=dict)
    """Fault → the day on which it was told (ISO), and whether it was grave."""
    waiting: list[Message] = field(default_factory=list)

    @classmethod
    def from_text(cls, text: str | None) -> Book:
        """The book as `to_text` wrote it; an empty one where there is none or it cannot be read."""
        try:
            stored = json.loads(text or "{}")
            return cls(stored["read"], stored["open"], [Message(**entry) for entry in stored["waiting"]])
        except (ValueError, KeyError, TypeError):
            return cls()

    def to_text(self) -> str:
        """The book as text."""
        waiting = [{"id": one.id, "subject": one.subject, "text": one.text} for one in self.waiting]
        return json.dumps({"read": self.read, "open": self.open, "waiting": waiting}, ensure_ascii=False)

    def news(self, faults: Sequence[Fault], today: dt.date) -> list[Fault]:
        """The faults that were not told yet, or as a warning only; from now on they count as told."""
        new = [fault for fault in faults if not self._told(fault)]
        self.open |= {fault.key: [today.isoformat(), fault.grave] for fault in new}
        return new

    def close(self, keys: Iterable[str]) -> None:
        """Faults that were put right: when they come back, they are told again."""
        for key in keys:
            self.open.pop(key, None)

    def tidy(self, today: dt.date) -> None:
        """Forgets what is too old to matter."""
        oldest = (today - dt.timedelta(days=KEPT_DAYS)).isoformat()
        self.open = {key: entry for key, entry in self.open.items() if entry[0] >= oldest}
        self.waiting = self.waiting[-WAITING_AT_MOST:]

    def _told(self, fault: Fault) -> bool:
        entry = self.open.get(fault.key)
        return entry is not None and (bool(entry[1]) or not fault.grave)
