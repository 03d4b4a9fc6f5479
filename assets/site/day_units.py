"""Making the days: each with its papers, from its digest and those of the month before it; and the front page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.site import addresses, lists
from assets.site.calendars import month_calendar
from assets.site.daily import Neighbours, PaperFacts, day_html, write_papers
from assets.site.documents import read_digest
from assets.site.feeds import SITE_FEEDS
from assets.site.related import WINDOW, Window

if TYPE_CHECKING:
    from assets.site.context import Build
    from assets.site.manifest import Writer


def make_days(build: Build) -> None:
    """Makes the pages of all days and of their papers, as far as they changed.

    What a page says of other days looks backward, but for the link to the day after it: a new day changes the page
    of the day before it and of no earlier one, and no paper's.
    """
    maker = _Days(build)
    for place, day in enumerate(build.days):
        build.tell(place, len(build.days), day)
        maker.make(place)


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
        self._repeated: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for paper, listings in sorted(self._again.items()):
            for day, _ in listings:
                self._repeated.setdefault(day, {})[paper] = listings
        self._linked = build.facts.linked_authors(build.months, build.authors)
        self._window = Window()

    def make(self, place: int) -> None:
        """Makes the day at a place among the days."""
        build = self._build
        day = build.days[place]
        before = build.days[max(0, place - WINDOW + 1) : place]
        beside = Neighbours(
            build.days[place - 1] if place else None, build.days[place + 1] if place + 1 < len(build.days) else None
        )
        repeated = self._repeated.get(day, {})
        linked = self._linked.get(day, [])

        def render_day(writer: Writer) -> None:
            digest = read_digest(build.digest_text(day))
            writer.write(addresses.day_page(day), day_html(digest, beside, build.options, SITE_FEEDS))

        def render_papers(writer: Writer) -> None:
            digest = read_digest(build.digest_text(day))
            self._window.go_to(before, lambda key: read_digest(build.digest_text(key)))
            self._window.add(digest)
            # A paper has one page, made with the day that listed it last.
            own = frozenset(
                paper.id for paper in digest.papers if paper.id not in repeated or repeated[paper.id][-1][0] == day
            )
            facts = PaperFacts(repeated, frozenset(linked), self._window.related())
            write_papers(writer, digest, build.options, own, facts)

        of_papers = (build.digests[day], [build.digests[other] for other in before], repeated, linked)
        build.make(f"papers/{day}", of_papers, render_papers)
        build.make(f"days/{day}", (build.digests[day], beside.before, beside.after), render_day)
