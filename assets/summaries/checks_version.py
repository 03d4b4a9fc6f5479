"""Which checks judged a text: a short hash of everything that takes part in judging it.

It is noted with each day of summaries and with each repair, so that a check that got stricter is known to have done so
without reading a text: a day that was judged by other checks is judged again, once.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOM = "assets.summaries"
FIRST = f"{ROOM}.completeness"
"""The module that gives the verdict; all that it imports from this room takes part."""
DATA = ("*.txt", "*.toml", "*.json", "*.md")


@cache
def checks_version() -> str:
    """Twelve hexadecimal digits; they change when a module of the checks, a threshold or a word list does."""
    digest = hashlib.sha256()
    for path in judging_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def judging_files() -> list[Path]:
    """The source files that take part in judging, and the data beside them."""
    found: dict[str, Path] = {}
    waiting = [FIRST]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting += _imports(path)
    folders = {path.parent for path in found.values()}
    return sorted({*found.values(), *(data for folder in folders for kind in DATA for data in folder.glob(kind))})


def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(ROOM):
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _file(module: str) -> Path | None:
    """The file of a module or package; None for a name that is neither."""
    path = ROOT.joinpath(*module.split("."))
    if (package := path / "__init__.py").is_file():
        return package
    return source if (source := path.with_suffix(".py")).is_file() else None
