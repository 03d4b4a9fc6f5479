"""A month in numbers: its volume, the size of a topic and its change, the phrases of its titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.digests.wording import MONTHS, count, listed
from assets.overviews import article_phrases
from assets.overviews.parts import Query, Values
from assets.overviews.phrasing import days_between, iso_day_of, month_of, part, percent, quoted, ratio_text

WORDINGS = 12
"""Numbers by which the wordings of `article_phrases` are asked for; it has fewer and begins anew."""


def _name(month: str) -> str:
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def _held(volume: Values) -> str:
    return f"{volume['held_days']:,} of the {volume['days_of_month']:,} announcement days"


def direction(values: Values) -> str | None:
    """ "rose" or "fell" where the interval of the ratio leaves out 1; None where nothing may be said."""
    if values.get("low") is None:
        return None
    return "rose" if values["low"] > 1 else "fell" if values["high"] < 1 else None


def month_volume(query: Query) -> Sequence[str]:
    """How many papers, on which days."""
    values = query.values
    if not values["papers"]:
        return (f"No new paper of {_name(values['month'])} in the followed categories is in the almanac.",)
    first, last = values["first_day"], values["last_day"]
    span = f"on {iso_day_of(first)}" if first == last else f"from {days_between(first, last)}"
    whole = values["held_days"] == values["days_of_month"]
    holds = "" if whole else f"; the almanac holds {_held(values)} of the month"
    return (
        f"This is the story of {count(values['papers'], 'new paper')}, announced by arXiv on"
        f" {count(values['days'], 'day')} {span}{holds}.",
    )


def several(query: Query) -> Sequence[str]:
    """How many papers carry several categories."""
    if not query.values["several"]:
        return ()
    share = percent(query.values["share_several"])
    return (f"Borders between fields are thin: {share} of the papers carry more than one of arXiv’s categories.",)


def movements(*queries: Query) -> Sequence[str]:
    """The topics that rose, or those that fell, against the month before."""
    ways = {direction(query.values) for query in queries}
    if len(ways) != 1 or None in ways:
        return ()
    names = listed([quoted(query.values["topic"]) for query in queries])
    size = "larger" if "rose" in ways else "smaller"
    before = _name(queries[0].values["month_before"])
    return (
        f"{names} took a {size} share of the papers than in {before}.",
        f"{names} took a {size} one than in {before}.",
    )


def topic_size(query: Query) -> Sequence[str]:
    """How much was written in an area."""
    values = query.values
    told = (values["papers"], values["of"], values["topic"], _name(values["month"]))
    return tuple(dict.fromkeys(article_phrases.size_text(*told, number) for number in range(WORDINGS)))


def topic_change(query: Query) -> Sequence[str]:
    """How an area's share moved."""
    way = direction(query.values)
    if way is None:
        return ()
    return tuple(dict.fromkeys(article_phrases.change_text(query.values, way, number) for number in range(WORDINGS)))


def titles(query: Query) -> Sequence[str]:
    """What the titles of an area have in common."""
    groups = [(row["term"], row["papers"]) for row in query.values["terms"]]
    return tuple(dict.fromkeys(article_phrases.group_text(groups, number) for number in range(WORDINGS)))


def topic_volume(query: Query, volume: Query | None = None) -> Sequence[str]:
    """The size of a topic on its own page; with the month's volume where not all of the month is held."""
    values = query.values
    papers, of, month = values["papers"], values["of"], _name(values["month"])
    if not papers:
        return (f"None of the {count(of, 'new paper')} of {month} belongs to “{values['topic']}”.",)
    whole = volume is None
    announced = "arXiv announced" if volume is None else f"the almanac holds from {_held(volume.values)}"
    return (
        f"Of the {count(of, 'new paper')} that {announced} {'in' if whole else 'of'} {month} in the categories"
        f" followed, {papers:,} ({part(papers, of)}) {'belongs' if papers == 1 else 'belong'} here.",
    )


def topic_share(query: Query) -> Sequence[str]:
    """How a topic's share moved, on its own page."""
    values = query.values
    if (way := direction(values)) is None:
        return ()
    return (
        f"The share {way} from {percent(values['share_before'])} in {month_of(values['month_before'])} to"
        f" {percent(values['share'])}, which is more than chance would do (95 % interval of the ratio"
        f" {ratio_text(values['low'], values['high'])}).",
    )


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {
    "month volume": month_volume,
    "several": several,
    "movements": movements,
    "topic size": topic_size,
    "topic change": topic_change,
    "titles": titles,
    "topic volume": topic_volume,
    "topic share": topic_share,
}
