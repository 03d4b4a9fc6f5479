"""The overview as JSON: every sentence with its sources, the evidence, the cited works and the verification.

The layout is a contract (see `SCHEMA_VERSION`): keys may be added, none is renamed or removed without a
new version. Texts are unescaped: who shows them escapes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from assets.digests.attribution import ATTRIBUTION
from assets.overviews.parts import Cited, Overview, Query, Section

SCHEMA_VERSION = 1


def overview_json(overview: Overview) -> str:
    """The overview as JSON text: UTF-8, two spaces of indent, ending with a line break.

    The same overview gives the same bytes; no time of making is in it.
    """
    return json.dumps(overview_document(overview), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def overview_document(overview: Overview) -> dict[str, Any]:
    """The overview as dicts, lists, strings and numbers."""
    return {
        "schema_version": SCHEMA_VERSION,
        "year": overview.year,
        "category": overview.category,
        "title": overview.title,
        "as_of": overview.as_of.isoformat(),
        "papers": overview.papers,
        "source_note": overview.source_note,
        "sections": sections_document(overview.sections),
        "cited": cited_document(overview.cited),
        "evidence": evidence_document(overview.evidence),
        "outlook": [statement.as_json() for statement in overview.outlook],
        "scores": [found.as_json() for found in overview.scores],
        "coverage": dict(overview.coverage),
        "verification": dict(overview.verification),
        "made_with": dict(overview.made_with),
        "attribution": list(ATTRIBUTION),
    }


def sections_document(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections with their sentences; `form` names what a computed one is a wording of (`forms`)."""
    return [
        {
            "title": section.title,
            "sentences": [
                {
                    "text": sentence.text,
                    "citations": list(sentence.citations),
                    "queries": list(sentence.queries),
                    "kind": sentence.kind,
                    "opens_paragraph": sentence.opens_paragraph,
                    **({"under_title": True} if sentence.under_title else {}),
                    **({"form": sentence.form} if sentence.form else {}),
                }
                for sentence in section.sentences
            ],
        }
        for section in sections
    ]


def cited_document(cited: Iterable[Cited]) -> list[dict[str, Any]]:
    """The cited works in the order of their first citation."""
    return [
        {
            "id": work.id,
            "title": work.title,
            "authors": list(work.authors),
            "day": work.day.isoformat(),
            "url": work.url,
        }
        for work in cited
    ]


def evidence_document(evidence: Mapping[str, Query]) -> dict[str, Any]:
    """The named queries: what each says, the SQL with its parameters (or what else made it), its values."""
    return {
        name: {
            "description": query.description,
            "source": query.source,
            "values": dict(query.values),
            "parameters": dict(query.parameters),
            **({"made_by": query.made_by} if query.made_by else {}),
        }
        for name, query in evidence.items()
    }
