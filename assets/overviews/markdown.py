"""The overview as Markdown: prose with links to the papers and to the numbers' sources.

Everything that comes from papers or models is escaped by the digest's own rules. A sentence ends with the
ids of its papers as links to arXiv and with small numbers that lead to the queries at the end of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assets.digests.attribution import ATTRIBUTION
from assets.digests.escaping import code, inline
from assets.digests.links import abstract_url
from assets.digests.wording import author_list, count, listed
from assets.overviews.parts import Cited, Overview, Query, Section, Sentence
from assets.overviews.phrasing import day_of, percent

VIEW = re.compile(r"\bFROM (papers|\w+_\w+)\b")


def overview_markdown(overview: Overview) -> str:
    """The page, ending with a line break; the same overview gives the same bytes."""
    numbers = numbers_of(overview.evidence)
    lines = [f"# {inline(overview.title)}", "", f"*As of {day_of(overview.as_of)}.*", ""]
    if overview.source_note:
        lines += [f"> {inline(overview.source_note)}", ""]
    for section in overview.sections:
        lines += section_lines(section, numbers)
    lines += cited_lines(overview.cited)
    lines += evidence_lines(overview.evidence, numbers)
    lines += ["---", "", *_footer(overview)]
    return "\n".join(lines).rstrip("\n") + "\n"


def numbers_of(evidence: Mapping[str, Query]) -> dict[str, int]:
    """The number by which the page points to each query."""
    return {name: number for number, name in enumerate(evidence, start=1)}


def section_lines(section: Section, numbers: Mapping[str, int]) -> list[str]:
    """A section as a heading and paragraphs of prose."""
    lines = [f"## {inline(section.title)}", ""]
    for paragraph in paragraphs(section):
        lines += [" ".join(sentence_line(sentence, numbers) for sentence in paragraph), ""]
    return lines


def paragraphs(section: Section) -> Iterator[list[Sentence]]:
    """The sentences of each paragraph."""
    paragraph: list[Sentence] = []
    for sentence in section.sentences:
        if sentence.opens_paragraph and paragraph:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def sentence_line(sentence: Sentence, numbers: Mapping[str, int]) -> str:
    """A sentence with its papers (but for the one under whose title it stands) and its queries as links."""
    text = sentence.text
    stop = text[-1] if text.endswith((".", "!", "?")) else ""
    told = inline(text.removesuffix(stop)) if stop else inline(text)
    if sentence.citations and not sentence.under_title:
        told += f" ({listed([f'[{paper}]({abstract_url(paper, None)})' for paper in sentence.citations])})"
    sources = ", ".join(f"[{numbers[name]}](#number-{numbers[name]})" for name in dict.fromkeys(sentence.queries))
    return f"{told}{stop}{f' <sup>{sources}</sup>' if sources else ''}"


def cited_lines(cited: Sequence[Cited]) -> list[str]:
    """The cited works as a numbered list."""
    if not cited:
        return []
    lines = [f"## Cited works ({len(cited)})", ""]
    for number, work in enumerate(cited, start=1):
        stop = "" if work.title.endswith((".", "?", "!")) else "."
        authors = f"{inline(author_list(work.authors, 3))}. " if work.authors else ""
        lines.append(f"{number}. {authors}{inline(work.title)}{stop} {day_of(work.day)}. [arXiv:{work.id}]({work.url})")
    return [*lines, ""]


def evidence_lines(evidence: Mapping[str, Query], numbers: Mapping[str, int]) -> list[str]:
    """The queries as a numbered list to which the sentences point."""
    if not evidence:
        return []
    lines = ["## Where the numbers come from", ""]
    for name, query in evidence.items():
        number = numbers[name]
        where = f"Made by {query.made_by}." if query.made_by else f"From {code(VIEW.findall(query.source)[0])}."
        lines.append(f'{number}. <a id="number-{number}"></a>{inline(query.description)} {where}')
    told = "The SQL of those from a view, with parameters and values, stands in the JSON form of this page."
    return [*lines, "", told, ""]


def verification_line(check: Mapping[str, Any]) -> str:
    """What the check found, as every page publishes it."""
    return (
        f"Verification: {percent(check['citations_resolved'])} of {count(check['citations'], 'citation')} resolved"
        f" (recall {percent(check['citation_recall'])}, precision {percent(check['citation_precision'])}),"
        f" {percent(check['claims_supported'])} of {count(check['claims'], 'claim')} with a source that supports them,"
        f" {percent(check['numbers_grounded'])} of the numbers found in their source;"
        f" {count(len(check['cut']), 'sentence')} cut. Of the draft, before the cut: recall"
        f" {percent(check['draft']['citation_recall'])}, precision {percent(check['draft']['citation_precision'])},"
        f" claims {percent(check['draft']['claims_supported'])}, numbers {percent(check['draft']['numbers_grounded'])}."
    )


def made_line(made: Mapping[str, Any]) -> str:
    """Who wrote the page and what the summaries behind it cost."""
    # The name that the embedded summarizer has in the table of summaries is no word for readers.
    names = {"embedded": "rules, from the abstract’s own sentences"}
    models = [f"{names.get(name, name)} ({number:,})" for name, number in made["summaries"].items()]
    own = made.get("model")
    cost = "" if own is None else f", of the page’s own text: {_spent(own)}"
    return (
        f"Written by {made['writer']} (rules {made['rules_version']})"
        f"{f'; summaries by {listed(models)}' if models else ''}; cost of the summaries:"
        f" {made['cost_usd']:.2f} US dollars{cost}."
    )


def _spent(own: Mapping[str, Any]) -> str:
    """What a page's own text took."""
    tokens = f"{own['input_tokens']:,} tokens read and {own['output_tokens']:,} written"
    return tokens if own["cost_usd"] is None else f"{own['cost_usd']:.2f} US dollars ({tokens})"


def footer_lines(lines: Iterable[str]) -> list[str]:
    """Lines of the footer, arXiv's own sentences last."""
    return [text for line in (*map(inline, lines), *map(inline, ATTRIBUTION)) for text in (line, "")]


def _footer(overview: Overview) -> list[str]:
    coverage = overview.coverage
    summarized = coverage["summarized"]
    lines = [f"{count(overview.papers, 'paper')}, {summarized:,} with a summary; {len(overview.cited):,} cited."]
    if overview.papers:
        groups = sum(bool(group["cited"]) for group in coverage["clusters"])
        if groups:
            lines.append(
                f"Coverage: {percent(coverage['share'])} of the papers are in one of the {count(groups, 'group')} (of"
                f" {len(coverage['clusters'])}) of which the page cites a paper."
            )
        themes = len(coverage["themes"])
        lines.append(
            f"{'And' if groups else 'Coverage:'} {percent(coverage['themes_share'])} of the papers mention one of the"
            f" {count(themes, 'topic or method', 'topics and methods')} for which the page cites a paper."
        )
    lines += [verification_line(overview.verification), made_line(overview.made_with)]
    return footer_lines(lines)
