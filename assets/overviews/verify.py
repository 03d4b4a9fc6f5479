"""Whether a page says only what its sources say. Reads the finished JSON and never the code that wrote it.

A sentence fails by one of these rules:

- *citation*: it cites a paper that is not of the year and category, or that the cited works misname;
- *source*: it is a claim without citation and query, names a query that does not exist, or is a link
  that holds a number or a source;
- *number*: a number is in none of its sources (for papers: title, abstract, authors' comment and journal
  reference, read by `assets.summaries.numbers`; for queries: by the rounding rule of `rounding`);
- *support*: its words are not those of the paper (more than NOVEL of the words are foreign to it), it does not name the
  paper's authors or title, or it quotes what no source of it holds;
- *duplicate*: it nearly repeats an earlier sentence;
- *repeat*: it shows a paper that an earlier section showed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.digests.links import abstract_url
from assets.overviews.parts import Query
from assets.overviews.phrasing import short_authors
from assets.overviews.rounding import numbers_in, values_of
from assets.summaries.numbers import known_numbers, unknown_numbers

NOVEL = 0.4
"""Share of a sentence's words that may be foreign to its papers: summaries of the same abstract reach 0.35 at most,
those of another one 0.68 at least (measured on summaries that public digests published)."""
ALIKE = 0.6
"""Share of runs of three words in common (of the shorter sentence's) from which two sentences say the same."""

WORD = re.compile(r"[^\W\d_]{3,}")
QUOTED = re.compile(r"“([^”]+)”")
QUOTES = str.maketrans("", "", "“”‘’\"'`")
_FRAME = """
    according report reports authors author comment paper papers work study article survey review thesis note
    tutorial they their and that the from for with are was were has have this its into which while also not but
    can than more
"""
FRAME = frozenset(_FRAME.split())
"""Words of the frames, and words that every text holds: they tell nothing about support."""


_Content = tuple[set[tuple[str, ...]], frozenset[str]]
"""A sentence's runs of three words, and the topics that it quotes."""


@dataclass(frozen=True)
class Fault:
    """A sentence that fails: its place, the rule and the reason in words."""

    section: int
    sentence: int
    rule: str
    reason: str


@dataclass(frozen=True)
class Verification:
    """What the check found. Shares are of all citations, claims and numbers of the page; 1.0 where there is none."""

    citations_resolved: float
    claims_supported: float
    numbers_grounded: float
    duplicates: int
    problems: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Source:
    """A cited paper, prepared for look-ups."""

    numbers: frozenset[float]
    words: frozenset[str]
    names: tuple[str, ...]
    text: str
    row: Mapping[str, Any]


def verify(document: Mapping[str, Any], papers: pl.DataFrame, evidence: Mapping[str, Query]) -> Verification:
    """Check a page's JSON against the papers of its year and category (rows of PAPERS) and its queries' results."""
    sources = _sources(document, papers)
    problems = _list_problems(document, sources, evidence)
    faults: list[Fault] = []
    resolved = citations = grounded = numbers = 0
    shown_in: dict[str, int] = {}
    earlier: list[_Content] = []
    claims = unsupported = 0
    for section, number, sentence in _sentences(document):

        def fault(rule: str, reason: str, place: tuple[int, int] = (section, number)) -> None:
            faults.append(Fault(*place, rule, reason))

        before = len(faults)
        cited = [sources[paper] for paper in sentence["citations"] if paper in sources]
        queries = [evidence[name] for name in sentence["queries"] if name in evidence]
        citations += len(sentence["citations"])
        resolved += len(cited)
        for paper in sentence["citations"]:
            if paper not in sources:
                fault("citation", f"cites {paper}, which is no paper of {document['category']} in {document['year']}")
            elif shown_in.setdefault(paper, section) != section:
                fault("repeat", f"shows {paper}, which an earlier section has shown")
        _check_sources(sentence, evidence, fault)
        stated, foreign = _ungrounded(sentence["text"], cited, queries)
        numbers += stated
        grounded += stated - len(foreign)
        if foreign:
            fault("number", f"states {', '.join(foreign)}, which none of its sources holds")
        if (cited or queries) and (reason := _unsupported(sentence["text"], cited, queries)):
            fault("support", reason)
        content = _shingles(sentence["text"]), frozenset(_topics(sentence["text"]) if not cited else ())
        if any(_same(content, other) for other in earlier):
            fault("duplicate", "nearly repeats an earlier sentence")
        earlier.append(content)
        if sentence["kind"] == "claim":
            claims += 1
            unsupported += any(found.rule in ("source", "support", "citation") for found in faults[before:])
    problems += [f"section {f.section + 1}, sentence {f.sentence + 1} {f.reason}" for f in faults]
    return Verification(
        resolved / citations if citations else 1.0,
        1 - unsupported / claims if claims else 1.0,
        grounded / numbers if numbers else 1.0,
        sum(found.rule == "duplicate" for found in faults),
        tuple(problems),
        tuple(faults),
    )


def _sentences(document: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for section, content in enumerate(document["sections"]):
        for number, sentence in enumerate(content["sentences"]):
            yield section, number, sentence


def _sources(document: Mapping[str, Any], papers: pl.DataFrame) -> dict[str, _Source]:
    """The cited papers that are of the page's year and category."""
    wanted = {paper for _, _, sentence in _sentences(document) for paper in sentence["citations"]}
    wanted |= {work["id"] for work in document["cited"]}
    found = papers.filter(
        pl.col("paper_id").is_in(sorted(wanted))
        & (pl.col("day").dt.year() == document["year"])
        & pl.col("categories").list.contains(document["category"])
    ).sort(["day", "paper_id"])
    sources: dict[str, _Source] = {}
    for row in found.iter_rows(named=True):
        said = " \n ".join(row[name] or "" for name in ("title", "abstract", "comment", "journal_ref"))
        known = f"{said} {' '.join(row['authors'])}"
        names = (short_authors(row["authors"]), _plain(row["title"]))
        sources.setdefault(
            row["paper_id"],
            _Source(known_numbers(known), frozenset(_words(known)), names, _plain(said), row),
        )
    return sources


def _list_problems(
    document: Mapping[str, Any], sources: Mapping[str, _Source], evidence: Mapping[str, Query]
) -> list[str]:
    """What is wrong with the page's lists: cited works and evidence."""
    problems = []
    cited = {paper for _, _, sentence in _sentences(document) for paper in sentence["citations"]}
    listed = [work["id"] for work in document["cited"]]
    for work in document["cited"]:
        source = sources.get(work["id"])
        if source is None:
            problems.append(f"cited work {work['id']} is no paper of {document['category']} in {document['year']}")
        elif (work["title"], work["authors"], work["day"], work["url"]) != (
            source.row["title"],
            list(source.row["authors"]),
            source.row["day"].isoformat(),
            abstract_url(work["id"], None),
        ):
            problems.append(f"cited work {work['id']} differs from the paper in title, authors, day or address")
    problems += [f"{paper} is cited and not among the cited works" for paper in sorted(cited - set(listed))]
    problems += [f"{paper} is among the cited works and not cited" for paper in sorted(set(listed) - cited)]
    problems += [
        f"{paper} is among the cited works twice" for paper in sorted({p for p in listed if listed.count(p) > 1})
    ]
    for name, entry in document["evidence"].items():
        if name not in evidence or dict(evidence[name].values) != entry["values"]:
            problems.append(f"the values of the query {name!r} are not what the query gives")
    return problems


def _check_sources(sentence: Mapping[str, Any], evidence: Mapping[str, Query], fault: Any) -> None:
    for name in sentence["queries"]:
        if name not in evidence:
            fault("source", f"names the query {name!r}, which does not exist")
    if sentence["kind"] == "claim":
        if not sentence["citations"] and not sentence["queries"]:
            fault("source", "is a claim without citation or query")
    elif (
        sentence["citations"] or sentence["queries"] or numbers_in(sentence["text"]) or QUOTED.search(sentence["text"])
    ):
        fault("source", "is a link and yet holds a source, a number or a quotation")


def _ungrounded(text: str, cited: Sequence[_Source], queries: Sequence[Query]) -> tuple[int, list[str]]:
    """How many numbers a text states, and those that none of its sources holds."""
    values = [value for query in queries for value in values_of(query.values)[0]]
    known = frozenset[float]().union(*(source.numbers for source in cited))
    stated = numbers_in(text)
    foreign = []
    for number in stated:
        from_query = any(number.stands_for(value) for value in values)
        from_paper = bool(cited) and not unknown_numbers(number.text, known)
        if not (from_query or from_paper):
            foreign.append(number.text.strip())
    return len(stated), foreign


def _unsupported(text: str, cited: Sequence[_Source], queries: Sequence[Query]) -> str | None:
    """Why a text is not what its sources say; None where it is."""
    said = " \n ".join(
        [*(source.text for source in cited), *(_plain(t) for query in queries for t in values_of(query.values)[1])]
    )
    for quotation in QUOTED.findall(text):
        if _plain(quotation) not in said:
            return f"quotes “{quotation}”, which none of its sources holds"
    if not cited:
        return None
    if not any(cited[0].names) or not any(name and name.lower() in _named(text, name) for name in cited[0].names):
        return f"does not name the authors or the title of {cited[0].row['paper_id']}"
    words = [word for word in _words(text) if word not in FRAME]
    known = frozenset[str]().union(*(source.words for source in cited))
    foreign = sum(word not in known for word in words)
    if words and foreign > NOVEL * len(words):
        return f"has {foreign} of {len(words)} words that are foreign to its papers"
    return None


def _named(text: str, name: str) -> str:
    """The text in the form in which a name is looked for: titles without quotation marks."""
    return _plain(text) if name == _plain(name) else text.lower()


def _plain(text: str) -> str:
    return " ".join(text.translate(QUOTES).lower().split())


def _words(text: str) -> list[str]:
    return [word[:6] for word in WORD.findall(text.lower())]


def _topics(text: str) -> list[str]:
    return [_plain(quotation) for quotation in QUOTED.findall(text)]


def _same(one: _Content, other: _Content) -> bool:
    """Whether two sentences say the same; numbers about different topics do not, however alike in form."""
    if one[1] != other[1]:
        return False
    fewer = min(len(one[0]), len(other[0]))
    return fewer > 0 and len(one[0] & other[0]) >= ALIKE * fewer


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+(?:[.,]\d+)*", text.lower())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
