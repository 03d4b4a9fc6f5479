"""What is wrong with a month's finished pages: the JSON against the papers, its numbers against a count made anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assets.overviews.month import Month
from assets.overviews.parts import Query
from assets.overviews.topics import Topic
from assets.overviews.verify import verify


def topic_page_problems(month: Month, topic: Topic, text: str) -> list[str]:
    """Sentences that fail, numbers that are not the month's, and papers of the topic that the page leaves out."""
    document = json.loads(text)
    papers = month.corpus.frame.filter(month.rows[topic.key])
    problems = list(verify(document, papers, _evidence(month, document), [topic.intro]).problems)
    shown = [work["id"] for work in (*document["cited"], *document["also"])]
    members = set(papers["paper_id"])
    problems += [f"{paper} is missing from the page" for paper in sorted(members - set(shown))]
    problems += [f"{paper} is no paper of the topic" for paper in sorted(set(shown) - members)]
    problems += [f"{paper} is on the page twice" for paper in sorted({p for p in shown if shown.count(p) > 1})]
    return problems


def article_problems(month: Month, text: str) -> list[str]:
    """Sentences that fail, and numbers that are not the month's."""
    document = json.loads(text)
    glosses = [topic.intro for topic in month.topics]
    return list(verify(document, month.corpus.frame, _evidence(month, document), glosses).problems)


def _evidence(month: Month, document: Mapping[str, Any]) -> dict[str, Query]:
    """The page's queries; those of volume and topics are computed anew and not taken from the page."""
    counted = {query.name: query for query in (month.volume(), *map(month.topic_count, month.topics))}
    return {
        name: counted[name] if name in counted else Query(name, **entry) for name, entry in document["evidence"].items()
    }
