"""A month's pages as Markdown: a topic's papers under their titles, newest first, and the article as prose."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from assets.digests.escaping import inline
from assets.digests.wording import author_list, count
from assets.overviews.markdown import (
    cited_lines,
    evidence_lines,
    footer_lines,
    made_line,
    numbers_of,
    section_lines,
    sentence_line,
    verification_line,
)
from assets.overviews.month import MonthPage
from assets.overviews.parts import Cited, Section
from assets.overviews.phrasing import day_of, percent

AUTHORS = 3
"""Authors that a topic page names; "+N" stands for the rest."""


def month_markdown(page: MonthPage) -> str:
    """The page, ending with a line break; the same page gives the same bytes."""
    numbers = numbers_of(page.evidence)
    lines = [f"# {inline(page.title)}", "", f"*As of {day_of(page.as_of)}.*", ""]
    if page.source_note:
        lines += [f"> {inline(page.source_note)}", ""]
    lines += [f"> {inline(page.notice)}", ""]
    for section in page.sections:
        if any(sentence.under_title for sentence in section.sentences):
            lines += _entries(page, section)
        else:
            lines += section_lines(section, numbers)
            if page.topic is not None and page.topic.link is not None:
                link = page.topic.link
                lines += [f"To begin with: [{inline(link.title)}]({link.url})", ""]
    if page.also:
        lines += [f"## Also announced ({len(page.also):,})", "", *(_line(work) for work in page.also), ""]
    if page.topic is None:
        lines += cited_lines(page.cited)
    lines += evidence_lines(page.evidence, numbers)
    lines += ["---", "", *footer_lines(_footer(page))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _entries(page: MonthPage, section: Section) -> list[str]:
    """Papers as titles with their link, day and authors, and the sentences below each."""
    works: Mapping[str, Cited] = {work.id: work for work in page.cited}
    mixed = len(set(page.statuses.values())) > 1
    of = "" if len(works) == page.papers else f" of {page.papers:,}"
    lines = [f"## {inline(section.title)}: {len(works):,}{of} told", ""]
    for paper, sentences in groupby(section.sentences, key=lambda sentence: sentence.citations[0]):
        work = works[paper]
        mark = f" · *{page.statuses[paper]}*" if mixed else ""
        lines += [
            f"### [{inline(work.title)}]({work.url})",
            "",
            f"{day_of(work.day)} · {author_list([inline(author) for author in work.authors], AUTHORS)}{mark}",
            "",
            " ".join(sentence_line(sentence, {}) for sentence in sentences),
            "",
        ]
    return lines


def _line(work: Cited) -> str:
    authors = author_list([inline(author) for author in work.authors], AUTHORS)
    return f"- {work.day.isoformat()} · [{inline(work.title)}]({work.url}) · {authors}"


def _footer(page: MonthPage) -> list[str]:
    coverage = page.coverage
    if page.topic is not None:
        first = (
            f"{count(page.papers, 'paper')} of the topic: {coverage['told']:,} told, {coverage['listed']:,} listed,"
            " none left out."
        )
    else:
        first = (
            f"{count(page.papers, 'paper')}; {len(page.cited):,} cited. Coverage: {percent(coverage['share'])} of the"
            f" papers belong to one of the {coverage['themes']:,} areas of the article."
        )
    return [first, verification_line(page.verification), made_line(page.made_with)]
