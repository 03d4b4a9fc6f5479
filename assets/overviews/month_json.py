"""A month's page as JSON: the layout of the overviews' JSON, with the month, the topic and what only these have."""

from __future__ import annotations

import json
from typing import Any

from assets.digests.attribution import ATTRIBUTION
from assets.overviews.json_form import SCHEMA_VERSION, cited_document, evidence_document, sections_document
from assets.overviews.material import LANGUAGE
from assets.overviews.month import MonthPage


def month_json(page: MonthPage) -> str:
    """The page as JSON text, ending with a line break; the same page gives the same bytes."""
    return json.dumps(month_document(page), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def month_document(page: MonthPage) -> dict[str, Any]:
    """The page as dicts, lists, strings and numbers."""
    topic = page.topic
    about: dict[str, Any] = {}
    if topic is not None:
        link = {"title": topic.link.title, "url": topic.link.url} if topic.link else None
        about = {"topic": topic.key, "topic_name": topic.name, "intro": topic.intro, "link": link}
    return {
        "schema_version": SCHEMA_VERSION,
        "language": LANGUAGE,
        "month": page.month,
        **about,
        "title": page.title,
        "as_of": page.as_of.isoformat(),
        "papers": page.papers,
        "notice": page.notice,
        "source_note": page.source_note,
        "sections": sections_document(page.sections),
        "cited": cited_document(page.cited),
        "also": cited_document(page.also),
        "status": dict(page.statuses),
        "evidence": evidence_document(page.evidence),
        "coverage": dict(page.coverage),
        "verification": dict(page.verification),
        "made_with": dict(page.made_with),
        "attribution": list(ATTRIBUTION),
    }
