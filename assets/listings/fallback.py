"""Another source in the place of one that does not answer.

Only an outage makes the second source step in. A refusal, which tells of a wrong setting, and data
that cannot be read are told at once: another source would hide them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from assets.errors import AlmanacError, DayMissingError, SourceRefusedError, SourceUnavailableError

if TYPE_CHECKING:
    import datetime as dt

    from assets.listings.source import DayListing, ListingSource

LEFT_ALONE_SECONDS = 900.0
"""How long a source that is out is not asked again: its own repetitions take minutes for each day."""


class FallbackSource:
    """The listings of `first`, and those of `second` for days on which `first` does not answer.

    It goes by the name of `first`; a listing that `second` gave says so in `source` and in its faults.
    """

    def __init__(self, first: ListingSource, second: ListingSource) -> None:
        self.first = first
        self.second = second
        self._out: tuple[float, SourceUnavailableError] | None = None

    @property
    def name(self) -> str:
        """The name of the source that is asked first."""
        return self.first.name

    def days(self) -> list[dt.date] | None:
        """The days that the first source holds; None where it has no bounds."""
        return self.first.days()

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The listing of the first source that answers.

        Raises what the first source raises; where neither answers, the first one's error with both reasons.
        """
        outage = self._known_outage()
        if outage is None:
            try:
                return self.first.listing(day, categories)
            except SourceRefusedError:
                raise
            except DayMissingError as error:
                outage = error
            except SourceUnavailableError as error:
                outage, self._out = error, (time.monotonic(), error)
        return self._from_second(day, categories, outage)

    def _known_outage(self) -> SourceUnavailableError | None:
        if self._out is None or time.monotonic() - self._out[0] >= LEFT_ALONE_SECONDS:
            return None
        return self._out[1]

    def _from_second(
        self, day: dt.date, categories: frozenset[str] | None, outage: SourceUnavailableError
    ) -> DayListing:
        try:
            listing = self.second.listing(day, categories)
        except AlmanacError as error:
            kind = DayMissingError if isinstance(outage, DayMissingError) else SourceUnavailableError
            raise kind(f"{outage} The source {self.second.name} could not stand in: {error}") from error
        notice = (
            f"{day} was made by the source {self.second.name}, because {self.first.name} did not serve it: {outage} "
            f"`almanac reconcile` makes it again when {self.first.name} does."
        )
        return replace(listing, source=self.second.name, faults=[notice, *listing.faults])


def without_fallback(source: ListingSource) -> ListingSource:
    """The source that is asked first, alone."""
    return source.first if isinstance(source, FallbackSource) else source
