"""The groups of papers that a year falls into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.digests.wording import count, listed
from assets.overviews.parts import Query
from assets.overviews.phrasing import iso_day_of, part, percent, quoted, ratio_text


def groups(query: Query) -> Sequence[str]:
    """How many groups there are, and how many of them are large."""
    values = query.values
    number, large, least = values["groups"], values["large"], f"{100 * values['large_from']:g} %"
    if large == number:
        return (f"There are {number} such groups, and each holds more than {least} of the papers.",)
    return (
        f"There are {number} such groups; the {large} that hold more than {least} of the papers follow, together"
        f" {percent(values['share'])} of them.",
    )


def group(query: Query) -> Sequence[str]:
    """The size of a group and what it is named after."""
    papers, share = query.values["papers"], part(query.values["papers"], query.values["of"])
    names, told = listed([quoted(term) for term in query.values["terms"]]), count(papers, "paper")
    if not names:
        return (
            f"A mixed group, of which no term is mentioned by a third, holds {told} ({share}).",
            f"{papers:,} others ({share}) have no name in common.",
            f"For {told} more, {share} of all, no term speaks for even a third of them.",
            f"{share} lie together without a common term: {told}.",
        )
    one = len(query.values["terms"]) == 1
    return (
        f"{names} name{'s' if one else ''} a group of {told} ({share}).",
        f"Another {papers:,} ({share}) gather around {names}.",
        f"{told[0].upper()}{told[1:]}, {share} of all, belong to the group of {names}.",
        f"The {'word' if one else 'words'} {names} hold{'s' if one else ''} together {told} ({share}).",
        f"{names} mark{'s' if one else ''} a further group, {told} or {share}.",
        f"Next come {told} ({share}) that often speak of {names}.",
    )


def group_change(query: Query) -> Sequence[str]:
    """How a group's share moved within the year; nothing where the interval holds 1."""
    values = query.values
    if "low" not in values or values["low"] <= 1 <= values["high"]:
        return ()
    before, after = percent(values["share_before"]), percent(values["share_after"])
    interval = f"95 % interval of the ratio {ratio_text(values['low'], values['high'])}"
    up = values["low"] > 1
    return (
        f"It {'grew' if up else 'shrank'} within the year, from {before} of the papers before"
        f" {iso_day_of(values['first_day'])} to {after} afterwards ({interval}).",
        f"Its share {'rose' if up else 'fell'} from {before} in the first half of the days to {after} in the second"
        f" ({interval}).",
    )


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {"groups": groups, "group": group, "group change": group_change}
