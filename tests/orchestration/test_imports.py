"""What the commands import before they do anything, read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENT = "openai"
"""A library that takes a second to import and is needed where a model is asked only."""


def imported(path: Path) -> Iterator[str]:
    """The modules, and the names in them, that a module imports when it is itself imported."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def source(module: str) -> Path | None:
    """The file of a module of the project."""
    path = ROOT.joinpath(*module.split("."))
    package, single = path / "__init__.py", path.with_suffix(".py")
    return package if package.is_file() else single if single.is_file() else None


def reached(module: str) -> set[str]:
    """Everything that is imported with a module."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        parent = name.rpartition(".")[0]
        for one in (name, parent):
            if one and one not in found:
                found.add(one)
                path = source(one)
                waiting += imported(path) if path else ()
    return found


@pytest.mark.parametrize("module", ["cli", "commands", "definitions", "doctor", "estimate_command", "repair_command"])
def test_a_command_that_asks_no_model_does_not_import_its_client(module: str) -> None:
    found = reached(f"orchestration.{module}")
    assert CLIENT not in {name.partition(".")[0] for name in found}


def test_the_summarizer_that_asks_one_does() -> None:
    assert CLIENT in reached("assets.summaries.engine.summarizer")
    assert "assets.summaries.extract" in reached("orchestration.commands")
