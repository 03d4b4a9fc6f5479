"""Invented records in the layout of arXiv's metadata snapshot, as many as are asked for: input of the large benchmarks.

    python -m benchmarks.synthetic_snapshot 300000 /tmp/snapshot.jsonl

The same arguments give the same bytes. What is realistic about them: how papers are spread over the
months since 1991, the three forms of ids, numbers handed out mailing by mailing with the held papers
first, submission times inside arXiv's windows, replaced and withdrawn papers, lengths of titles,
abstracts and lists of authors, cross-lists, TeX, and the order of the real file (new ids, then old ones
by archive). No text means anything.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import random
from bisect import bisect_left
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from assets.calendar.days import submission_window
from assets.calendar.infer import days_of_id_month

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

YEARLY_SHARES = {
    1991: 0.3, 1992: 3, 1993: 7, 1994: 10, 1995: 13, 1996: 16, 1997: 20, 1998: 24, 1999: 28, 2000: 31, 2001: 33,
    2002: 36, 2003: 39, 2004: 44, 2005: 47, 2006: 50, 2007: 56, 2008: 59, 2009: 64, 2010: 70, 2011: 77, 2012: 85,
    2013: 93, 2014: 98, 2015: 105, 2016: 113, 2017: 124, 2018: 141, 2019: 156, 2020: 178, 2021: 182, 2022: 186,
    2023: 210, 2024: 240, 2025: 280,
}  # fmt: skip
"""How many papers a year gets, in relation to the others: roughly arXiv's own growth, in thousands."""

CATEGORIES = {
    "cs.LG": 60, "cs.CV": 45, "cs.CL": 35, "cs.AI": 25, "stat.ML": 12, "math.AP": 14, "math.CO": 12, "math.PR": 9,
    "math.NA": 9, "hep-th": 14, "hep-ph": 16, "gr-qc": 9, "quant-ph": 22, "astro-ph.GA": 13, "astro-ph.CO": 10,
    "astro-ph.HE": 10, "cond-mat.mtrl-sci": 15, "cond-mat.mes-hall": 11, "cond-mat.str-el": 10, "math.AG": 9,
    "physics.optics": 9, "eess.SP": 7, "cs.RO": 10, "cs.CR": 8, "cs.SE": 7, "nucl-th": 5, "math-ph": 4,
    "q-bio.NC": 2, "q-fin.ST": 1, "econ.EM": 2, "cs.IT": 8, "physics.flu-dyn": 5, "hep-ex": 4, "nlin.CD": 1,
}  # fmt: skip
OLD_CATEGORIES = {
    "hep-th": 20, "hep-ph": 25, "astro-ph": 34, "cond-mat": 32, "quant-ph": 12, "gr-qc": 9, "math.AG": 6, "math.CO": 5,
    "math.AP": 5, "hep-lat": 5, "hep-ex": 4, "nucl-th": 7, "math-ph": 4, "physics.optics": 5, "cs.CL": 2, "nlin.CD": 2,
}  # fmt: skip
"""Primary categories and their weights, since April 2007 and before."""

_SYLLABLES = tuple(f"{first}{second}" for first in "bdfglmnpqrst" for second in "aeio")
_TEX = ("$x$", "$\\alpha$", "$O(n \\log n)$", "$\\mathbb{R}^d$", "$p < 0.05$", "\\emph{a priori}", "$k$-th", "5\\%")
_WORDS_IN_STREAM = 2_000_000
_LICENSES = (
    None,
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "http://creativecommons.org/licenses/by/4.0/",
)


class Month(NamedTuple):
    """The papers of one month of ids: how many, and the place of the month among all."""

    year: int
    month: int
    papers: int


def months(rows: int) -> list[Month]:
    """The months of ids from August 1991 on with their numbers of papers, `rows` in all."""
    weights = {
        (year, month): share / (5 if year == 1991 else 12)
        for year, share in YEARLY_SHARES.items()
        for month in range(8 if year == 1991 else 1, 13)
    }
    total = sum(weights.values())
    reached = [round(rows * part / total) for part in accumulate(weights.values())]
    return [
        Month(*key, after - before) for key, before, after in zip(weights, [0, *reached[:-1]], reached, strict=True)
    ]


def lines_of(month: Month, seed: int = 1) -> list[tuple[str, bytes]]:
    """The month's records as JSON lines, each with its archive ("" for the new form of ids), in order of ids."""
    draw = random.Random(f"{seed}:{month.year}:{month.month}")
    old = (month.year, month.month) < (2007, 4)
    numbers: dict[str, int] = {}
    found = []
    for submitted, day in _submissions(month, draw):
        weights = OLD_CATEGORIES if old else CATEGORIES
        primary = _drawn(weights, draw)
        archive = primary.partition(".")[0] if old else ""
        number = numbers[archive] = numbers.get(archive, 0) + 1
        if old:
            paper_id = f"{archive}/{month.year % 100:02}{month.month:02}{number:03}"
        else:
            digits = 5 if month.year >= 2015 else 4
            paper_id = f"{month.year % 100:02}{month.month:02}.{number:0{digits}}"
        if number >= (1000 if old else 100_000 if month.year >= 2015 else 10_000):
            raise ValueError(f"{month} has more papers than its ids have numbers: ask for fewer rows")
        record = _record(paper_id, primary, weights, submitted, day, draw)
        found.append((archive, msgspec.json.encode(record) + b"\n"))
    return found


def write_snapshot(path: Path, rows: int, seed: int = 1, processes: int = 2, since: str = "1991") -> int:
    """Writes a snapshot of `rows` records, in the order of arXiv's own: new ids first, then archive by archive.

    Those of months before `since` (YYYY or YYYY-MM) are left out, the others are the same. Returns how many there are.
    """
    every = [month for month in months(rows) if f"{month.year}-{month.month:02}" >= since]
    old = [month for month in every if (month.year, month.month) < (2007, 4)]
    new = every[len(old) :]
    by_archive: dict[str, list[bytes]] = {}
    context = multiprocessing.get_context("spawn")
    with path.open("wb") as file, context.Pool(processes) as pool:
        for lines in pool.imap(_Lines(seed), new):
            file.writelines(line for _, line in lines)
        for lines in pool.imap(_Lines(seed), old):
            for archive, line in lines:
                by_archive.setdefault(archive, []).append(line)
        for archive in sorted(by_archive):
            file.writelines(by_archive.pop(archive))
    return sum(month.papers for month in every)


class _Lines:
    """`lines_of` with a seed, for a pool of processes."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, month: Month) -> list[tuple[str, bytes]]:
        return lines_of(month, self._seed)


def _submissions(month: Month, draw: random.Random) -> Iterator[tuple[dt.datetime, dt.date]]:
    """Submission times and announcement days of a month's papers, in order of their ids."""
    days = days_of_id_month(month.year, month.month)
    for place, day in enumerate(days):
        count = month.papers * (place + 1) // len(days) - month.papers * place // len(days)
        held = sum(draw.random() < 0.04 for _ in range(count)) if place > 1 else 0
        early = sorted(_time_in(days[draw.randrange(place - 1)], draw) for _ in range(held) if place > 1)
        on_time = sorted(_time_in(day, draw) for _ in range(count - len(early)))
        for submitted in [*early, *on_time]:
            yield submitted, day


def _time_in(day: dt.date, draw: random.Random) -> dt.datetime:
    window = submission_window(day)
    return window.opens + dt.timedelta(seconds=draw.randrange(int((window.closes - window.opens).total_seconds())))


def _record(
    paper_id: str, primary: str, weights: dict[str, int], submitted: dt.datetime, day: dt.date, draw: random.Random
) -> dict[str, Any]:
    times = [submitted]
    while draw.random() < 0.35 and len(times) < 12:
        times.append(times[-1] + dt.timedelta(seconds=draw.randrange(86_400, 86_400 * 300)))
    authors = _authors(draw)
    others = [_drawn(weights, draw) for _ in range(draw.choice((0, 0, 1, 1, 2)))]
    withdrawn = len(times) > 1 and draw.random() < 0.01
    published = draw.random() < 0.4
    return {
        "id": paper_id,
        "submitter": " ".join(reversed(authors[0][:2])),
        "authors": ", ".join(" ".join(reversed(author[:2])) for author in authors),
        "title": _words(draw, 6, 14).capitalize(),
        "comments": "This paper has been withdrawn by the authors"
        if withdrawn
        else f"{draw.randrange(4, 60)} pages, {draw.randrange(1, 20)} figures"
        if draw.random() < 0.6
        else None,
        "journal-ref": f"J. Invent. {draw.randrange(1, 99)} ({times[-1].year}) {draw.randrange(1, 9999)}"
        if published
        else None,
        "doi": f"10.9999/invented.{draw.randrange(10**8)}" if published else None,
        "report-no": None,
        "categories": " ".join(dict.fromkeys([primary, *others])),
        "license": _LICENSES[0] if submitted.year < 2008 else draw.choice(_LICENSES),
        "abstract": _abstract(draw),
        "versions": [
            {"version": f"v{number}", "created": _written(time)} for number, time in enumerate(times, start=1)
        ],
        "update_date": f"{max(day, times[-1].date())}",
        "authors_parsed": authors,
    }


def _authors(draw: random.Random) -> list[list[str]]:
    count = draw.choice((1, 2, 2, 3, 3, 4, 4, 5, 6, 8)) if draw.random() < 0.998 else draw.randrange(50, 800)
    names = _vocabulary()
    return [[draw.choice(names).capitalize(), f"{chr(65 + draw.randrange(26))}.", ""] for _ in range(count)]


def _abstract(draw: random.Random) -> str:
    """Sentences of 8 to 30 words, some 900 characters in all, in lines of 80 as the snapshot has them."""
    sentences = []
    for _ in range(draw.choice((3, 4, 5, 5, 6, 6, 7, 8, 9))):
        sentence = _words(draw, 8, 30)
        if draw.random() < 0.3:
            sentence += f" {draw.choice(_TEX)}"
        sentences.append(f"{sentence[0].upper()}{sentence[1:]}.")
    text, pieces, start = f"  {' '.join(sentences)}", [], 0
    while len(text) - start > 80:
        end = text.rfind(" ", start + 3, start + 80)
        pieces.append(text[start:end])
        start = end + 1
    return "\n".join([*pieces, text[start:], ""])


def _words(draw: random.Random, fewest: int, most: int) -> str:
    start, count = draw.randrange(_WORDS_IN_STREAM - most), draw.randrange(fewest, most + 1)
    return " ".join(_stream()[start : start + count])


@cache
def _vocabulary() -> Sequence[str]:
    draw = random.Random(7)
    words = ("".join(draw.choices(_SYLLABLES, k=draw.choice((1, 2, 2, 3, 3, 4)))) for _ in range(9000))
    return list(dict.fromkeys(words))


@cache
def _stream() -> Sequence[str]:
    """Words one after the other, as frequent as words of a language are; texts are pieces of it."""
    words = _vocabulary()
    return random.Random(8).choices(words, [1 / (rank + 3) for rank in range(len(words))], k=_WORDS_IN_STREAM)


def _drawn(weights: dict[str, int], draw: random.Random) -> str:
    codes, reached = _cumulative(tuple(weights.items()))
    return codes[bisect_left(reached, draw.randrange(reached[-1]) + 1)]


@cache
def _cumulative(weights: tuple[tuple[str, int], ...]) -> tuple[list[str], list[int]]:
    return [code for code, _ in weights], list(accumulate(weight for _, weight in weights))


def _written(time: dt.datetime) -> str:
    return f"{time:%a}, {time.day} {time:%b %Y %H:%M:%S GMT}"


def main() -> None:
    """Writes a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--since", default="1991", metavar="YYYY-MM", help="leave out the months before")
    given = parser.parse_args()
    write_snapshot(given.path, given.rows, given.seed, given.processes, given.since)


if __name__ == "__main__":
    main()
