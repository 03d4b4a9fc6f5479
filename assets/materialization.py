"""How an asset makes its partitions: one after the other, each recorded when it is done.

A run may hold one partition or, in a backfill, many. `each_partition` makes them in order, tells
Dagster about each one as soon as it is stored (a run that dies midway would otherwise have
recorded nothing), lets the rest go on when one fails, and names the failures at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import dagster as dg
import polars as pl

from assets.errors import AlmanacError, DayMissingError, SourceUnavailableError
from assets.warehouse.table import Table

OUTAGE = "outage"
"""Metadata of a failure: whether the source did not answer, so that trying again at once is useless."""

FAILED = "failed"
"""Metadata of a failure: the partitions that failed, each with its sentence."""

PREVIEW_ROWS = 5
PREVIEW_WIDTH = 80

Metadata = Mapping[str, Any]


class Progress(Protocol):
    """Hears what a run does, as it happens: a progress bar, a log, or nobody."""

    def made(self, asset: str, partition: str, metadata: Metadata | None = None) -> None:
        """A partition of an asset is stored; its metadata, where it is known."""

    def noticed(self, sentence: str) -> None:
        """Something is wrong with the input, which did not keep the partition from being made."""

    def reading(self, done: int, total: int) -> None:
        """So many bytes of a large file have been read."""

    def working(self, asset: str, partition: str, done: int, total: int, note: str) -> None:
        """So many parts of a partition that takes long are done; `note` tells what else there is to know."""


class Silence:
    """A `Progress` that tells nobody, for runs that nobody watches."""

    def made(self, asset: str, partition: str, metadata: Metadata | None = None) -> None:
        """Nothing to tell."""

    def noticed(self, sentence: str) -> None:
        """Nothing to tell."""

    def reading(self, done: int, total: int) -> None:
        """Nothing to tell."""

    def working(self, asset: str, partition: str, done: int, total: int, note: str) -> None:
        """Nothing to tell."""


def each_partition(
    context: dg.AssetExecutionContext, progress: Progress, make: Callable[[str], Mapping[str, Metadata]]
) -> None:
    """Makes every partition of the run.

    `make` stores one partition and returns metadata for each asset of the step, by asset name. In a
    run of many, each partition has two records in the end: ours, when it is done, and Dagster's.
    Raises dg.Failure, after all others have been made, with the sentence of each that failed.
    """
    keys = list(context.partition_keys)
    failures: dict[str, AlmanacError] = {}
    for key in keys:
        try:
            made = make(key)
        except AlmanacError as error:
            failures[key] = error
            context.log.error(f"{key}: {error}")
            if _is_outage(error):
                # Its retries are used up: the other days would only wait for the same outage.
                failures |= dict.fromkeys(keys[keys.index(key) + 1 :], error)
                break
            continue
        with stored_together(context.instance):
            for name, metadata in made.items():
                asset = dg.AssetKey(name)
                context.add_asset_metadata(dict(metadata), asset_key=asset, partition_key=key)
                if len(keys) > 1:
                    context.log_event(dg.AssetMaterialization(asset, partition=key, metadata=dict(metadata)))
        for name, metadata in made.items():
            progress.made(name, key, metadata)
    if failures:
        sentences = [f"{key}: {error}" for key, error in failures.items()]
        heading = f"{len(failures)} of {len(keys)} partitions failed. {' '.join(sentences)}"
        raise dg.Failure(
            heading if len(keys) > 1 else str(failures[keys[0]]),
            metadata={
                FAILED: dg.MetadataValue.json({key: str(error) for key, error in failures.items()}),
                OUTAGE: any(map(_is_outage, failures.values())),
            },
            allow_retries=False,
        )


def stored_together(instance: dg.DagsterInstance) -> AbstractContextManager[None]:
    """Events that are logged in the block are written at once, where the instance's storage can do so.

    Only for a block that does nothing else: the storage is locked meanwhile.
    """
    together: Callable[[], AbstractContextManager[None]] = getattr(instance.event_log_storage, "together", nullcontext)
    return together()


def _is_outage(error: AlmanacError) -> bool:
    """Whether the source is out for other days, too."""
    return isinstance(error, SourceUnavailableError) and not isinstance(error, DayMissingError)


def table_metadata(table: Table) -> dict[str, Any]:
    """Definition metadata of a table's asset: its column schema."""
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name=column.name,
                    type=str(column.dtype),
                    description=column.description,
                    constraints=dg.TableColumnConstraints(nullable=column.nullable),
                )
                for column in table.columns
            ]
        ),
        "dagster/table_name": table.name,
    }


def frame_metadata(frame: pl.DataFrame, columns: Sequence[str] = ()) -> dict[str, Any]:
    """Materialization metadata of a partition: row count and a preview of `columns` (default: all)."""
    shown = frame.select(list(columns) or frame.columns).head(PREVIEW_ROWS)
    return {
        "dagster/partition_row_count": frame.height,
        "preview": dg.MetadataValue.md(markdown_table(shown.columns, shown.rows())),
    }


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; values are cut to a readable width and cannot break out of their cell."""
    if not rows:
        return "*no rows*"

    def cell(value: object) -> str:
        text = " ".join(str("" if value is None else value).split())
        return markdown_line(text if len(text) <= PREVIEW_WIDTH else text[: PREVIEW_WIDTH - 1] + "…")

    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines.extend("| " + " | ".join(cell(value) for value in row) + " |" for row in rows)
    return "\n".join(lines)


_MARKDOWN = re.compile(r"[\\`*\[\]<>!&|~]|(?<![^\W_])_|_(?![^\W_])")
"""Not an underscore between letters or digits, which means nothing there: names are full of them."""
_BLOCK_START = re.compile(r"\A(\d{1,9}(?=[.)](?:\s|$))|(?=[#+=-]))")
"""What would begin a list, a heading or a rule at the start of a line: the backslash goes after it."""


def markdown_line(text: str) -> str:
    """A text as one line of Markdown that reads as that text: no picture, link, heading or element arises from it.

    Dagster's UI renders Markdown, and loads its pictures, while titles and a model's texts come from anybody. Only
    backslashes are put in, so that `plain_line` finds the text again.
    """
    return _BLOCK_START.sub(r"\1\\", _MARKDOWN.sub(r"\\\g<0>", " ".join(text.split())))


def plain_line(markdown: str) -> str:
    """The text of a line that `markdown_line` made, for a reader who does not render Markdown."""
    return re.sub(r"\\(.)", r"\1", markdown)
