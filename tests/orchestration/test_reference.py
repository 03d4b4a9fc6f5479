"""The reference says what the code says."""

from __future__ import annotations

import pytest

from orchestration.cli import app
from orchestration.reference import FOLDER, pages
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages()


def test_the_reference_in_docs_is_what_the_code_says(written: dict[str, str]) -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert there == written, "run `python -m orchestration.reference`"


def test_nothing_is_left_out_and_nothing_lacks_its_words(written: dict[str, str]) -> None:
    for field in Settings.model_fields.values():
        assert f"| `{field.validation_alias}` |" in written["settings.md"]
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert f"## almanac {name}\n" in written["commands.md"]
    cells = [line.split("|")[1:-1] for page in written.values() for line in page.splitlines() if line[:3] == "| `"]
    assert [row for row in cells if not row[-1].strip()] == []
