"""The wording of the article: each statement in several forms, so that no two sections sound alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assets.digests.wording import count, listed
from assets.overviews.phrasing import lower_first, month_of, part, percent, quoted, ratio_text


def title_text(month: str, areas: Sequence[str], mark: str) -> str:
    """The headline: the month, with the mark of one that is not whole, and the first areas of the article."""
    if not areas:
        return f"{month}{mark} on arXiv"
    told = [lower_first(name) for name in areas[:3]]
    return f"{month}{mark} on arXiv: {listed(told)}"


def size_text(papers: int, of: int, topic: str, month: str, number: int) -> str:
    """How much was written in an area."""
    share = part(papers, of)
    papers_told = count(papers, "new paper")
    forms = (
        f"{papers_told} of {month} belong{'s' if papers == 1 else ''} to this area, {share} of all.",
        f"It accounts for {papers_told}, or {share} of the month.",
        f"The month brought {papers_told} of this kind ({share}).",
        f"This time {papers_told} can be put under {quoted(topic)}, {share} of everything announced.",
        f"With {papers_told}, the area makes up {share} of the month.",
        f"Here {month} counts {papers_told}, that is {share}.",
    )
    return forms[number % len(forms)]


def change_text(values: Mapping[str, Any], direction: str, number: int) -> str:
    """How the share of an area moved; only for intervals that leave out 1."""
    before, share, month = percent(values["share_before"]), percent(values["share"]), month_of(values["month_before"])
    interval = f"95 % interval of the ratio {ratio_text(values['low'], values['high'])}"
    up = direction == "rose"
    forms = (
        f"In {month} the share was {before}; the {'rise' if up else 'fall'} is more than chance would bring"
        f" ({interval}).",
        f"That is {'up' if up else 'down'} from {before} in {month}, beyond what chance explains ({interval}).",
        f"A month earlier it had been {before}, so the area {'gained' if up else 'lost'} ground ({interval}).",
        f"The share {'grew' if up else 'shrank'} from {before} in {month} to {share} ({interval}).",
    )
    return forms[number % len(forms)]


COMMON = 0.1
"""Share of an area's titles that must hold a phrase before the article names it."""


def common(groups: Sequence[tuple[str, int]], papers: int) -> list[tuple[str, int]]:
    """The phrases that enough of an area's titles hold, the most frequent first."""
    return sorted((group for group in groups if group[1] >= COMMON * papers), key=lambda group: (-group[1], group[0]))


def group_text(groups: Sequence[tuple[str, int]], number: int) -> str:
    """What the titles of an area have in common that others have not; the most frequent phrase first."""
    names = [quoted(term) for term, _ in groups]
    first, papers = names[0], groups[0][1]
    in_titles = f"in {count(papers, 'title')}"
    rest = listed(names[1:])
    forms: tuple[str, ...]
    if not rest:
        forms = (
            f"A phrase that sets its titles apart is {first}, {in_titles}.",
            f"Its titles return to {first} more than others do, {in_titles}.",
            f"One phrase is its own above all: {first}, {in_titles}.",
            f"More than elsewhere, titles speak of {first} here ({count(papers, 'paper')}).",
        )
        return forms[number % len(forms)]
    forms = (
        f"The titles keep coming back to {first} ({in_titles}), but also to {rest}.",
        f"What sets its titles apart are phrases such as {first}, found {in_titles}, and {rest}.",
        f"Phrases of its own are {first}, {in_titles}, and {rest}.",
        f"Going by the titles, the talk is of {first} ({count(papers, 'paper')}) and of {rest}.",
        f"Among the phrases that mark the area are {listed(names)}, the first of them {in_titles}.",
    )
    return forms[number % len(forms)]


def led_in(text: str, who: str, place: int, number: int) -> str:
    """A paper's sentence with a few words in front of it, where it begins with its authors."""
    if not place or not who or not text.startswith(who):
        return text
    forms = ("In another paper, ", "Elsewhere, ", "", "In a further study, ", "")
    return f"{forms[number % len(forms)]}{text}"
