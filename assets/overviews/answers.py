"""The numbers of a page: SQL files of `queries/`, asked of the page's own papers, summaries and marts.

The same question can be asked of the warehouse, whose views have the names of the tables here: a page publishes the SQL
with all of its parameters, and the one row that answers it has the published values as its columns. So what a page
says cannot drift from what its SQL says.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from assets.overviews.mentions import patterns
from assets.overviews.parts import Query
from assets.warehouse.connection import connect

COLUMNS = {
    "papers": (
        "day", "paper_id", "listing", "title", "abstract", "authors", "categories", "primary_category", "comment",
        "is_withdrawn",
    ),
    "summaries": ("day", "paper_id", "language", "tldr", "result", "practical"),
}  # fmt: skip
"""Of the two large tables, what the queries read; of the marts, everything."""
KEPT = 2
"""Sets of tables whose answers are kept: those of a month and of a year."""
_LATEST: OrderedDict[bytes, Answers] = OrderedDict()
BESIDE = r"[^\p{L}\p{N}]"
_VERBOSE = re.compile(r"\\ |\s+")


class Answers:
    """A database that holds the tables of one page, by the names of the warehouse's views."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """`files` are Parquet files by table name, read once and here."""
        self._connection = connect()
        self._asked: dict[str, Query | None] = {}
        for name, file in files.items():
            self._connection.read_parquet(str(file)).create(name)

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Answers:
        """What answers questions about these tables.

        The pages of a month, and the checks that build each page anew from the lake, ask the same of the same rows:
        the answers to the latest `KEPT` sets of tables are shared, told apart by their bytes.
        """
        with tempfile.TemporaryDirectory(prefix="almanac-") as folder:
            files, digest = {}, hashlib.sha256()
            for name, frame in tables.items():
                files[name] = Path(folder) / f"{name}.parquet"
                frame.select(COLUMNS.get(name, pl.all())).write_parquet(files[name], compression="uncompressed")
                digest.update(f"{name} {files[name].stat().st_size} ".encode())
                with files[name].open("rb") as content:
                    digest.update(hashlib.file_digest(content, "sha256").digest())
            known = _LATEST.pop(digest.digest(), None) or cls(files)
        _LATEST[digest.digest()] = known
        while len(_LATEST) > KEPT:
            _LATEST.popitem(last=False)
        return known

    def ask(self, name: str, description: str, file: str, parameters: Mapping[str, Any]) -> Query | None:
        """The query of a file with its answer; None where no row answers it. The SQL uses every parameter.

        Asked again, it costs nothing.
        """
        question = json.dumps([name, description, file, parameters], sort_keys=True)
        if question not in self._asked:
            sql = sql_of(file)
            values = answer(self._connection, sql, parameters)
            self._asked[question] = None if values is None else Query(name, description, sql, values, parameters)
        return self._asked[question]

    def certain(self, name: str, description: str, file: str, parameters: Mapping[str, Any]) -> Query:
        """The same where a row always answers it."""
        query = self.ask(name, description, file, parameters)
        assert query is not None, f"{file}.sql has no row for {dict(parameters)}"
        return query


def answer(connection: Any, sql: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one row that answers a published query, by column; None where there is none.

    `connection` is one of DuckDB's, to the warehouse or to anything else with its views. Raises ValueError where there
    are several rows.
    """
    found = connection.execute(sql, dict(parameters))
    names = [column[0] for column in found.description]
    rows = found.fetchmany(2)
    if len(rows) > 1:
        raise ValueError("the query has more than one row for an answer")
    return {name: _plain(value) for name, value in zip(names, rows[0], strict=True)} if rows else None


def mentioning(terms: Iterable[str]) -> str:
    """A regular expression for title or abstract: one of the terms, with its plural or singular, as whole words.

    It finds what `mentions.mention` finds: case, hyphens and punctuation between the words do not count.
    """
    forms = dict.fromkeys(form.strip() for term in terms for form in patterns(term))
    told = "|".join(f"{BESIDE}+".join(map(re.escape, form.split())) for form in forms)
    return rf"(?i)(?:^|{BESIDE})(?:{told})(?:{BESIDE}|$)" if forms else r"\b\B"


def compact(pattern: str) -> str:
    """A pattern in verbose mode, which DuckDB does not know, without its blanks; others as they are."""
    if not pattern.startswith("(?ix)"):
        return pattern
    return "(?i)" + _VERBOSE.sub(lambda found: " " if found[0] == "\\ " else "", pattern.removeprefix("(?ix)"))


@cache
def sql_of(file: str) -> str:
    """The SQL of a file in `queries/`."""
    return resources.files("assets.overviews.queries").joinpath(f"{file}.sql").read_text("utf-8").strip()


def _plain(value: object) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
