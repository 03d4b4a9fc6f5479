"""What a file of the site is served as: its type by its ending, and how long a reader may keep it."""

from __future__ import annotations

from pathlib import PurePosixPath

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}
"""What browsers and feed readers ask for; everything else (pagefind's own files) is bytes."""

HASHED = frozenset({".pf_fragment", ".pf_index", ".pf_filter", ".pf_meta"})
"""Files of the search index whose names hold a short hash of their bytes."""


def media_type(path: str) -> str:
    """The type of a file by its ending, the same on every machine."""
    return TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")


def cache_control(path: str) -> str:
    """A day where the name changes with the bytes; else a reader asks whether what it has is still the same.

    Not for ever: the hashes are short, and some day a name is given again.
    """
    return "public, max-age=86400" if PurePosixPath(path).suffix in HASHED else "no-cache"
