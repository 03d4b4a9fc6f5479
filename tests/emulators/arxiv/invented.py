"""Invented papers over any number of announcement days, with all that moves papers between days.

Some are held by moderation for days, some are replaced later (a few often), some change without a
new version; ids are handed out as arXiv does: in each mailing first to the held papers, then in order
of submission.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.calendar.days import announcement_days, id_month, submission_window

CATEGORIES = ("cs.LG", "stat.ML cs.LG", "cs.CV cs.LG", "cs.CL", "math.NA cs.NA", "hep-th", "cs.LG stat.ML", "cs.AI")


@dataclass(frozen=True)
class Invented:
    """Records with their announcement days, in order of their ids."""

    days: Sequence[dt.date]
    records: Sequence[tuple[Mapping[str, Any], dt.date]]

    def new_on(self, day: dt.date, *categories: str) -> list[str]:
        """The ids of a day's new papers in any of the categories (none: in all), in order."""
        return [record["id"] for record, own in self.records if own == day and _matches(record, categories)]

    def replaced_on(self, day: dt.date, *categories: str) -> list[str]:
        """The ids of the papers of which a version up to the fifth was announced on a day, in order."""
        window = submission_window(day)
        found = []
        for record, own in self.records:
            later = [_created(version) for version in record["versions"][1:5]]
            if (
                own < day
                and any(window.opens <= time < window.closes for time in later)
                and _matches(record, categories)
            ):
                found.append(record["id"])
        return found


def invent(first: dt.date, last: dt.date, papers_a_day: int = 12, seed: int = 1) -> Invented:
    """Papers for the announcement days from `first` to `last`; same arguments, same papers."""
    draw = random.Random(seed)
    days = announcement_days(first, last)
    numbers: dict[tuple[int, int], int] = {}
    records: list[tuple[Mapping[str, Any], dt.date]] = []
    for place, day in enumerate(days):
        held = (
            sorted(_time_in(days[draw.randrange(place - 1)], draw) for _ in range(draw.choice((0, 1, 2))))
            if place > 2
            else []
        )
        ordinary = sorted(_time_in(day, draw) for _ in range(papers_a_day))
        for submitted in [*held, *ordinary]:
            month = id_month(day)
            numbers[month] = numbers.get(month, 0) + 1
            paper_id = f"{month[0] % 100:02}{month[1]:02}.{numbers[month]:05}"
            records.append((_record(paper_id, submitted, days[place:], draw), day))
    return Invented(days, records)


def _record(paper_id: str, submitted: dt.datetime, from_here: Sequence[dt.date], draw: random.Random) -> dict[str, Any]:
    times = [submitted]
    later = list(from_here[1:])
    if later and draw.random() < 0.25:
        replaced = sorted(draw.sample(later, min(len(later), draw.choice((1, 1, 1, 2, 6)))))
        times += [_time_in(day, draw) for day in replaced]
    changed = draw.choice(later) if later and draw.random() < 0.05 else None
    return {
        "id": paper_id,
        "submitter": "Ada Example",
        "authors": "Ada Example, Bo Sample and Cy Invented",
        "title": f"On the matter of {paper_id}:\n  $x < y$ & other invented things",
        "comments": "8 pages" if draw.random() < 0.5 else None,
        "journal-ref": "J. Invent. 7 (2025) 1" if changed else None,
        "doi": None,
        "report-no": None,
        "categories": draw.choice(CATEGORIES),
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": f"  We invent the matter of {paper_id}. It is shown that $a < b$ holds\nfor 5% of \\& all cases.\n",
        "versions": [
            {"version": f"v{number}", "created": _written(time)} for number, time in enumerate(times, start=1)
        ],
        "update_date": f"{changed}" if changed else None,
        "authors_parsed": [["Example", "Ada", ""], ["Sample", "Bo", ""], ["Invented", "Cy", "Jr"]],
    }


def _time_in(day: dt.date, draw: random.Random) -> dt.datetime:
    window = submission_window(day)
    seconds = int((window.closes - window.opens).total_seconds())
    return window.opens + dt.timedelta(seconds=draw.randrange(seconds))


def _written(time: dt.datetime) -> str:
    return f"{time:%a, %d %b %Y %H:%M:%S GMT}"


def _created(version: Mapping[str, str]) -> dt.datetime:
    return dt.datetime.strptime(version["created"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=dt.UTC)


def _matches(record: Mapping[str, Any], categories: Sequence[str]) -> bool:
    return not categories or not set(record["categories"].split()).isdisjoint(categories)
