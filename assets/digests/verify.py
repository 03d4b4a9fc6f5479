"""Checks of a finished digest against the papers of its day, and of the page against its data.

Both read only what was stored, never the code that made it, and answer in sentences that name the
papers; an empty list means that all is well.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from assets.digests.attribution import ATTRIBUTION
from assets.digests.digest import CROSS_LISTS, REPLACEMENTS
from assets.digests.verify_opening import opening_problems, reader_problems
from assets.summaries.fields import FIELDS, REQUIRED_FIELDS, STATUSES, TEXT_FIELDS, not_stated

NAMED_AT_MOST = 20
"""Papers that one sentence names; the rest is counted."""

COPIED = ("version", "title", "abstract", "authors", "categories", "comment", "is_withdrawn")
"""What an entry repeats of its paper, letter by letter."""

PLACEHOLDERS = frozenset({"", "none", "null", "nan", "nat", "n/a", "todo", "undefined", "[]", "{}"})
"""Texts that careless rendering leaves where there is none. What models write instead of an answer is
judged where summaries are made."""

_KINDS = {CROSS_LISTS: "cross-list", REPLACEMENTS: "replacement"}

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PAPER_HEADING = re.compile(
    r"^### <a id=\"[^\"]+\"></a>(\d+)\. \[.*\]\((https://arxiv\.org/abs/[^()\s]+)\)", re.MULTILINE
)
_SECTION_HEADING = re.compile(r"^## <a id=\"category-[^\"]+\"></a>.*\(([\d,]+)\)$", re.MULTILINE)
_ANCHOR = re.compile(r"<a id=\"([^\"]+)\"></a>")
_FRAGMENT = re.compile(r"\]\(#([^()\s]+)\)")


def check_digest(json_text: str, papers: pl.DataFrame, followed: frozenset[str] | None) -> list[str]:
    """What is wrong with a digest's JSON, given the day's rows of `papers` and the categories followed (None: all).

    Every paper stands exactly once where it belongs and nowhere else, or is among the excluded for a term of the
    reader's that it uses; it says what the paper says, every count is the number of things counted, every number of
    the opening is in its evidence, and no text is broken or a placeholder.
    """
    document = json.loads(json_text)
    rows = {row["paper_id"]: row for row in papers.iter_rows(named=True)}
    return [
        *_places(document, rows, followed),
        *_counting(document, papers.height),
        *(problem for paper in _papers(document) for problem in _entry(paper, rows.get(paper["id"]))),
        *reader_problems(document, rows),
        *opening_problems(document, {paper["id"]: paper for paper in _papers(document)}),
    ]


def check_markdown(markdown: str, json_text: str) -> list[str]:
    """What is wrong with a digest's Markdown, given its JSON.

    Every paper has one heading that links to it, in the JSON's order and with its number in the
    section; section counts agree; every link inside the page has one anchor; arXiv's sentences are there.
    """
    document = json.loads(json_text)
    expected = [
        (str(number), paper["url"], paper["id"])
        for section in document["sections"]
        for number, paper in enumerate(section["papers"], start=1)
    ]
    headings = [(match[1], match[2]) for match in _PAPER_HEADING.finditer(markdown)]
    links = Counter(url for _, url in headings)
    problems = [
        *_sentence("Without a heading in the page", [paper for _, url, paper in expected if not links[url]]),
        *_sentence("With more than one heading in the page", [paper for _, url, paper in expected if links[url] > 1]),
    ]
    if strangers := links.keys() - {url for _, url, _ in expected}:
        problems.append(f"Headings of the page link to what is not in the JSON: {_named(sorted(strangers))}.")
    if not problems and headings != [(number, url) for number, url, _ in expected]:
        moved = [
            paper for (number, url, paper), found in zip(expected, headings, strict=True) if found != (number, url)
        ]
        problems.append(f"The page numbers or orders papers otherwise than the JSON, first at {moved[0]}.")
    shown = [int(match[1].replace(",", "")) for match in _SECTION_HEADING.finditer(markdown)]
    held = [len(section["papers"]) for section in document["sections"]]
    if shown != held:
        problems.append(f"The headings of the sections count {shown} papers, the JSON holds {held}.")
    anchors = Counter(_ANCHOR.findall(markdown))
    for anchor in sorted(set(_FRAGMENT.findall(markdown)) - anchors.keys()):
        problems.append(f"The page links to #{anchor}, which it does not have.")
    problems += [f"The page has the anchor {anchor} {times} times." for anchor, times in anchors.items() if times > 1]
    if match := _CONTROL.search(markdown):
        line = markdown.count("\n", 0, match.start()) + 1
        problems.append(f"Line {line} of the page holds the control character U+{ord(match[0]):04X}.")
    problems += [f"The page lacks arXiv's sentence: {sentence}" for sentence in ATTRIBUTION if sentence not in markdown]
    return problems


def _places(
    document: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], followed: frozenset[str] | None
) -> Iterator[str]:
    """Papers that are missing, that stand twice, in the wrong section or in none of the day's papers."""
    found = Counter(
        (section["category"], paper["id"]) for section in document["sections"] for paper in section["papers"]
    )
    left_out = Counter(one["id"] for one in document["excluded"])
    wanted = {
        (where, paper_id)
        for paper_id, row in rows.items()
        if (where := _place(row, followed)) and paper_id not in left_out
    }
    yield from _sentence(
        "Excluded, though in none of the categories followed",
        [paper_id for paper_id in left_out if paper_id in rows and not _place(rows[paper_id], followed)],
    )
    yield from _sentence("Excluded more than once", [paper_id for paper_id, times in left_out.items() if times > 1])
    for name in sorted({name for name, _ in found.keys() | wanted}):
        lacking = [paper_id for where, paper_id in sorted(wanted - found.keys()) if where == name]
        strange = [paper_id for where, paper_id in sorted(found.keys() - wanted) if where == name]
        yield from _sentence(f"Missing from the section {name}", lacking)
        yield from _sentence(
            f"In the section {name}, but no paper of this day", [each for each in strange if each not in rows]
        )
        yield from _sentence(
            f"In the section {name}, but belonging elsewhere", [each for each in strange if each in rows]
        )
        yield from _sentence(
            f"More than once in the section {name}",
            [paper_id for (where, paper_id), times in sorted(found.items()) if where == name and times > 1],
        )
    for section in document["sections"]:
        kind = _KINDS.get(section["category"], "primary")
        if section["kind"] != kind:
            yield f"The section {section['category']} is of kind {section['kind']!r}, not {kind!r}."
    if len({section["category"] for section in document["sections"]}) < len(document["sections"]):
        yield "Two sections are of the same category."


def _place(row: Mapping[str, Any], followed: Collection[str] | None) -> str | None:
    """The section that a paper belongs to; None where it belongs to none."""
    own, listing = row["primary_category"], row["listing"]
    if followed is not None and not set(followed).intersection([own, *row["categories"]]):
        return None
    if listing.startswith("replace"):
        return REPLACEMENTS
    is_primary = followed is None or own in followed
    return str(own) if is_primary and listing != "cross" else CROSS_LISTS


def _counting(document: Mapping[str, Any], papers_of_day: int) -> Iterator[str]:
    """Counts that are not the number of what they count."""
    counts = document["counts"]
    sizes = {section["category"]: len(section["papers"]) for section in document["sections"]}
    cross_lists, replacements = sizes.pop(CROSS_LISTS, 0), sizes.pop(REPLACEMENTS, 0)
    statuses = Counter(paper["status"] for paper in _papers(document))
    truth = {
        "papers": sum(sizes.values()),
        "cross_lists": cross_lists,
        "replacements": replacements,
        "categories": sizes,
        "status": {status: statuses[status] for status in counts["status"]},
        "excluded": len(document["excluded"]),
        "not_followed": papers_of_day - sum(sizes.values()) - cross_lists - replacements - len(document["excluded"]),
        "rejected": len({rejection["position"] for rejection in document["rejected"]}),
        "listed": papers_of_day + counts["rejected"],
    }
    for name, value in truth.items():
        if counts[name] != value:
            yield f"The digest counts {name} as {counts[name]}, but it is {value}."
    if sum(counts["rejected_by_rule"].values()) != counts["rejected"]:
        yield f"The digest counts {counts['rejected']} rejected records, but by rule {counts['rejected_by_rule']}."


def _entry(paper: Mapping[str, Any], row: Mapping[str, Any] | None) -> Iterator[str]:
    """What is wrong with one entry; without a row of `papers`, what can be told from the entry alone."""
    name = f"Paper {paper['id']}"
    if row is not None:
        for field in COPIED:
            if paper[field] != row[field]:
                yield f"{name}: the digest's {field} is not the paper's."
    status, reason = paper["status"], paper["reason"]
    if status not in STATUSES:
        yield f"{name} has the status {status!r}, which is none of {', '.join(STATUSES)}."
    if status == "pending" and not reason:
        yield f"{name} is pending and does not say why."
    # Whether an abstract really has nothing to say is judged where summaries are; here it must be said.
    excused = not_stated(reason)
    lacking = [field for field in REQUIRED_FIELDS if not paper["summary"][field] and field not in excused]
    if lacking and status in ("complete", "repaired"):
        yield f"{name} is called {status} but lacks {', '.join(lacking)}."
    if set(paper["summary"]) != set(FIELDS):
        yield f"{name} has the summary fields {', '.join(paper['summary'])}."
    for field, text in _texts(paper):
        if match := _CONTROL.search(text):
            yield f"{name}: {field} holds the control character U+{ord(match[0]):04X}."
    for field in TEXT_FIELDS:
        text = paper["summary"].get(field)
        if text is not None and text.strip().casefold() in PLACEHOLDERS:
            yield f"{name}: {field} holds {text!r} in place of a text."


def _texts(paper: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of an entry with the name of its field."""
    for field, value in [*paper.items(), *paper["summary"].items()]:
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, list):
            yield from ((field, item) for item in value if isinstance(item, str))


def _papers(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (paper for section in document["sections"] for paper in section["papers"])


def _sentence(what: str, papers: Sequence[str]) -> Iterable[str]:
    """One sentence that names the papers; none where there are no papers."""
    papers = list(dict.fromkeys(papers))
    return [f"{what}: {_named(papers)}."] if papers else []


def _named(names: Sequence[str]) -> str:
    rest = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return ", ".join(names[:NAMED_AT_MOST]) + rest
