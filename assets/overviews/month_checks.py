"""What is wrong with a month's pages: each is built anew from the lake and compared, and its sentences read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.overviews.article import build_article
from assets.overviews.month import Month
from assets.overviews.rebuilt import page_problems
from assets.overviews.rows import month_row
from assets.overviews.topic_page import build_topic_page
from assets.overviews.topics import Topic


def topic_page_problems(month: Month, topic: Topic, row: Mapping[str, Any]) -> list[str]:
    """Of a row of TOPIC_PAGES."""
    page = build_topic_page(month, topic)
    papers = month.corpus.frame.filter(month.rows[topic.key])
    return page_problems(row, month_row(page), papers, page.evidence, [topic.intro])


def article_problems(month: Month, row: Mapping[str, Any]) -> list[str]:
    """Of a row of TREND_ARTICLES."""
    page = build_article(month)
    glosses = [topic.intro for topic in month.topics]
    return page_problems(row, month_row(page), month.corpus.frame, page.evidence, glosses)
