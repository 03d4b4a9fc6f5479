"""Reads one SQL file: the statement that it holds and the tables that it names.

Only syntax is looked at here; whether the tables and columns exist is for `models` to say.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assets.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

DIALECT = "duckdb"

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_KIND_OF_ERROR = re.compile(r"^[A-Z][A-Za-z ]* Error: ")
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Reference:
    """A table that a statement names, and the line on which it does."""

    name: str
    line: int


@dataclass(frozen=True)
class Statement:
    """The one SELECT of a file: its text as written and the tables named in it, each once, in order."""

    sql: str
    references: tuple[Reference, ...]


def read_statement(path: Path, connection: DuckDBPyConnection) -> Statement:
    """The SELECT in a file. Raises ModelError where the file holds anything else."""
    try:
        sql = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}:1: the file cannot be read ({error}); write it anew in UTF-8.") from error
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise duckdb_error(path, sql, error) from error
    if not statements:
        raise ModelError(f"{path}:1: there is no statement in it; write one SELECT.")
    if len(statements) > 1:
        line = sql.count("\n", 0, _start_of_second(sql, statements[0].query)) + 1
        raise ModelError(
            f"{path}:{line}: a second statement begins here; a model is one SELECT, so put each in a file of its own."
        )
    try:
        tree = sqlglot.parse_one(sql, dialect=DIALECT)
    except SqlglotError as error:
        found = getattr(error, "errors", None) or [{}]
        line = found[0].get("line") or 1
        what = found[0].get("description") or str(error).splitlines()[0]
        raise ModelError(
            f"{path}:{line}: DuckDB reads this but sqlglot, which finds the dependencies, does not ({what}); "
            "write it in another way."
        ) from error
    if statements[0].type != duckdb.StatementType.SELECT or not isinstance(tree, exp.Query):
        line = sql.count("\n", 0, len(sql) - len(sql.lstrip())) + 1
        raise ModelError(f"{path}:{line}: this is not a SELECT; a model is one SELECT that makes its rows.")
    return Statement(sql, _references(path, tree))


def duckdb_error(path: Path, sql: str, error: duckdb.Error) -> ModelError:
    """DuckDB's complaint about the SQL of a file as one sentence with file and line."""
    text = str(error)
    if lines := _LINE.findall(text):
        line = int(lines[-1])
    else:
        # A few complaints have no place; the first line that holds the name they quote is the best guess.
        quoted = next((name for name in _QUOTED.findall(text) if name in sql), None)
        line = sql.count("\n", 0, sql.index(quoted)) + 1 if quoted else 1
    return ModelError(f"{path}:{line}: {complaint(error)}; mend the SQL there.")


def complaint(error: duckdb.Error) -> str:
    """DuckDB's own words on one line, without what may follow them: a picture of the place, pages of candidates."""
    words = _LINE.split(str(error))[0].split("\n\tCandidate functions:")[0]
    return _KIND_OF_ERROR.sub("", " ".join(words.split())).rstrip(".!") or "DuckDB refuses it"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The known name closest to one that is not known, in brackets after a blank; nothing where none is close."""
    found = difflib.get_close_matches(name, list(names), 1, 0.5)
    return f" (did you mean {found[0]}?)" if found else ""


def _start_of_second(sql: str, first: str) -> int:
    """Where the second of several statements starts; DuckDB gives the first with its semicolon or without."""
    end = sql.find(first) + len(first) if first in sql else 0
    rest = sql[end:]
    return end + len(rest) - len(rest.lstrip("; \t\r\n"))


def _references(path: Path, tree: exp.Expr) -> tuple[Reference, ...]:
    found: dict[str, Reference] = {}
    for table in tree.find_all(exp.Table, bfs=False):
        if not isinstance(table.this, exp.Identifier):
            _refuse_files(path, table)
            continue
        line = int(table.this.meta.get("line", 1))
        if table.db or table.catalog:
            raise ModelError(
                f"{path}:{line}: {table.sql(DIALECT)} names a schema; write the table's name alone: {table.name}."
            )
        if not _is_common_table(table):
            found.setdefault(table.name.lower(), Reference(table.name, line))
    return tuple(found.values())


def _refuse_files(path: Path, table: exp.Table) -> None:
    """Functions that make rows are fine, but one that reads files hides what the model depends on."""
    name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.key
    if "read" in name.lower() or "scan" in name.lower() or "glob" in name.lower():
        line = next((int(node.meta["line"]) for node in table.this.walk() if "line" in node.meta), 1)
        raise ModelError(
            f"{path}:{line}: {table.this.sql(DIALECT)} reads files, which no asset stands for; "
            "name a table of the lake or another model."
        )


def _is_common_table(table: exp.Table) -> bool:
    """Whether the name means a common table expression (WITH …) that the place can see."""
    node: exp.Expr = table
    inside: exp.CTE | None = None
    while node.parent is not None:
        if isinstance(node, exp.CTE):
            inside = node
        node = node.parent
        clause = node.args.get("with_")
        if clause is None:
            continue
        for common in clause.expressions:
            if common is inside and not clause.args.get("recursive"):
                break
            if common.alias.lower() == table.name.lower():
                return True
            if common is inside:
                break
    return False
