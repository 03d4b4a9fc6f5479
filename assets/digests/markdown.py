"""The digest as Markdown: GitHub's dialect, and readable in every viewer of CommonMark.

Every text of a paper or a model passes `inline`, which makes it inert; every address is made in
links.py. Blocks are joined by a blank line, so no text can run into the block before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assets import categories
from assets.digests.attribution import ATTRIBUTION
from assets.digests.code_links import destination, shown
from assets.digests.digest import Counts, Digest, Entry, Exclusion, Rejection, Section
from assets.digests.escaping import inline
from assets.digests.links import abstract_url, html_url, pdf_url
from assets.digests.opening import following
from assets.digests.wording import AUTHORS_AT_MOST, author_list, count, listed, long_date, where_listed
from assets.summaries.fields import TEXT_FIELDS

LABELS = {
    "tldr": "TL;DR",
    "motivation": "Motivation",
    "method": "Method",
    "result": "Result",
    "conclusion": "Conclusion",
    "practical": "In practice",
}

STATUS_NOTES = {
    "extractive": "sentences of the paper's own abstract, chosen by rules; no model wrote them",
    "pending": "not made yet; the reason stands with the paper, and a later run makes it",
    "repaired": "a field was mended or asked for again",
}

CATEGORIES_NAMED_AT_MOST = 12
"""Categories that the line of counts names; the table of contents has all of them."""

REJECTIONS_NAMED_AT_MOST = 20
"""Rejected records that the page names; the JSON has all of them."""

_UNFIT_FOR_ANCHOR = re.compile(r"[^a-z0-9]+")


def digest_markdown(digest: Digest) -> str:
    """The digest as Markdown text, ending with a line break; the same digest gives the same bytes."""
    blocks = [*_opening(digest), *_contents(digest)]
    for section in digest.sections:
        blocks += _section(section)
    blocks += _ledger(digest)
    return "\n\n".join(blocks) + "\n"


def section_anchor(category: str) -> str:
    """The anchor of a section: "category-cs-lg"; small letters, digits and hyphens only."""
    return "category-" + _UNFIT_FOR_ANCHOR.sub("-", category.lower())


def paper_anchor(paper_id: str) -> str:
    """The anchor of a paper: "paper-2601-20868"."""
    return "paper-" + _UNFIT_FOR_ANCHOR.sub("-", paper_id.lower())


def _opening(digest: Digest) -> Iterable[str]:
    day = digest.day.isoformat()
    yield f"# {inline(digest.title)}"
    if digest.source_note:
        yield f"> **Note:** {inline(digest.source_note)}"
    yield f"Announced on {day} (UTC) · [this page]({day}.md) · [as JSON]({day}.json) · [BibTeX]({day}.bib)"
    yield from _story(digest)
    yield _counts_line(digest.counts)
    if not digest.sections:
        yield _why_empty(digest)
    for status, number in digest.counts.status.items():
        if number and status in STATUS_NOTES:
            yield f"*{status}* marks {count(number, 'summary', 'summaries')}: {STATUS_NOTES[status]}."


def _story(digest: Digest) -> Iterable[str]:
    """The opening paragraph, and the papers that it names with the reason for each."""
    opening = digest.opening
    if opening.statements:
        yield " ".join(inline(statement.text) for statement in opening.statements)
    if opening.highlights:
        entry_of = {entry.paper_id: entry for entry in digest.entries}
        yield "**Highlights**"
        yield "\n".join(
            f"- [{inline(entry_of[one.paper_id].title)}](#{paper_anchor(one.paper_id)}): {inline(one.reason)}"
            for one in opening.highlights
        )


def _counts_line(counts: Counts) -> str:
    where = _numbers(counts.categories)
    if len(counts.categories) > CATEGORIES_NAMED_AT_MOST:
        where = f"in {len(counts.categories)} categories"
    line = f"**{count(counts.papers, 'paper')}**" + (f": {where}" if where else "")
    line += f"; **{count(counts.cross_lists, 'cross-list')}**"
    if counts.replacements:
        line += f"; **{count(counts.replacements, 'replacement')}** of earlier papers"
    line += f"; {count(counts.rejected, 'record')} rejected"
    return line + (f" ({_numbers(counts.rejected_by_rule)})" if counts.rejected else "")


def _why_empty(digest: Digest) -> str:
    counts = digest.counts
    if not counts.listed:
        where = "" if digest.followed is None else " in the categories followed"
        return f"**No papers.** The source listed nothing{where} for {long_date(digest.day)}."
    parts = []
    if counts.not_followed:
        parts.append(f"{counts.not_followed:,} in none of the categories followed")
    if counts.excluded:
        parts.append(f"{counts.excluded:,} excluded by your terms")
    if counts.rejected:
        parts.append(f"{counts.rejected:,} rejected")
    return (
        f"**No papers.** Of the {count(counts.listed, 'record')} that the source listed for "
        f"{long_date(digest.day)}, none is shown here: {listed(parts)}."
    )


def _contents(digest: Digest) -> Iterable[str]:
    if not digest.sections:
        return
    yield "## Contents"
    yield "\n".join(
        f"- [{_section_name(section)}](#{section_anchor(section.category)}) ({len(section.entries):,})"
        for section in digest.sections
    )
    without = [code for code in digest.followed or () if code not in digest.counts.categories]
    if without:
        yield f"No paper of the day has its primary category in {listed([inline(code) for code in without])}."


def _section_name(section: Section) -> str:
    if section.kind == "cross-list":
        return "Cross-lists from other categories"
    if section.kind == "replacement":
        return "Replacements: new versions of earlier papers"
    try:
        return inline(f"{section.category} · {categories.name(section.category)}")
    except KeyError:  # a category that arXiv has opened since our list of them was made
        return inline(section.category)


def _section(section: Section) -> Iterable[str]:
    anchor = section_anchor(section.category)
    yield f'## <a id="{anchor}"></a>{_section_name(section)} ({len(section.entries):,})'
    group: tuple[bool, str | None] = (False, None)
    is_grouped = any(entry.topic or entry.is_followed for entry in section.entries)
    for number, entry in enumerate(section.entries, start=1):
        if is_grouped and (number == 1 or (entry.is_followed, entry.topic) != group):
            group = (entry.is_followed, entry.topic)
            yield _group(section, *group)
        yield from _paper(number, entry)


def _group(section: Section, is_followed: bool, topic: str | None) -> str:
    """The line before the papers of a topic, or before those that the reader follows."""
    size = sum((entry.is_followed, entry.topic) == (is_followed, topic) for entry in section.entries)
    if is_followed:
        return f"*What you follow ({size:,})*"
    return f"*Topic: {inline(topic)} ({size:,})*" if topic else f"*Further papers ({size:,})*"


def _paper(number: int, entry: Entry) -> Iterable[str]:
    url = abstract_url(entry.paper_id, entry.version)
    withdrawn = " (withdrawn)" if entry.is_withdrawn else ""
    yield f'### <a id="{paper_anchor(entry.paper_id)}"></a>{number}. [{inline(entry.title)}]({url}){withdrawn}'
    yield author_list([inline(author) for author in entry.authors], AUTHORS_AT_MOST) or "*no authors given*"
    yield " · ".join(_facts(entry))
    if entry.is_followed:
        yield f"**First because** {inline(following(entry))}"
    if entry.comment:
        yield f"**Comment:** {inline(entry.comment)}"
    if entry.code:
        yield "**Code:** " + ", ".join(f"[{inline(shown(address))}]({_target(address)})" for address in entry.code)
    if entry.status == "pending":
        yield f"**Summary pending:** {inline(entry.reason or 'no reason was recorded')}"
    elif entry.missing:
        lacking = listed([LABELS[name] for name in entry.missing])
        yield f"**No {lacking}:** {inline(entry.reason or 'no reason was recorded')}"
    if tldr := entry.summary["tldr"]:
        yield f"**{LABELS['tldr']}** {inline(tldr)}"
    yield from _folded(entry)


def _facts(entry: Entry) -> Iterable[str]:
    """The line below the authors: categories, links, version, and what the reader must know of the summary."""
    yield ", ".join(inline(category) for category in entry.categories)
    version = "" if entry.version is None else f" v{entry.version}"
    yield f"[abstract{version}]({abstract_url(entry.paper_id, entry.version)})"
    if not entry.is_withdrawn:  # a withdrawn version has neither
        yield f"[PDF]({pdf_url(entry.paper_id, entry.version)})"
        if html := html_url(entry.paper_id, entry.version):
            yield f"[HTML]({html})"
    if entry.listing.startswith("replace"):
        yield "replacement" + _history(entry)
    if entry.status in STATUS_NOTES:
        yield f"*{entry.status}*"


def _history(entry: Entry) -> str:
    """The versions with their dates, where the source gives more than the latest: ": v1 2026-01-05, v2 2026-01-30"."""
    known = [f"v{number}" + (f" {created:%Y-%m-%d}" if created else "") for number, created in entry.versions]
    return f": {', '.join(known)}" if len(known) > 1 else ""


def _folded(entry: Entry) -> Iterable[str]:
    """All that opens on a click; the line that is clicked says what is in it."""
    parts = [(LABELS[name], [inline(text)]) for name in TEXT_FIELDS[1:] if (text := entry.summary[name])]
    if entry.keywords:
        parts.append(("Keywords", [", ".join(inline(keyword) for keyword in entry.keywords)]))
    abstract = [inline(paragraph) for paragraph in re.split(r"\n\s*\n", entry.abstract) if paragraph.strip()]
    if abstract:
        parts.append(("Abstract", abstract))
    if not parts:
        return
    yield f"<details><summary>{', '.join(label for label, _ in parts)}</summary>"
    for label, paragraphs in parts:
        yield f"**{label}** {paragraphs[0]}"
        yield from paragraphs[1:]
    yield "</details>"


def _ledger(digest: Digest) -> Iterable[str]:
    counts = digest.counts
    yield "---"
    yield '## <a id="about"></a>About this page'
    excluded = f"{counts.excluded:,} excluded by your terms + " if counts.excluded else ""
    replacements = f"{count(counts.replacements, 'replacement')} + " if counts.replacements else ""
    yield (
        f"{count(counts.listed, 'record')} listed = {count(counts.papers, 'paper')} + "
        f"{count(counts.cross_lists, 'cross-list')} + {replacements}{counts.not_followed:,} in none of the "
        f"categories followed + {excluded}{counts.rejected:,} rejected."
    )
    yield from _exclusions(digest.excluded)
    yield from _rejections(digest.rejected)
    told = sum(entry.announced_by != "listed" for entry in digest.entries)
    if told:
        yield (
            f"For {count(told, 'paper')} of this page the source names no announcement day; "
            "it was told from the time of submission or the order of the ids."
        )
    if digest.sources:
        yield f"Source: {listed([inline(source) for source in digest.sources])}."
    if digest.sections:
        made = f" Made by: {_numbers(digest.models)}." if digest.models else ""
        total = count(len(digest.entries), "summary", "summaries")
        yield f"{total} (language: {inline(digest.language)}): {_numbers(counts.status)}.{made}"
    yield " ".join(ATTRIBUTION)


def _exclusions(excluded: tuple[Exclusion, ...]) -> Iterable[str]:
    if not excluded:
        return
    yield "<details><summary>Excluded papers, and by which term</summary>"
    yield "\n".join(
        f"- [{inline(one.title)}]({abstract_url(one.paper_id, one.version)}): "
        f"{listed([f'“{inline(term)}”' for term in one.terms])}"
        for one in excluded
    )
    yield "</details>"


def _rejections(rejected: tuple[Rejection, ...]) -> Iterable[str]:
    if not rejected:
        return
    yield "<details><summary>Rejected records, and why</summary>"
    lines = [
        f"- {inline(rejection.paper_id or 'without an id')} ({inline(where_listed(rejection.source_ref))}), "
        f"{inline(rejection.rule)}: {inline(rejection.reason)}"
        for rejection in rejected[:REJECTIONS_NAMED_AT_MOST]
    ]
    if len(rejected) > REJECTIONS_NAMED_AT_MOST:
        lines.append(f"- and {len(rejected) - REJECTIONS_NAMED_AT_MOST:,} more, all in the JSON")
    yield "\n".join(lines)
    yield "</details>"


def _target(address: str) -> str:
    """An address as the destination of a Markdown link; an ampersand could begin an entity."""
    return destination(address).replace("&", "&amp;")


def _numbers(counts: Mapping[str, int]) -> str:
    """Counts by name, those of nothing left out: "cs.LG 207, stat.ML 20"."""
    return ", ".join(f"{inline(name)} {number:,}" for name, number in counts.items() if number)
