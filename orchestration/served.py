"""When a source has an announcement for certain, and which days it has had: what should be there by now."""

from __future__ import annotations

import datetime as dt

from assets.calendar.days import announced_at, announcement_days

SERVED_AFTER: dict[str, dt.timedelta] = {
    "api": dt.timedelta(minutes=45),
    "oai": dt.timedelta(hours=3, minutes=15),
    "rss": dt.timedelta(hours=4, minutes=30),
}
"""From the mailing (20:00 US Eastern, Sunday to Thursday) until a source has it for certain: the API at once, OAI-PMH
after its daily update (22:30), the feeds after midnight."""


def served_after(source: str) -> dt.timedelta:
    """How long after its mailing a source has a day; files are treated like the API."""
    return SERVED_AFTER.get(source, SERVED_AFTER["api"])


def served_days(source: str, since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    """The announcement days that a source came to have between two times (aware, both excluded), in order."""
    after = served_after(source)
    days = announcement_days((since - after).date(), until.date())
    return [day for day in days if since < announced_at(day) + after < until]
