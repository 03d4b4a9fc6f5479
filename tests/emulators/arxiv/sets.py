"""The sets of OAI-PMH: a group (`cs`, `physics`), an archive (`physics:hep-th`), a category (`cs:cs:LG`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import assets.categories

GROUPS = {
    "cs": "Computer Science",
    "econ": "Economics",
    "eess": "Electrical Engineering and Systems Science",
    "math": "Mathematics",
    "physics": "Physics",
    "q-bio": "Quantitative Biology",
    "q-fin": "Quantitative Finance",
    "stat": "Statistics",
}


@cache
def all_sets() -> dict[str, str]:
    """Set → its name: groups first, then archives, then categories; only those that take papers today."""
    facts = json.loads(Path(str(assets.categories.__file__)).with_name("taxonomy.json").read_text(encoding="utf-8"))
    archives = {code: entry["name"] for code, entry in facts["archives"].items() if entry["active"]}
    found = dict(GROUPS)
    found |= {f"{_group(code)}:{code}": name for code, name in archives.items()}
    for code, entry in facts["categories"].items():
        if entry["active"] and entry["archive"] in archives:
            found.setdefault(set_of(code), entry["name"])
    return found


@cache
def set_of(category: str) -> str:
    """The set of a category."""
    return f"{_group(category.partition('.')[0])}:{category.replace('.', ':')}"


def is_in(categories: tuple[str, ...], asked: str) -> bool:
    """Whether a paper of these categories is in a set or in one below it."""
    return any(f"{set_of(code)}:".startswith(f"{asked}:") for code in categories)


def _group(archive: str) -> str:
    return archive if archive in GROUPS else "physics"
