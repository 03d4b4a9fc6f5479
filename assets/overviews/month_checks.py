"""What is wrong with a month's pages: each is built anew from the lake and compared, and its sentences read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import polars as pl

from assets.overviews.article import build_article
from assets.overviews.month import Month, MonthPage
from assets.overviews.rebuilt import page_problems
from assets.overviews.rows import month_row
from assets.overviews.topic_page import build_topic_page
from assets.overviews.topics import Topic


def topic_page_problems(month: Month, topic: Topic, row: Mapping[str, Any]) -> list[str]:
    """Of a row of TOPIC_PAGES."""
    papers = month.corpus.frame.filter(month.rows[topic.key])
    return _problems(row, lambda replay: build_topic_page(month, topic, replay), papers, [topic.intro])


def article_problems(month: Month, row: Mapping[str, Any]) -> list[str]:
    """Of a row of TREND_ARTICLES."""
    glosses = [topic.intro for topic in month.topics]
    return _problems(row, lambda replay: build_article(month, replay=replay), month.corpus.frame, glosses)


def _problems(
    row: Mapping[str, Any],
    build: Callable[[Mapping[str, Any] | None], MonthPage],
    papers: pl.DataFrame,
    glosses: Collection[str],
) -> list[str]:
    """What is wrong with a row, given how its page is built anew, from its own sentences where a model told of it."""
    try:
        told = json.loads(row["json"])
        page = build(told if told["made_with"].get("model") is not None else None)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"the JSON has not the form of a page ({type(error).__name__}: {error}); make the page again"]
    return page_problems(row, month_row(page), papers, page.evidence, glosses)
