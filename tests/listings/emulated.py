"""What the tests of the live sources share: an emulated arXiv with invented papers, and quick manners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.listings.api_session import Pace
from assets.listings.oai import OaiSource
from assets.listings.source import DayListing
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.invented import Invented, invent
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator

FOLLOWED = frozenset({"cs.LG", "stat.ML"})
WORLD = invent(dt.date(2025, 2, 24), dt.date(2025, 4, 4))
"""30 announcement days, over the end of two months and the change to daylight saving time."""


@contextmanager
def served(world: Invented = WORLD, page_size: int = 40) -> Iterator[Emulator]:
    """An emulator of a world, some weeks after its last day."""
    with Emulator(papers_of(world.records), page_size=page_size) as emulator:
        reset(emulator)
        yield emulator


def reset(emulator: Emulator) -> None:
    """Takes an emulator back to its first state."""
    emulator.world.moment = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)
    emulator.world.lag = dt.timedelta(0)
    emulator.world.feed_mode = "fresh"
    emulator.faults = Faults()
    emulator.feed_items = 2000
    emulator.requests.clear()


def noon_of(day: dt.date) -> dt.datetime:
    """A time on a day at which all services know its mailing."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def quick_pace(folder: Path) -> Pace:
    """A pace without pauses."""
    folder.mkdir(parents=True, exist_ok=True)
    return Pace(interval=0.0, first_pause=0.0, file=folder / "pace")


def ids(listing: DayListing, kind: str = "new") -> list[str | None]:
    """The ids of a listing's records of one type, in order."""
    return [record.paper_id for record in listing.records if record.listing == kind]


def oai_source(emulator: Emulator, folder: Path, **options: tuple[float, float]) -> OaiSource:
    """An OAI-PMH source whose harvest lies in `folder`, on the emulator's clock."""
    return OaiSource(folder, emulator.oai_url, quick_pace(folder), now=emulator.world.now, **options)


def addresses(emulator: Emulator) -> list[str]:
    """The paths and queries that were asked for, in order."""
    return [request.address for request in emulator.requests]
