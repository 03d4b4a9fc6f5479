"""Addresses of a paper at arXiv. What authors name besides is in code_links.py; nothing of arXiv's is copied."""

import re
from urllib.parse import quote

ARXIV = "https://arxiv.org"

FIRST_MONTH_WITH_HTML = 2312
"""arXiv makes HTML of what was submitted from December 2023 on; for older papers the address answers 404."""

_NEW_STYLE = re.compile(r"(\d{4})\.\d{4,5}")


def _address(kind: str, paper_id: str, version: int | None) -> str:
    # Quoting leaves letters, digits and "_.-~/" alone: an id cannot end a link or leave arxiv.org.
    return f"{ARXIV}/{kind}/{quote(paper_id, safe='/')}" + (f"v{version}" if version is not None else "")


def abstract_url(paper_id: str, version: int | None) -> str:
    """The abstract page of a version; of the latest one where the version is not known."""
    return _address("abs", paper_id, version)


def pdf_url(paper_id: str, version: int | None) -> str:
    """The PDF of a version; of the latest one where the version is not known."""
    return _address("pdf", paper_id, version)


def html_url(paper_id: str, version: int | None) -> str | None:
    """The HTML of a version; None for papers from before arXiv made any."""
    match = _NEW_STYLE.fullmatch(paper_id)
    if match is None or int(match[1]) < FIRST_MONTH_WITH_HTML:
        return None
    return _address("html", paper_id, version)
