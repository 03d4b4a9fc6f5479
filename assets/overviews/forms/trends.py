"""Emergent themes and methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.digests.wording import count, listed
from assets.overviews.forms.lead import before
from assets.overviews.parts import Query
from assets.overviews.phrasing import iso_day_of, part, percent, quoted, ratio_text, times

METHODS_NAMED = 5


def none_rose(comparison: Query) -> Sequence[str]:
    """That nothing rose by more than chance."""
    values = comparison.values
    if values["rose"]:
        return ()
    return (
        f"Of {count(values['compared'], 'topic')} compared with {before(values)}, none rose by more than chance would"
        " allow: every 95 % interval of a ratio of shares reaches down to 1 or below.",
    )


def basis(comparison: Query) -> Sequence[str]:
    """When a topic counts as emergent, and how many do."""
    values = comparison.values
    rose, shown, year, earlier = values["rose"], values["shown"], values["year"], values["year_before"]
    risen = count(rose, "topic does", "topics do")
    if not 0 < shown <= rose:
        return ()
    if shown == rose:
        follow = f"{risen}, and {'it follows' if shown == 1 else 'they follow'}"
    else:
        follow = (
            f"{risen}, and the {shown} that gained the most papers follow"
            if shown > 1
            else f"{risen}, and the one that gained the most papers follows"
        )
    if values["basis"] == "year before":
        return (
            f"A topic counts as emergent when its share of the papers rose from {earlier} to {year} and the 95 %"
            f" interval of the ratio lies above 1; {follow}.",
        )
    return (
        f"The almanac does not hold {earlier}, so the days from {iso_day_of(values['first_day'])} on are compared with"
        " those before. A topic counts as emergent when the 95 % interval of the ratio of its shares lies above 1;"
        f" {follow}.",
    )


def luck(comparison: Query) -> Sequence[str]:
    """How many topics luck alone would lift; only where some are called emergent."""
    values = comparison.values
    if not values["shown"]:
        return ()
    return (
        f"Among {count(values['compared'], 'topic')} compared, luck alone would lift about {values['by_luck']:.1f} over"
        " that mark if none had changed.",
    )


def rise(trend: Query) -> Sequence[str]:
    """How a topic's share rose."""
    values = trend.values
    if values["ratio_low"] <= 1:
        return ()
    share, earlier, ratio = percent(values["share"]), percent(values["share_before"]), times(values["ratio"])
    interval = f"(95 % interval {ratio_text(values['ratio_low'], values['ratio_high'])})"
    halves = "first_day" in values
    then, now = ("the first half", "the second half") if halves else (str(values["year_before"]), str(values["year"]))
    name, papers = quoted(values["term"]), count(values["papers"], "paper")
    if values["share_before"] == 0:
        return (f"{name}, absent from the papers of {then}, is mentioned by {papers} in {now}.",)
    return (
        f"{name} went from {earlier} of the papers in {then} to {share} in {now}, {ratio} times the share {interval}.",
        f"Mentions of {name} grew to {ratio} times their share {interval}: {papers} in {now}, or {share}, after"
        f" {earlier} in {then}.",
        f"The share of papers that mention {name} is {ratio} times that of {then} {interval}, {share} after {earlier}.",
        f"{name} gained ground too, from {earlier} to {share} of the papers, a factor of {ratio} {interval}.",
    )


def methods(query: Query) -> Sequence[str]:
    """The methods that most papers name."""
    total, rows = query.values["papers"], query.values["methods"]
    top = [f"{row['method']} ({part(row['papers'], total)})" for row in rows[:METHODS_NAMED]]
    return (
        f"Of the methods that this overview looks for, the {'paper names' if total == 1 else 'papers name'}"
        f" {listed(top)}{' most often' if len(rows) > len(top) else ''}.",
    )


def method_changes(*trends: Query) -> Sequence[str]:
    """Which methods gained, or which lost."""
    up = all(trend.values["ratio_low"] > 1 for trend in trends)
    if not up and not all(trend.values["ratio_high"] < 1 for trend in trends):
        return ()
    told = [
        f"{trend.values['term']} ({percent(trend.values['share_before'])} to {percent(trend.values['share'])})"
        for trend in trends
    ]
    rest = f"{listed(told)} {'gained' if up else 'lost'} share by more than chance would allow."
    first_day = iso_day_of(trends[0].values["first_day"])
    return (f"From {first_day} on, compared with the days before, {rest}", f"Over the same time {rest}")


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {
    "none rose": none_rose,
    "basis": basis,
    "luck": luck,
    "rise": rise,
    "methods": methods,
    "method changes": method_changes,
}
