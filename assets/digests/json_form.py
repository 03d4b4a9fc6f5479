"""The digest as JSON: everything that the page shows and more, for programs.

The layout is a contract (see `SCHEMA_VERSION`): keys may be added, none is renamed or removed
without a new version. Texts are the papers' own, unescaped: who shows them escapes them.
"""

from __future__ import annotations

import json
from typing import Any

from assets.digests.attribution import ATTRIBUTION
from assets.digests.digest import Digest, Entry
from assets.digests.links import abstract_url, html_url, pdf_url

SCHEMA_VERSION = 1


def digest_json(digest: Digest) -> str:
    """The digest as JSON text: UTF-8, two spaces of indent, ending with a line break.

    The same digest gives the same bytes; no time of making is in it.
    """
    return json.dumps(digest_document(digest), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def digest_document(digest: Digest) -> dict[str, Any]:
    """The digest as dicts, lists, strings and numbers; an absent text is None, its reason beside it."""
    counts = digest.counts
    return {
        "schema_version": SCHEMA_VERSION,
        "day": digest.day.isoformat(),
        "title": digest.title,
        "language": digest.language,
        "followed": "all" if digest.followed is None else list(digest.followed),
        "source": list(digest.sources),
        "source_note": digest.source_note,
        "counts": {
            "listed": counts.listed,
            "papers": counts.papers,
            "cross_lists": counts.cross_lists,
            "replacements": counts.replacements,
            "not_followed": counts.not_followed,
            "rejected": counts.rejected,
            "categories": dict(counts.categories),
            "rejected_by_rule": dict(counts.rejected_by_rule),
            "status": dict(counts.status),
            "excluded": counts.excluded,
        },
        "reader": {
            "include": list(digest.reader.include),
            "exclude": list(digest.reader.exclude),
            "authors": list(digest.reader.authors),
        },
        "opening": {
            "sentences": [
                {"text": statement.text, "queries": list(statement.queries)} for statement in digest.opening.statements
            ],
            "highlights": [
                {"id": highlight.paper_id, "reason": highlight.reason, "queries": list(highlight.queries)}
                for highlight in digest.opening.highlights
            ],
            "queries": {
                name: {
                    "question": query.question,
                    "sql": query.sql,
                    "parameters": dict(query.parameters),
                    "rows": [dict(row) for row in query.rows],
                }
                for name, query in digest.opening.queries.items()
            },
        },
        "made_with": dict(digest.models),
        "sections": [
            {
                "category": section.category,
                "kind": section.kind,
                "papers": [_paper(entry) for entry in section.entries],
            }
            for section in digest.sections
        ],
        "rejected": [
            {
                "position": rejection.position,
                "id": rejection.paper_id,
                "field": rejection.field,
                "rule": rejection.rule,
                "reason": rejection.reason,
                "source_ref": rejection.source_ref,
            }
            for rejection in digest.rejected
        ],
        "excluded": [
            {
                "id": exclusion.paper_id,
                "title": exclusion.title,
                "url": abstract_url(exclusion.paper_id, exclusion.version),
                "terms": list(exclusion.terms),
            }
            for exclusion in digest.excluded
        ],
        "attribution": list(ATTRIBUTION),
    }


def _paper(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.paper_id,
        "version": entry.version,
        "title": entry.title,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "primary_category": entry.primary_category,
        "url": abstract_url(entry.paper_id, entry.version),
        "pdf_url": pdf_url(entry.paper_id, entry.version),
        "html_url": html_url(entry.paper_id, entry.version),
        "code": list(entry.code),
        "followed_authors": list(entry.followed_authors),
        "followed_terms": list(entry.followed_terms),
        "topic": entry.topic,
        "listing": entry.listing,
        "versions": [
            {"version": number, "submitted_at": created.isoformat() if created else None}
            for number, created in entry.versions
        ],
        "announced_by": entry.announced_by,
        "is_withdrawn": entry.is_withdrawn,
        "comment": entry.comment,
        "journal_ref": entry.journal_ref,
        "doi": entry.doi,
        "license": entry.license,
        "abstract": entry.abstract,
        "status": entry.status,
        "reason": entry.reason,
        "model": entry.model,
        "prompt_version": entry.prompt_version,
        "summary": {**entry.summary, "keywords": list(entry.keywords)},
    }
