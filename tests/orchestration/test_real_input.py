"""A real announcement day from a snapshot file: the counts are arXiv's."""

import json
from pathlib import Path

import pytest

from assets.papers.schema import REJECTED_PAPERS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from tests.orchestration.conftest import JANUARY, Run

pytestmark = pytest.mark.skipif(not JANUARY.is_file(), reason="the real listings are not beside the checkout")

DAY = "2026-01-30"


@pytest.fixture
def made(almanac: Run, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    told = almanac(
        "run", DAY, "--no-roll-up", home=home.root, source="snapshot", snapshot=JANUARY, categories="cs.LG,stat.ML"
    )
    assert told.code == 0, told.err
    return home


def test_the_digest_holds_exactly_the_papers_of_the_day(made: Home) -> None:
    digest = json.loads(made.digest(DAY)[1].read_text())
    sections = {(section["category"], section["kind"]): len(section["papers"]) for section in digest["sections"]}
    assert sections[("cs.LG", "primary")] == 207
    assert sections[("stat.ML", "primary")] == 20
    assert sum(count for (_, kind), count in sections.items() if kind == "cross-list") == 82
    shown = [paper["id"] for section in digest["sections"] for paper in section["papers"]]
    assert len(shown) == len(set(shown)) == 309
    given = {
        category for section in digest["sections"] for paper in section["papers"] for category in paper["categories"]
    }
    assert not {category for category in given if category[0].isdigit() or category[:2] in ("I.", "G.", "F.")}

    rejected = Lake(made.root / "lake").read(REJECTED_PAPERS, [DAY])
    assert rejected["rule"].to_list() == ["known_category"]
