"""Reads the YAML beside a model: what it says of the model, and the tests that its rows must pass.

    description: What the model holds.
    materialization: table per month         # or view; otherwise marts/ are tables and staging/ are views
    history: 12                              # earlier periods of its own that the SQL needs to see
    columns:
      month: the month                       # a column's description alone, or
      category:
        description: the category
        tests: [not_null, unique, {accepted_values: [cs.LG, stat.ML]},
                {relationships: {table: category_yearly, column: category}}]
    tests:                                   # of the model as a whole
      - unique: [month, category]
      - name: share_is_at_most_one
        expression: papers <= category_papers

Every part may be left out. Whether the columns and models exist is for `models` to say; the lines
are kept for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import yaml

from assets.errors import ModelError
from assets.warehouse.table import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Materialization = Literal["view"] | Period
"""`view`, or the period of a table's partitions."""

TestKind = Literal["not_null", "unique", "accepted_values", "relationships", "expression"]


@dataclass(frozen=True)
class ModelTest:
    """One test of a model's rows: its kind, the columns that it looks at, and what it asks of them."""

    name: str
    kind: TestKind
    columns: tuple[str, ...]
    line: int
    values: tuple[object, ...] = ()
    """Of accepted_values: the values that the column may have."""
    reference: tuple[str, str] = ("", "")
    """Of relationships: the table and its column that must hold each value."""
    expression: str = ""
    """Of expression: SQL that is true, or NULL, for each row."""


@dataclass(frozen=True)
class ModelDocs:
    """The YAML of a model: descriptions by column, tests, and the line on which each column is named."""

    description: str = ""
    materialization: Materialization | None = None
    """What the YAML states; None where it leaves that to the folder."""
    materialization_line: int = 1
    history: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    column_lines: Mapping[str, int] = field(default_factory=dict)
    tests: tuple[ModelTest, ...] = ()


def read_docs(path: Path) -> ModelDocs:
    """What the YAML file says; nothing where there is none. Raises ModelError with file and line."""
    if not path.is_file():
        return ModelDocs()
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), _LOADER)
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}:1: the file cannot be read ({error}); write it anew in UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "the YAML does not parse"
        line = mark.line + 1 if mark else 1
        raise ModelError(
            f"{path}:{line}: {problem}; mend the YAML there (a text with a colon needs quotes)."
        ) from error
    return ModelDocs() if root is None else _Reader(path).docs(root)


# libyaml reads ten times as fast; PyYAML's wheels bring it, a build of one's own may not.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NO_VALUE = (yaml.YAMLError, ValueError, LookupError, AttributeError)
"""What PyYAML raises where a value is not of the kind that its form (2026-13-45) or its tag (!!int x) says."""


class _Reader:
    """Turns YAML nodes into ModelDocs; every complaint names the file and the node's line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, node: yaml.Node, what: str) -> ModelError:
        return ModelError(f"{self.path}:{node.start_mark.line + 1}: {what}.")

    def docs(self, root: yaml.Node) -> ModelDocs:
        parts = self.mapping(
            root, "a model's documentation", ("description", "materialization", "history", "columns", "tests")
        )
        columns: dict[str, str] = {}
        lines: dict[str, int] = {}
        tests: list[ModelTest] = []
        for name, (key, node) in self.entries(parts["columns"], "columns").items() if "columns" in parts else ():
            lines[name] = key.start_mark.line + 1
            if isinstance(node, yaml.MappingNode):
                column = self.mapping(node, f"column {name}", ("description", "tests"))
                columns[name] = self.text(column["description"]) if "description" in column else ""
                tests += [self.test(test, name) for test in self.items(column.get("tests"))]
            else:
                columns[name] = self.text(node)
        tests += [self.test(test, None) for test in self.items(parts.get("tests"))]
        named: dict[str, ModelTest] = {}
        for test in tests:
            if test.name in named:
                raise ModelError(
                    f"{self.path}:{test.line}: a test named {test.name} is already on line {named[test.name].line}; "
                    "remove one or give it another name."
                )
            named[test.name] = test
        return ModelDocs(
            description=self.text(parts["description"]) if "description" in parts else "",
            materialization=self.materialization(parts["materialization"]) if "materialization" in parts else None,
            materialization_line=parts["materialization"].start_mark.line + 1 if "materialization" in parts else 1,
            history=self.history(parts["history"]) if "history" in parts else 0,
            columns=columns,
            column_lines=lines,
            tests=tuple(tests),
        )

    def test(self, node: yaml.Node, column: str | None) -> ModelTest:
        """A test of one column, whose name is left out in it, or of the model as a whole."""
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            written, parts = self.text(node), {}
        else:
            parts = self.mapping(node, "a test", ("name", *_KINDS))
            kinds = [part for part in parts if part != "name"]
            if len(kinds) != 1:
                raise self.error(node, f"a test is one of {_listed(_KINDS)}, with its name if you like")
            written = kinds[0]
        kind = next((kind for kind in _KINDS if kind == written), None)
        if kind is None:
            raise self.error(node, f"there is no test {written!r}; the tests are {_listed(_KINDS)}")
        name = self.text(parts["name"]) if "name" in parts else None
        if name is not None and not re.fullmatch(r"[A-Za-z0-9_]+", name):
            raise self.error(parts["name"], f"a test's name has letters, digits and underscores only, not {name!r}")
        columns: tuple[str, ...] = () if column is None else (column,)
        if kind == "not_null" or kind == "unique":
            if kind in parts:
                columns = tuple(self.text(item) for item in self.items(parts[kind]))
            if not columns:
                raise self.error(node, f"{kind} of which columns? Write {kind}: [first, second]")
            return ModelTest(name or "_".join((kind, *columns)), kind, columns, line)
        if kind == "accepted_values" and column is not None and kind in parts:
            values = tuple(self.value(item) for item in self.items(parts[kind]))
            return ModelTest(name or f"accepted_values_{column}", kind, columns, line, values=values)
        if kind == "relationships" and column is not None and kind in parts:
            target = self.mapping(parts[kind], "relationships", ("table", "column"))
            if len(target) != 2:
                raise self.error(parts[kind], "relationships needs a table and a column: {table: papers, column: …}")
            reference = (self.text(target["table"]), self.text(target["column"]))
            return ModelTest(
                name or "_".join(("relationships", column, *reference)), kind, columns, line, reference=reference
            )
        if kind == "expression" and kind in parts:
            expression = self.text(parts[kind])
            slug = re.sub(r"[^A-Za-z0-9]+", "_", expression).strip("_")[:60]
            return ModelTest(name or f"expression_{slug}", kind, columns, line, expression=expression)
        needs = "the test of a column" if column is None else f"written as {kind}: …"
        raise self.error(node, f"{kind} must be {needs}")

    def materialization(self, node: yaml.Node) -> Materialization:
        written = self.text(node)
        if written not in _MATERIALIZATIONS:
            raise self.error(node, f"materialization is one of {_listed(_MATERIALIZATIONS)}, not {written!r}")
        return _MATERIALIZATIONS[written]

    def history(self, node: yaml.Node) -> int:
        value = self.value(node)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(node, f"history is a number of earlier periods, 0 or more, not {value!r}")
        return value

    def mapping(self, node: yaml.Node, what: str, allowed: Iterable[str]) -> dict[str, yaml.Node]:
        """The values of a mapping by key; only the allowed keys."""
        found = {}
        for name, (key, value) in self.entries(node, what).items():
            if name not in allowed:
                raise self.error(key, f"{what} has no part {name!r}; its parts are {_listed(allowed)}")
            found[name] = value
        return found

    def entries(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what} must be a mapping of names, each with a colon")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = self.text(key)
            if name in found:
                # YAML itself would keep the last one and say nothing.
                raise self.error(key, f"{name!r} stands here a second time; keep one")
            found[name] = (key, value)
        return found

    def items(self, node: yaml.Node | None) -> Iterator[yaml.Node]:
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, "this must be a list: [one, two], or a line with a dash for each")
        yield from node.value

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, "this must be a text")
        return " ".join(str(node.value).split())

    def value(self, node: yaml.Node) -> Any:
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node, deep=True)
        except _NO_VALUE as error:
            written = f" {node.value!r}" if isinstance(node, yaml.ScalarNode) else ""
            kind = node.tag.removeprefix("tag:yaml.org,2002:")
            raise self.error(
                node, f"this is no value of the kind {kind}:{written}; put a text into quotes, without a tag"
            ) from error
        finally:
            loader.dispose()


_MATERIALIZATIONS: Mapping[str, Materialization] = {
    "view": "view",
    "table per day": "day",
    "table per month": "month",
    "table per year": "year",
}

_KINDS: tuple[TestKind, ...] = ("not_null", "unique", "accepted_values", "relationships", "expression")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
