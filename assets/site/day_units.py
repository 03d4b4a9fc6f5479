"""Making the days: each with its papers, from its digest and those of the month before it; and the front page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from assets.site import addresses, lists
from assets.site.calendars import month_calendar
from assets.site.daily import Neighbours, PaperFacts, day_html, write_papers
from assets.site.documents import read_digest
from assets.site.feeds import SITE_FEEDS
from assets.site.related import WINDOW, Window

if TYPE_CHECKING:
    import polars as pl

    from assets.site.context import Build
    from assets.site.manifest import Writer


def make_days(build: Build) -> None:
    """Makes the pages of all days and of their papers, as far as they changed.

    What a page says of other days looks backward, but for the link to the day after it: a new day changes the page
    of the day before it and of no earlier one, and no paper's.
    """
    maker = _Days(build)
    place = 0
    for month in build.months:
        rows = build.facts.columns([month], ["day", "paper_id", "authors"]).partition_by("day", as_dict=True)
        while place < len(build.days) and build.days[place][:7] == month:
            build.tell(place, len(build.days), build.days[place])
            maker.make(place, rows.get((dt.date.fromisoformat(build.days[place]),)))
            place += 1


def make_front(build: Build) -> None:
    """Makes the front page: the latest day, with the calendar of its month."""
    days = build.days

    def render(writer: Writer) -> None:
        if not days:
            lead = "No day has been made yet: run `almanac run`, then `almanac site`."
            lists.write_index(writer, addresses.INDEX, "Preprint Almanac", lead, [], build.options)
            return
        digest = read_digest(build.digest_text(days[-1]))
        month = month_calendar(days[-1][:7], set(days), days[0], days[-1])
        beside = Neighbours(days[-2] if len(days) > 1 else None, None)
        writer.write(addresses.INDEX, day_html(digest, beside, build.options, SITE_FEEDS, month))

    in_month = [day for day in days if day[:7] == days[-1][:7]]
    build.make("front", (days[:1], days[-2:], in_month, build.digests[days[-1]] if days else None), render)


class _Days:
    def __init__(self, build: Build) -> None:
        self._build = build
        self._again = build.facts.listed_again(build.months)
        self._since: dict[str, dt.date] = dict(
            build.facts.authors_since(build.months).select("authors", "since").iter_rows()
        )
        self._window = Window()

    def make(self, place: int, rows: pl.DataFrame | None) -> None:
        """Makes the day at a place among the days; `rows` are its facts."""
        build, again = self._build, self._again
        day = build.days[place]
        ids = [] if rows is None else rows.get_column("paper_id").to_list()
        names = [] if rows is None else rows.get_column("authors").explode().drop_nulls().unique().to_list()
        before = build.days[max(0, place - WINDOW + 1) : place]
        beside = Neighbours(
            build.days[place - 1] if place else None, build.days[place + 1] if place + 1 < len(build.days) else None
        )
        # A paper has one page, made with the day that listed it last.
        own = frozenset(paper for paper in ids if paper not in again or again[paper][-1][0] == day)
        repeated = {paper: again[paper] for paper in ids if paper in again}
        linked = sorted(name for name in names if name in self._since and self._since[name].isoformat() <= day)

        def render_day(writer: Writer) -> None:
            digest = read_digest(build.digest_text(day))
            writer.write(addresses.day_page(day), day_html(digest, beside, build.options, SITE_FEEDS))

        def render_papers(writer: Writer) -> None:
            digest = read_digest(build.digest_text(day))
            self._window.go_to(before, lambda key: read_digest(build.digest_text(key)))
            self._window.add(digest)
            facts = PaperFacts(repeated, frozenset(linked), self._window.related())
            write_papers(writer, digest, build.options, own, facts)

        of_papers = (build.digests[day], [build.digests[other] for other in before], repeated, linked)
        build.make(f"papers/{day}", of_papers, render_papers)
        build.make(f"days/{day}", (build.digests[day], beside.before, beside.after), render_day)
