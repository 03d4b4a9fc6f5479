"""The last gate: pandera, through its Polars API, decides whether a cleaned paper may stand in `papers`.

The constraints themselves are in `schema.py` (types, nullability, checks of a column) and
`checks.py` (checks over a row). Here they are run, all of them over all rows at once, and what
pandera finds becomes failures that name the row, the field, the rule and the value.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from assets.papers.checks import MEANING, ROW_CHECKS
from assets.papers.schema import PAPERS

SNAPSHOT_FIELDS = {
    "day": "announced",
    "paper_id": "id",
    "version": "versions",
    "title_tex": "title",
    "authors_tex": "authors",
    "categories_given": "categories",
    "primary_category": "categories",
    "submitted_at": "versions",
    "comment": "comments",
    "journal_ref": "journal-ref",
    "report_no": "report-no",
}
"""Column of `papers` → the field of the snapshot's layout that it comes from, where the names differ."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A value that pandera does not accept. `row` is the row's number in the frame, from 0."""

    row: int
    column: str
    rule: str
    value: str | None

    @property
    def field(self) -> str:
        """The field in the snapshot's layout."""
        return SNAPSHOT_FIELDS.get(self.column, self.column)

    @property
    def meaning(self) -> str:
        """What is wrong, as the predicate of a sentence about the field."""
        return MEANING.get(self.rule, f"breaks the rule {self.rule}")


@functools.cache
def _schema() -> pa.DataFrameSchema:
    schema = PAPERS.pandera_schema()
    return pa.DataFrameSchema(
        schema.columns, checks=list(ROW_CHECKS.values()), strict=True, ordered=True, name=schema.name
    )


def failures(papers: pl.DataFrame) -> list[Failure]:
    """Every failure of a frame of PAPERS, by row and then in the order of the columns.

    A failure of the whole frame (a column of another type, one too many) counts for each of its rows.
    """
    try:
        _schema().validate(papers, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    places = {name: place for place, name in enumerate(PAPERS.polars_schema)}
    columns = {check.name: column for column, check in ROW_CHECKS.items()}
    found: list[Failure] = []
    for case in cases.iter_rows(named=True):
        rule = str(case["check"])
        column = columns.get(rule) or str(case["column"])
        value = None if case["failure_case"] is None or rule == "not_nullable" else str(case["failure_case"])
        if rule in columns:
            value = None
        rows = range(papers.height) if case["index"] is None else (int(case["index"]),)
        found.extend(Failure(row, column, rule, value) for row in rows)
    return sorted(found, key=lambda failure: (failure.row, places.get(failure.column, -1)))


def violations(papers: pl.DataFrame) -> list[str]:
    """A sentence for every failure of a frame of PAPERS, naming the paper; empty where all is well."""
    ids = papers.get_column("paper_id").to_list() if "paper_id" in papers.columns else [None] * papers.height
    return [_sentence(failure, ids[failure.row]) for failure in failures(papers)]


def violations_by_day(papers: pl.DataFrame) -> dict[date, list[str]]:
    """The same for a frame of several days, by day; days without failure are not in it."""
    days, ids = papers.get_column("day").to_list(), papers.get_column("paper_id").to_list()
    found: dict[date, list[str]] = {}
    for failure in failures(papers):
        found.setdefault(days[failure.row], []).append(_sentence(failure, ids[failure.row]))
    return found


def _sentence(failure: Failure, paper_id: str | None) -> str:
    value = f" ({failure.value[:80]!r})" if failure.value else ""
    return f"Paper {paper_id or f'in row {failure.row}'}: {failure.column} {failure.meaning}{value}."
