"""The year in numbers, and what to keep of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets import categories
from assets.digests.wording import count, listed
from assets.overviews.parts import Query, Values
from assets.overviews.phrasing import (
    FEW,
    days_between,
    iso_day_of,
    month_of,
    part,
    percent,
    quoted,
    ratio_text,
    times,
)


def label(category: str) -> str:
    """ "Machine Learning (cs.LG)"."""
    return f"{categories.name(category)} ({category})"


def is_over(values: Values) -> bool:
    """Whether every announcement day of the year is held."""
    return bool(values["held_days"] == values["days_of_year"])


def volume(query: Query) -> Sequence[str]:
    """How many papers, on which days."""
    values = query.values
    papers, named, year = values["papers"], label(values["category"]), values["year"]
    if not papers:
        until = "" if is_over(values) else f" as of {iso_day_of(values['as_of'])}"
        return (f"No paper of {year} that carries {named} is in the almanac{until}.",)
    first, last = values["first_day"], values["last_day"]
    span = (
        f"on {iso_day_of(first)}"
        if first == last
        else f"on {count(values['days'], 'announcement day')} from {days_between(first, last)}"
    )
    held = f"{values['held_days']:,} of the {values['days_of_year']:,} announcement days"
    holds = "" if is_over(values) else f"; the almanac holds {held} of {year}"
    return (
        f"This overview covers {count(papers, 'paper')} that arXiv announced {span} and that"
        f" {'carries' if papers == 1 else 'carry'} the category {named}{holds}.",
    )


def cross_lists(query: Query) -> Sequence[str]:
    """How many have the category as primary one."""
    values = query.values
    primary, crossed = values["primary"], values["cross_lists"]
    if not primary or not crossed:
        return ()
    return (
        f"{values['category']} is the primary category of {primary:,} of them; the other {crossed:,}"
        f" {'was' if crossed == 1 else 'were'} cross-listed from elsewhere.",
    )


def growth(query: Query) -> Sequence[str]:
    """More or fewer than the year before; or that the difference may be chance."""
    values = query.values
    low, high, category = values["low"], values["high"], values["category"]
    before, year = values["papers_before"], values["year_before"]
    if low > 1 or high < 1:
        change = "more" if low > 1 else "fewer"
        return (
            f"With {category} as primary category there were {change} than in {year}: {values['papers']:,} new papers"
            f" after {before:,}, {times(values['ratio'])} times as many (95 % interval {ratio_text(low, high)}).",
        )
    return (
        f"The number of new papers with {category} as primary category does not differ from that of {year}"
        f" ({before:,}) by more than chance would allow.",
    )


def months(query: Query) -> Sequence[str]:
    """The months with the most and the fewest papers."""
    values = query.values
    most, least = values["most"], values["least"]
    if most == least:
        return ()
    of_whole = "" if values["whole_year"] else "Of the months that the almanac holds whole, "
    return (
        f"{of_whole}{month_of(values['most_month'])} brought the most new papers with {values['category']} as primary"
        f" category, {most:,}, and {month_of(values['least_month'])} the fewest, {least:,}.",
    )


def neighbours(query: Query) -> Sequence[str]:
    """What other categories the papers carry."""
    values = query.values
    total, several = values["papers"], values["several"]
    told = [
        f"{categories.name(row['category'])} ({row['category']}, {part(row['papers'], total)})"
        for row in values["categories"]
    ]
    if total >= FEW:
        carry = f"{percent(several / total)} of the papers carry"
    else:
        carry = f"{several} of the {total} papers {'carries' if several == 1 else 'carry'}"
    return (
        f"{carry} more than one category; beside {values['beside']} {'it is' if len(told) == 1 else 'they are'} most"
        f" often {listed(told)}.",
    )


def teams(query: Query) -> Sequence[str]:
    """How many authors a paper has."""
    values = query.values
    median, over = values["median"], values["large_teams"]
    has = "has" if over == 1 else "have"
    large = (
        f", and {over:,} {has} more than {values['large_team']}, the largest team {values['largest']:,}" if over else ""
    )
    return (
        f"A typical paper has {median:g} {'author' if median == 1 else 'authors'} (the median);"
        f" {percent(values['share_alone'])} {'has' if values['alone'] == 1 else 'have'} a single one{large}.",
    )


def topics(*queries: Query) -> Sequence[str]:
    """The topics that most papers mention."""
    told = [f"{quoted(query.values['term'])} ({percent(query.values['share'])})" for query in queries]
    one = len(told) == 1
    return (
        f"{'The topic' if one else 'The topics'} that papers with {queries[0].values['category']} as primary category"
        f" name most often {'is' if one else 'are'} {listed(told)}.",
    )


def first_topic(topic: Query, papers: Query) -> Sequence[str]:
    """The topic that stands for the year."""
    values, year = topic.values, papers.values["year"]
    period = str(year) if is_over(papers.values) else f"the part of {year} that the almanac holds"
    number = values["papers"]
    return (
        f"If one topic stands for {values['category']} in {period}, it is {quoted(values['term'])}:"
        f" {count(number, 'paper')} that {'has' if number == 1 else 'have'} {values['category']} as primary category"
        f" {'mentions' if number == 1 else 'mention'} it.",
    )


def before(comparison: Values) -> str:
    """What topics are compared with, in words."""
    by_year = comparison["basis"] == "year before"
    return str(comparison["year_before"]) if by_year else "the first half of the days"


def changes(comparison: Query, *trends: Query) -> Sequence[str]:
    """How many topics rose and fell, and which most."""
    values = comparison.values
    text = (
        f"Of {count(values['compared'], 'topic')} that could be compared with {before(values)}, {values['rose']:,} rose"
        f" and {values['fell']:,} fell by more than a 95 % interval allows for chance"
    )
    risen = [trend for trend in trends if trend.values["ratio_low"] > 1]
    fallen = [trend for trend in trends if trend.values["ratio_high"] < 1]
    if [*risen, *fallen] != list(trends):
        return ()
    for group, change in ((risen, "gained the most"), (fallen, "lost ground")):
        if group:
            text += f"; {listed([quoted(trend.values['term']) for trend in group])} {change}"
    return (text + ".",)


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {
    "volume": volume,
    "cross-lists": cross_lists,
    "growth": growth,
    "months": months,
    "neighbours": neighbours,
    "teams": teams,
    "topics": topics,
    "first topic": first_topic,
    "changes": changes,
}
