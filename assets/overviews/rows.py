"""A finished page as a row of its table; the key columns are the caller's."""

from __future__ import annotations

from typing import Any

from assets.overviews.json_form import overview_json
from assets.overviews.markdown import overview_markdown
from assets.overviews.month import MonthPage
from assets.overviews.month_json import month_json
from assets.overviews.month_markdown import month_markdown
from assets.overviews.parts import Overview


def overview_row(overview: Overview) -> dict[str, Any]:
    """Of OVERVIEWS."""
    texts = {"markdown": overview_markdown(overview), "json": overview_json(overview)}
    return {"year": overview.year, "category": overview.category, **_common(overview), **texts}


def month_row(page: MonthPage) -> dict[str, Any]:
    """Of TOPIC_PAGES, or of TREND_ARTICLES where the page has no topic."""
    topic = {"topic": page.topic.key} if page.topic is not None else {}
    return {
        "month": page.month,
        **topic,
        **_common(page),
        "markdown": month_markdown(page),
        "json": month_json(page),
    }


def _common(page: Overview | MonthPage) -> dict[str, Any]:
    return {"title": page.title, "as_of": page.as_of, "papers": page.papers, "cited": len(page.cited)}
