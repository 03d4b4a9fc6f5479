"""The overview as Markdown: prose with links to the papers and to the numbers' sources.

Everything that comes from papers or models is escaped by the digest's own rules. A sentence ends with the
ids of its papers as links to arXiv and with small numbers that lead to the queries at the end of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assets.digests.attribution import ATTRIBUTION
from assets.digests.escaping import code, inline
from assets.digests.links import abstract_url
from assets.digests.wording import author_list, count, listed
from assets.overviews.parts import Overview, Section, Sentence
from assets.overviews.phrasing import day_of, percent

VIEW = re.compile(r"\bFROM (\w+)")


def overview_markdown(overview: Overview) -> str:
    """The page, ending with a line break; the same overview gives the same bytes."""
    numbers = {name: number for number, name in enumerate(overview.evidence, start=1)}
    lines = [f"# {inline(overview.title)}", "", f"*As of {day_of(overview.as_of)}.*", ""]
    if overview.source_note:
        lines += [f"> {inline(overview.source_note)}", ""]
    for section in overview.sections:
        lines += [f"## {inline(section.title)}", ""]
        for paragraph in _paragraphs(section):
            lines += [" ".join(_sentence(sentence, numbers) for sentence in paragraph), ""]
    lines += _cited(overview)
    lines += _evidence(overview, numbers)
    lines += ["---", "", *_footer(overview)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _paragraphs(section: Section) -> Iterator[list[Sentence]]:
    paragraph: list[Sentence] = []
    for sentence in section.sentences:
        if sentence.opens_paragraph and paragraph:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def _sentence(sentence: Sentence, numbers: Mapping[str, int]) -> str:
    text = sentence.text
    stop = text[-1] if text.endswith((".", "!", "?")) else ""
    told = inline(text.removesuffix(stop)) if stop else inline(text)
    if sentence.citations:
        told += f" ({listed([f'[{paper}]({abstract_url(paper, None)})' for paper in sentence.citations])})"
    sources = ", ".join(f"[{numbers[name]}](#number-{numbers[name]})" for name in dict.fromkeys(sentence.queries))
    return f"{told}{stop}{f' <sup>{sources}</sup>' if sources else ''}"


def _cited(overview: Overview) -> list[str]:
    if not overview.cited:
        return []
    lines = [f"## Cited works ({len(overview.cited)})", ""]
    for number, work in enumerate(overview.cited, start=1):
        stop = "" if work.title.endswith((".", "?", "!")) else "."
        authors = f"{inline(author_list(work.authors, 3))}. " if work.authors else ""
        lines.append(f"{number}. {authors}{inline(work.title)}{stop} {day_of(work.day)}. [arXiv:{work.id}]({work.url})")
    return [*lines, ""]


def _evidence(overview: Overview, numbers: Mapping[str, int]) -> list[str]:
    if not overview.evidence:
        return []
    lines = ["## Where the numbers come from", ""]
    for name, query in overview.evidence.items():
        number = numbers[name]
        view = f" From {code(found[1])}." if (found := VIEW.search(query.source)) else ""
        lines.append(f'{number}. <a id="number-{number}"></a>{inline(query.description)}{view}')
    return [*lines, "", "The SQL of each, with its parameters and values, stands in the JSON form of this page.", ""]


def _footer(overview: Overview) -> list[str]:
    coverage, check, made = overview.coverage, overview.verification, overview.made_with
    summarized = coverage["summarized"]
    lines = [f"{count(overview.papers, 'paper')}, {summarized:,} with a summary; {len(overview.cited):,} cited."]
    if overview.papers:
        themes = len(coverage["themes"])
        lines.append(
            f"Coverage: {percent(coverage['share'])} of the papers mention one of the"
            f" {count(themes, 'topic or method', 'topics and methods')} for which the page cites a paper."
        )
    lines.append(
        f"Verification: {percent(check['citations_resolved'])} of {count(check['citations'], 'citation')} resolved,"
        f" {percent(check['claims_supported'])} of {count(check['claims'], 'claim')} with a source that supports them,"
        f" {percent(check['numbers_grounded'])} of the numbers found in their source;"
        f" {count(len(check['cut']), 'sentence')} cut."
    )
    models = [f"{name} ({number:,})" for name, number in made["summaries"].items()]
    lines.append(
        f"Written by {made['writer']} (rules {made['rules_version']})"
        f"{f'; summaries by {listed(models)}' if models else ''}; cost of the summaries: ${made['cost_usd']:.2f}."
    )
    return [text for line in (*map(inline, lines), *map(inline, ATTRIBUTION)) for text in (line, "")]
