"""Whether a summary is complete, as the design defines it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.summaries.checks import Finding, check_summary, finding
from assets.summaries.fields import KEYWORDS, REQUIRED_FIELDS, TEXT_FIELDS, not_stated, not_written
from assets.summaries.keywords import keywords
from assets.summaries.statements import statement_count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Completeness:
    """The verdict, and what speaks against it (and warnings, which do not)."""

    complete: bool
    findings: Sequence[Finding]


def is_complete(
    fields: Mapping[str, object],
    *,
    title: str,
    abstract: str,
    reason: str | None = None,
    language: str = "en",
    extractive: bool,
) -> Completeness:
    """Whether the summary in `fields` (field name → text; None where empty) is complete.

    Complete means all of this:

    - `tldr`, `method` and `result` are filled;
    - every other text field is filled, or `reason` calls it "not stated" or, in what a model wrote, "not written";
    - `keywords`, where it is given at all, is a list, and an empty one only where the paper's words give none either;
    - every text and every keyword passes the checks (no finding of severity error), fields that say the same included.

    One exception, because 3 abstracts in 100 have no three sentences: `method` or `result` may be empty and called
    "not stated" where the abstract, long sentences divided, offers fewer statements than there are required fields,
    and the required fields use as many as it offers. For an extract, which cannot put into words what a sentence says
    besides, background before all that is the paper's own is no statement. This is derived from the abstract here, not
    believed.
    `tldr` is never excused unless the abstract is empty.
    """
    findings = check_summary(fields, title=title, abstract=abstract, language=language, extractive=extractive)
    excused, unwritten = not_stated(reason), not_written(reason)
    empty = [field for field in TEXT_FIELDS if not fields.get(field)]
    missing = [field for field in REQUIRED_FIELDS if field in empty]
    if missing and set(missing) <= excused and (not abstract.strip() or "tldr" not in missing):
        offered = statement_count(title, abstract, background=not extractive)
        if offered < len(REQUIRED_FIELDS) and len(REQUIRED_FIELDS) - len(missing) >= offered:
            missing = []
    for field in empty:
        if field in missing:
            findings.append(finding("missing", field, "is required and empty"))
        elif field not in REQUIRED_FIELDS and field not in excused and (extractive or field not in unwritten):
            findings.append(finding("missing", field, 'is empty and not called "not stated"'))
    if KEYWORDS in fields and not fields[KEYWORDS] and (fields[KEYWORDS] is None or keywords(title, abstract)):
        findings.append(finding("missing", KEYWORDS, "hold no terms"))
    return Completeness(not any(found.severity == "error" for found in findings), tuple(findings))
