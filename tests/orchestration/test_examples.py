"""The pages in docs/examples are what `almanac run` makes of the sample, byte for byte.

`python -m tests.orchestration.test_examples` makes them anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assets.warehouse.home import Home

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
MONTH, YEAR = "2025-09", "2025"


def pages(home: Home) -> dict[str, Path]:
    """Name of an example → the page of a home that it shows."""
    return {
        "topic-language-models.md": home.topic_page(MONTH, "language-models")[0],
        "article.md": home.article(MONTH)[0],
        "overview-cs.LG.md": home.overview(YEAR, "cs.LG")[0],
    }


@pytest.mark.parametrize("name", pages(Home(Path())))
def test_an_example_is_the_page_of_the_sample(sample_home: Home, name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages(sample_home)[name].read_text(encoding="utf-8")


def test_the_examples_say_that_their_papers_are_invented() -> None:
    files = sorted(FOLDER.glob("*.md"))
    assert [path.name for path in files] == sorted(pages(Home(Path())))
    assert all("The papers of this sample are invented" in path.read_text(encoding="utf-8") for path in files)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ALMANAC_", "OPENAI_"))}
        sample = {"ALMANAC_HOME": folder, "ALMANAC_SOURCE": "sample", "ALMANAC_SUMMARIZER": "embedded"}
        subprocess.run([sys.executable, "-m", "orchestration.cli", "run"], check=True, env=kept | sample)
        FOLDER.mkdir(parents=True, exist_ok=True)
        for example, page in pages(Home(Path(folder))).items():
            (FOLDER / example).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
