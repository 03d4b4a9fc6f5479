"""Structured logs: what runs log, as a line of JSON each in the file that `ALMANAC_LOG_FILE` names.

dagster.yaml has every run load this handler, whoever starts it; without the variable it does nothing.
A line is written in one go to a file opened for appending, so runs at the same time share the file, and
a tool that moves it away (logrotate) may do so at any time.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from pathlib import Path
from typing import Any

VARIABLE = "ALMANAC_LOG_FILE"


class JsonLines(logging.Handler):
    """Appends each record of a run: time (UTC), level, message, and of Dagster's part what is there: job, run, step,
    asset, partition, kind of event, error."""

    def __init__(self) -> None:
        super().__init__()
        named = os.environ.get(VARIABLE)
        self.path = Path(named).expanduser().absolute() if named else None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record. Where that fails, for one because the file cannot be written, it goes to standard error,
        as logging does: a run never fails for its log."""
        if self.path is None:
            return
        try:
            line = json.dumps(line_of(record), ensure_ascii=False) + "\n"
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            try:
                # A lone surrogate, which a broken text may hold, has no bytes.
                os.write(descriptor, line.encode(errors="backslashreplace"))
            finally:
                os.close(descriptor)
        except Exception:
            self.handleError(record)


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """The parts of a line, those that are there."""
    told: dict[str, Any] = getattr(record, "dagster_meta", {})
    event = told.get("dagster_event")
    error = getattr(event.event_specific_data, "error", None) if event is not None else None
    asset = event.asset_key if event is not None else None
    line = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "message": told.get("orig_message") or record.getMessage(),
        "job": told.get("job_name"),
        "run": told.get("run_id"),
        "step": told.get("step_key"),
        "event": event.event_type_value if event is not None else None,
        "asset": asset.to_user_string() if asset is not None else None,
        "partition": event.partition if event is not None else None,
        "error": error.message.strip() if error is not None else None,
    }
    return {name: value for name, value in line.items() if value is not None}
