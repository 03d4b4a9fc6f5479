"""Papers as a model sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.overviews.phrasing import short_authors
from assets.overviews.writing.prompts import Source

if TYPE_CHECKING:
    from assets.overviews.material import Corpus


def source_of(corpus: Corpus, row: int) -> Source:
    """The paper of a row."""
    found = corpus.frame.row(row, named=True)
    return Source(found["paper_id"], found["title"], short_authors(found["authors"]), found["abstract"])
