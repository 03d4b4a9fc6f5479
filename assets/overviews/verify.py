"""Whether a page says only what its sources say. Reads the finished JSON and never the code that made it.

A sentence fails by one of these rules:

- *citation*: it cites a paper that is not of the year and category, or that the cited works misname;
- *source*: it is a claim without citation and query, names a query that does not exist, or is called a link and
  is none of the connecting sentences that `links` holds, or has a source;
- *wording*: it stands on queries alone and is none of the wordings that their values bear out (`forms`);
- *number*: a number is in none of its sources (for papers: title, abstract, authors' comment and journal
  reference, read by `assets.summaries.numbers`; for queries: by the rounding rule of `rounding`), or stands there
  beside other things (`neighbours`); a number in words or with a unit is read, too (`senses`);
- *support*: it denies or turns round what its papers say (`senses`), its words, those of one of its clauses or its
  names are not those of the paper (`support`), it does not name the paper's authors or title (where the page does not
  show them above it), or it quotes what no source of it holds;
- *duplicate*: it nearly repeats an earlier sentence;
- *repeat*: it shows a paper that an earlier section showed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.overviews.forms import wordings_of
from assets.overviews.links import is_link
from assets.overviews.neighbours import misplaced
from assets.overviews.parts import Query
from assets.overviews.repeats import Said
from assets.overviews.rounding import numbers_in, values_of
from assets.overviews.senses import number_words, other_units, turned
from assets.overviews.sources import Source, list_problems, plainly, prepared, scope_of, sentences_in
from assets.overviews.support import NOVEL, foreign_clause, foreign_name, foreign_share
from assets.summaries.numbers import unknown_numbers

QUOTED = re.compile(r"“([^”]+)”")


@dataclass(frozen=True)
class Fault:
    """A sentence that fails: its place, the rule and the reason in words."""

    section: int
    sentence: int
    rule: str
    reason: str


@dataclass(frozen=True)
class Verification:
    """What the check found. Shares are of all citations, claims and numbers of the page; 1.0 where there is none.

    Recall is the share of claims about papers that their citations, taken together, support; precision the share
    of citations that support their sentence alone.
    """

    citations_resolved: float
    citation_recall: float
    citation_precision: float
    claims_supported: float
    numbers_grounded: float
    duplicates: int
    problems: tuple[str, ...]
    faults: tuple[Fault, ...]


def verify(
    document: Mapping[str, Any],
    papers: pl.DataFrame,
    evidence: Mapping[str, Query],
    glosses: Collection[str] = (),
) -> Verification:
    """Check a page's JSON against the papers of its scope (rows of PAPERS) and its queries' results.

    `glosses` are the sentences of the settings that say what a topic is about.
    """
    scope = scope_of(document)
    sources = prepared(document, scope, papers)
    problems = list_problems(document, scope, sources, evidence)
    faults: list[Fault] = []
    resolved = citations = grounded = numbers = 0
    shown_in: dict[str, int] = {}
    said = Said()
    claims = unsupported = about_papers = recalled = precise = 0
    for section, number, sentence in sentences_in(document):

        def fault(rule: str, reason: str, place: tuple[int, int] = (section, number)) -> None:
            faults.append(Fault(*place, rule, reason))

        before = len(faults)
        cited = [sources[paper] for paper in sentence["citations"] if paper in sources]
        queries = [evidence[name] for name in sentence["queries"] if name in evidence]
        citations += len(sentence["citations"])
        resolved += len(cited)
        for paper in sentence["citations"]:
            if paper not in sources:
                fault("citation", f"cites {paper}, which is no paper of {scope.name}")
            elif shown_in.setdefault(paper, section) != section:
                fault("repeat", f"shows {paper}, which an earlier section has shown")
        _check_sources(sentence, evidence, glosses, fault)
        if queries and not cited and sentence["text"] not in wordings_of(sentence.get("form"), queries):
            fault("wording", "is no wording of what its queries say")
        stated, foreign = _ungrounded(sentence["text"], cited, queries)
        numbers += stated
        grounded += stated - len(foreign)
        if cited:
            foreign += _said_otherwise(sentence["text"], cited)
        if foreign:
            fault("number", f"states {', '.join(foreign)}, which none of its sources holds")
        elif cited and (moved := _misplaced(sentence["text"], cited)):
            fault("number", f"states {', '.join(moved)}, which its papers say of something else")
        under = sentence["citations"][0] if sentence.get("under_title") and sentence["citations"] else None
        if (cited or queries) and (reason := _unsupported(sentence["text"], cited, queries, named=under is None)):
            fault("support", reason)
        if said.repeats(sentence["text"], frozenset(() if cited else _topics(sentence["text"])), under):
            fault("duplicate", "nearly repeats an earlier sentence")
        if sentence["citations"]:
            about_papers += 1
            recalled += not any(found.rule in ("support", "citation", "number") for found in faults[before:])
            precise += sum(_unsupported(sentence["text"], [one], queries, named=False) is None for one in cited)
        if sentence["kind"] == "claim":
            claims += 1
            unsupported += any(found.rule in ("source", "support", "citation") for found in faults[before:])
    problems += [f"section {f.section + 1}, sentence {f.sentence + 1} {f.reason}" for f in faults]
    return Verification(
        resolved / citations if citations else 1.0,
        recalled / about_papers if about_papers else 1.0,
        precise / citations if citations else 1.0,
        1 - unsupported / claims if claims else 1.0,
        grounded / numbers if numbers else 1.0,
        sum(found.rule == "duplicate" for found in faults),
        tuple(problems),
        tuple(faults),
    )


def _check_sources(
    sentence: Mapping[str, Any], evidence: Mapping[str, Query], glosses: Collection[str], fault: Any
) -> None:
    for name in sentence["queries"]:
        if name not in evidence:
            fault("source", f"names the query {name!r}, which does not exist")
    if sentence["kind"] == "claim":
        if not sentence["citations"] and not sentence["queries"]:
            fault("source", "is a claim without citation or query")
        if sentence["citations"] and sentence["queries"]:
            fault("source", "stands on papers and on queries at once, so that neither alone bears it out")
    elif sentence["citations"] or sentence["queries"]:
        fault("source", "is a link and yet has a source")
    elif not is_link(sentence["text"], glosses):
        fault("source", "has no source and is none of the sentences that need none")


def _ungrounded(text: str, cited: Sequence[Source], queries: Sequence[Query]) -> tuple[int, list[str]]:
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


def _said_otherwise(text: str, cited: Sequence[Source]) -> list[str]:
    """Numbers in words, and numbers with a unit, that the cited papers do not hold; names and titles are no text."""
    source = " \n ".join(one.text for one in cited)
    known = frozenset[float]().union(*(one.numbers for one in cited))
    told = QUOTED.sub(" ", text)
    return number_words(told, source, lambda value: value in known) + other_units(told, source)


def _misplaced(text: str, cited: Sequence[Source]) -> list[str]:
    """Numbers that the cited papers hold, but of something else."""
    return misplaced(QUOTED.sub(" ", text), [place for one in cited for place in one.places])


def _unsupported(text: str, cited: Sequence[Source], queries: Sequence[Query], named: bool) -> str | None:
    """Why a text is not what its sources say; None where it is. `named`: it must name its first paper."""
    said = " \n ".join(
        [*(source.text for source in cited), *(plainly(t) for query in queries for t in values_of(query.values)[1])]
    )
    for quotation in QUOTED.findall(text):
        if plainly(quotation) not in said:
            return f"quotes “{quotation}”, which none of its sources holds"
    if not cited:
        return None
    if named and not any(name and name.lower() in _named(text, name) for name in cited[0].names):
        return f"does not name the authors or the title of {cited[0].row['paper_id']}"
    authors = " ".join(name for source in cited for name in source.row["authors"])
    if (word := turned(QUOTED.sub(" ", text), f"{said} {authors}")) is not None:
        return f"says “{word}”, which none of its papers does"
    known = frozenset[str]().union(*(source.words for source in cited))
    if (clause := foreign_clause(text, known)) is not None:
        return f"says “{clause}”, which is foreign to its papers"
    if (name := foreign_name(text, known, said)) is not None:
        return f"names {name}, which none of its papers does"
    if (share := foreign_share(text, known)) > NOVEL:
        return f"is made of words of which {share:.0%} are foreign to its papers"
    return None


def _named(text: str, name: str) -> str:
    """The text in the form in which a name is looked for: titles without quotation marks."""
    return plainly(text) if name == plainly(name) else text.lower()


def _topics(text: str) -> list[str]:
    return [plainly(quotation) for quotation in QUOTED.findall(text)]
