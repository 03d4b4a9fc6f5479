"""Whether a page says only what its sources say. Reads the finished JSON and never the code that wrote it.

A sentence fails by one of these rules:

- *citation*: it cites a paper that is not of the year and category, or that the cited works misname;
- *source*: it is a claim without citation and query, names a query that does not exist, or is called a link and
  is none of the connecting sentences that `links` holds, or has a source;
- *number*: a number is in none of its sources (for papers: title, abstract, authors' comment and journal
  reference, read by `assets.summaries.numbers`; for queries: by the rounding rule of `rounding`);
  a number in words or with a unit is read, too (`senses`);
- *support*: it denies or turns round what its papers say (`senses`), its words are not those of the paper (more
  than NOVEL of them are foreign to it), it does not name the paper's authors or title (where the page does not show
  them above it), or it quotes what no source of it holds;
- *duplicate*: it nearly repeats an earlier sentence;
- *repeat*: it shows a paper that an earlier section showed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assets.digests.links import abstract_url
from assets.overviews.links import is_link
from assets.overviews.parts import Query, Scope
from assets.overviews.phrasing import short_authors
from assets.overviews.rounding import numbers_in, values_of
from assets.overviews.senses import number_words, other_units, turned
from assets.summaries.numbers import known_numbers, unknown_numbers

NOVEL = 0.4
"""Share of a sentence's words that may be foreign to its papers. Summaries that models wrote of the same abstract reach
0.35 at most (measured on summaries that public digests published), sentences that rules took from it 0.05. Of sentences
set beside another paper, 0.3 % stay below, 0.7 % where both papers are about language models
(`python -m benchmarks.overview_mutations` prints the distributions)."""
ALIKE = 0.6
"""Share of runs of three words in common (of the shorter sentence's) from which two sentences say the same."""

WORD = re.compile(r"[^\W\d_]{3,}")
QUOTED = re.compile(r"“([^”]+)”")
QUOTES = str.maketrans("", "", "“”‘’\"'`")
_FRAME = """
    according report reports authors author comment paper papers work study article survey review thesis note
    tutorial they their and that the from for with are was were has have this its into which while also not but
    can than more another elsewhere further
"""
FRAME = frozenset(_FRAME.split())
"""Words of the frames, and words that every text holds: they tell nothing about support."""


@dataclass
class _Said:
    """What the page has said so far: runs of three words → the sentences that hold them."""

    contents: list[tuple[int, frozenset[str], str | None]] = field(default_factory=list)
    """Of each sentence: its runs, the topics that it quotes, the paper under whose title it stands."""
    holders: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))

    def repeats(self, text: str, topics: frozenset[str], under: str | None) -> bool:
        """Whether an earlier sentence says the same; now this one is among them.

        Numbers about different topics are not the same, however alike in form, and neither is what stands under the
        titles of different papers.
        """
        runs = _shingles(text)
        shared = Counter(holder for run in runs for holder in self.holders.get(run, ()))
        found = any(
            self.contents[other][1:] == (topics, under)
            and common >= ALIKE * max(1, min(len(runs), self.contents[other][0]))
            for other, common in shared.items()
        )
        for run in runs:
            self.holders[run].append(len(self.contents))
        self.contents.append((len(runs), topics, under))
        return found


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


@dataclass(frozen=True)
class _Source:
    """A cited paper, prepared for look-ups."""

    numbers: frozenset[float]
    words: frozenset[str]
    names: tuple[str, ...]
    text: str
    row: Mapping[str, Any]


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
    sources = _sources(document, scope, papers)
    problems = _list_problems(document, scope, sources, evidence)
    faults: list[Fault] = []
    resolved = citations = grounded = numbers = 0
    shown_in: dict[str, int] = {}
    said = _Said()
    claims = unsupported = about_papers = recalled = precise = 0
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
                fault("citation", f"cites {paper}, which is no paper of {scope.name}")
            elif shown_in.setdefault(paper, section) != section:
                fault("repeat", f"shows {paper}, which an earlier section has shown")
        _check_sources(sentence, evidence, glosses, fault)
        stated, foreign = _ungrounded(sentence["text"], cited, queries)
        numbers += stated
        grounded += stated - len(foreign)
        if cited:
            foreign += _said_otherwise(sentence["text"], cited, queries)
        if foreign:
            fault("number", f"states {', '.join(foreign)}, which none of its sources holds")
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


def _sentences(document: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for section, content in enumerate(document["sections"]):
        for number, sentence in enumerate(content["sentences"]):
            yield section, number, sentence


def scope_of(document: Mapping[str, Any]) -> Scope:
    """What the page says that it is about."""
    return Scope(str(document.get("month") or document["year"]), document.get("category"), document.get("topic"))


def _sources(document: Mapping[str, Any], scope: Scope, papers: pl.DataFrame) -> dict[str, _Source]:
    """The cited papers that are of the page's scope."""
    wanted = {paper for _, _, sentence in _sentences(document) for paper in sentence["citations"]}
    wanted |= {work["id"] for work in document["cited"]}
    found = papers.filter(
        pl.col("paper_id").is_in(sorted(wanted))
        & pl.col("day").dt.to_string("iso").str.starts_with(scope.period)
        & (pl.lit(scope.category is None) | pl.col("categories").list.contains(scope.category or ""))
    ).sort(["day", "paper_id"])
    sources: dict[str, _Source] = {}
    for row in found.iter_rows(named=True):
        said = " \n ".join(row[name] or "" for name in ("title", "abstract", "comment", "journal_ref"))
        known = f"{said} {' '.join(row['authors'])}"
        names = (short_authors(row["authors"]), _plain(row["title"]))
        sources.setdefault(
            row["paper_id"],
            _Source(known_numbers(known), frozenset(stems_of(known)), names, _plain(said), row),
        )
    return sources


def _list_problems(
    document: Mapping[str, Any], scope: Scope, sources: Mapping[str, _Source], evidence: Mapping[str, Query]
) -> list[str]:
    """What is wrong with the page's lists: cited works and evidence."""
    problems = []
    cited = {paper for _, _, sentence in _sentences(document) for paper in sentence["citations"]}
    listed = [work["id"] for work in document["cited"]]
    for work in document["cited"]:
        source = sources.get(work["id"])
        if source is None:
            problems.append(f"cited work {work['id']} is no paper of {scope.name}")
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


def _check_sources(
    sentence: Mapping[str, Any], evidence: Mapping[str, Query], glosses: Collection[str], fault: Any
) -> None:
    for name in sentence["queries"]:
        if name not in evidence:
            fault("source", f"names the query {name!r}, which does not exist")
    if sentence["kind"] == "claim":
        if not sentence["citations"] and not sentence["queries"]:
            fault("source", "is a claim without citation or query")
    elif sentence["citations"] or sentence["queries"]:
        fault("source", "is a link and yet has a source")
    elif not is_link(sentence["text"], glosses):
        fault("source", "has no source and is none of the sentences that need none")


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


def _said_otherwise(text: str, cited: Sequence[_Source], queries: Sequence[Query]) -> list[str]:
    """Numbers in words, and numbers with a unit, that the cited papers do not hold; names and titles are no text."""
    source = " \n ".join(one.text for one in cited)
    known = frozenset[float]().union(*(one.numbers for one in cited))
    told = QUOTED.sub(" ", text)
    words = number_words(told, source, lambda value: value in known)
    return words if queries else words + other_units(told, source)


def _unsupported(text: str, cited: Sequence[_Source], queries: Sequence[Query], named: bool) -> str | None:
    """Why a text is not what its sources say; None where it is. `named`: it must name its first paper."""
    said = " \n ".join(
        [*(source.text for source in cited), *(_plain(t) for query in queries for t in values_of(query.values)[1])]
    )
    for quotation in QUOTED.findall(text):
        if _plain(quotation) not in said:
            return f"quotes “{quotation}”, which none of its sources holds"
    if not cited:
        return None
    if named and not any(name and name.lower() in _named(text, name) for name in cited[0].names):
        return f"does not name the authors or the title of {cited[0].row['paper_id']}"
    if (word := turned(QUOTED.sub(" ", text), said)) is not None:
        return f"says “{word}”, which none of its papers does"
    share = foreign_share(text, frozenset[str]().union(*(source.words for source in cited)))
    if share > NOVEL:
        return f"is made of words of which {share:.0%} are foreign to its papers"
    return None


def foreign_share(text: str, known: Collection[str]) -> float:
    """The share of a sentence's telling words that are not among the known (`stems_of` its papers); 0 without any."""
    words = [word for word in stems_of(text) if word not in FRAME]
    return sum(word not in known for word in words) / len(words) if words else 0.0


def _named(text: str, name: str) -> str:
    """The text in the form in which a name is looked for: titles without quotation marks."""
    return _plain(text) if name == _plain(name) else text.lower()


def _plain(text: str) -> str:
    return " ".join(text.translate(QUOTES).lower().split())


def stems_of(text: str) -> list[str]:
    """The words of a text by their first letters, in which "optimizes" is "optimization"."""
    return [word[:6] for word in WORD.findall(text.lower())]


def _topics(text: str) -> list[str]:
    return [_plain(quotation) for quotation in QUOTED.findall(text)]


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+(?:[.,]\d+)*", text.lower())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
