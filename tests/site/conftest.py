"""One site of the corpus for all tests of this folder, made once though several processes run them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from assets.warehouse.files import locked
from assets.warehouse.lake import Lake
from tests.site.corpus import build, make_corpus

URL = "https://example.org/almanac/"


@dataclass(frozen=True)
class Made:
    """The corpus and the site made of it; nobody writes to either."""

    folder: Path
    """The folder of the lake."""
    site: Path

    @property
    def lake(self) -> Lake:
        """The lake."""
        return Lake(self.folder)

    def page(self, path: str) -> str:
        """The text of a file of the site."""
        return (self.site / path).read_text(encoding="utf-8")

    @property
    def pages(self) -> list[str]:
        """Every page, from the site's folder."""
        return sorted(path.relative_to(self.site).as_posix() for path in self.site.rglob("*.html"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Made:
    root = tmp_path_factory.getbasetemp()
    root = root if worker_id == "master" else root.parent
    with locked(root / "site-corpus" / "lock"):
        folder, done = root / "site-corpus", root / "site-corpus" / "done"
        if not done.exists():
            build(folder / "site", make_corpus(folder / "lake"), URL)
            done.touch()
    return Made(folder / "lake", folder / "site")
