"""What the pages written by hand promise is there: their links, and the commands and settings that they name."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from orchestration.cli import app, models
from orchestration.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [
    "README.md",
    "CHANGELOG.md",
    "deploy/README.md",
    *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
]
COMMAND = re.compile(r"(?:^|[\s`(/])almanac ([a-z]+)")
VARIABLE = re.compile(r"\bALMANAC_[A-Z_]*[A-Z]\b")


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or ()]
    return [str(token.attrs[key]) for token in inner for key in ("href", "src") if key in token.attrs]


def named_commands() -> set[str]:
    """The commands of the command line."""
    own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    return own | {str(models.info.name)}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_docs_resolves(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_and_setting_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    code = "\n".join(
        [*re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE), *re.findall(r"`[^`\n]+`", text)]
    )
    settings = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = set(VARIABLE.findall(text))
    assert {found[1] for found in COMMAND.finditer(code)} <= named_commands()
    # "ALMANAC_ALERT_…" speaks of several.
    assert {one for one in named if not any(setting.startswith(one) for setting in settings)} == set()
