"""The first and the last section: the year in numbers, and what to keep of it."""

from __future__ import annotations

from assets import categories
from assets.digests.wording import count, listed
from assets.overviews import evidence, trend_evidence
from assets.overviews.evidence import LARGE_TEAM
from assets.overviews.links import link
from assets.overviews.material import Material
from assets.overviews.parts import Draft, Section, Sentence
from assets.overviews.phrasing import (
    FEW,
    day_of,
    days_between,
    iso_day_of,
    month_of,
    part,
    percent,
    quoted,
    ratio_text,
    times,
)
from assets.overviews.themes import Themes


def lead(material: Material, draft: Draft, themes: Themes) -> Section:
    """Volume, its change, months, neighbours, teams and the terms that most papers mention."""
    inputs = material.inputs
    volume = evidence.volume(material)
    name = draft.query(volume)
    values = volume.values
    primary, crossed = values["primary"], values["cross_lists"]
    label = f"{categories.name(inputs.category)} ({inputs.category})"
    if not len(material):
        return Section(
            "Lead",
            (
                Sentence(
                    f"No paper of {inputs.year} that carries {label} is in the almanac{_until(material)}.",
                    queries=(name,),
                ),
            ),
        )
    first, last = values["first_day"], values["last_day"]
    span = (
        f"on {iso_day_of(first)}"
        if first == last
        else f"on {count(values['days'], 'announcement day')} from {days_between(first, last)}"
    )
    holds = "" if inputs.year_is_over else f"; the almanac holds {inputs.held.text} of {inputs.year}"
    sentences = [
        Sentence(
            f"This overview covers {count(len(material), 'paper')} that arXiv announced {span} and that"
            f" {'carries' if len(material) == 1 else 'carry'} the category {label}{holds}.",
            queries=(name,),
        )
    ]
    if primary and crossed:
        sentences.append(
            Sentence(
                f"{inputs.category} is the primary category of {primary:,} of them; the other {crossed:,}"
                f" {'was' if crossed == 1 else 'were'} cross-listed from elsewhere.",
                queries=(name,),
            )
        )
    sentences += _growth(material, draft)
    sentences += _months(material, draft)
    sentences += _company(material, draft)
    if themes.leading:
        top = themes.leading[:5]
        names = tuple(draft.query(trend_evidence.leading(inputs, trend, themes)) for trend in top)
        told = [f"{quoted(themes.label(trend.term))} ({percent(trend.share)})" for trend in top]
        sentences.append(
            Sentence(
                f"{'The topic' if len(told) == 1 else 'The topics'} that papers with {inputs.category} as primary"
                f" category name most often {'is' if len(told) == 1 else 'are'} {listed(told)}.",
                queries=names,
                opens_paragraph=True,
            )
        )
    return Section("Lead", tuple(sentences))


def _until(material: Material) -> str:
    return "" if material.inputs.year_is_over else f" as of {day_of(material.inputs.as_of)}"


def _growth(material: Material, draft: Draft) -> list[Sentence]:
    query = evidence.growth(material.inputs)
    if query is None:
        return []
    values = query.values
    low, high, ratio = (values[key] for key in ("low", "high", "ratio"))
    before, year, category = values["papers_before"], values["year_before"], material.inputs.category
    if low > 1 or high < 1:
        change = "more" if low > 1 else "fewer"
        text = (
            f"With {category} as primary category there were {change} than in {year}: {values['papers']:,} new papers"
            f" after {before:,}, {times(ratio)} times as many (95 % interval {ratio_text(low, high)})."
        )
    else:
        text = (
            f"The number of new papers with {category} as primary category does not differ from that of {year}"
            f" ({before:,}) by more than chance would allow."
        )
    return [Sentence(text, queries=(draft.query(query),))]


def _months(material: Material, draft: Draft) -> list[Sentence]:
    query = evidence.months(material.inputs)
    if query is None:
        return []
    values = query.values
    if values["most"] == values["least"]:
        return []
    most, least = values["most"], values["least"]
    of_whole = "" if material.inputs.year_is_over else "Of the months that the almanac holds whole, "
    return [
        Sentence(
            f"{of_whole}{month_of(values['most_month'])} brought the most new papers with"
            f" {material.inputs.category} as primary category, {most:,},"
            f" and {month_of(values['least_month'])} the fewest, {least:,}.",
            queries=(draft.query(query),),
        )
    ]


def _company(material: Material, draft: Draft) -> list[Sentence]:
    sentences = []
    if len(material) > 1 and (query := evidence.neighbours(material)) is not None:
        values = query.values
        rows = values["categories"]
        total = values["papers"]
        told = [f"{row['name']} ({row['category']}, {part(row['papers'], total)})" for row in rows]
        sentences.append(
            Sentence(
                f"{_of_the_papers(values['several'], total)} more than one category; beside"
                f" {material.inputs.category} {'it is' if len(told) == 1 else 'they are'} most often {listed(told)}.",
                queries=(draft.query(query),),
            )
        )
    if len(material) >= 20:
        query = evidence.teams(material)
        values = query.values
        median = values["median"]
        over = values["large_teams"]
        has = "has" if over == 1 else "have"
        large = f", and {over:,} {has} more than {LARGE_TEAM}, the largest team {values['largest']:,}" if over else ""
        sentences.append(
            Sentence(
                f"A typical paper has {median:g} {'author' if median == 1 else 'authors'} (the median);"
                f" {percent(values['share_alone'])} {'has' if values['alone'] == 1 else 'have'} a single one"
                f"{large}.",
                queries=(draft.query(query),),
            )
        )
    return sentences


def _of_the_papers(number: int, of: int) -> str:
    if of >= FEW:
        return f"{percent(number / of)} of the papers carry"
    return f"{number} of the {of} papers {'carries' if number == 1 else 'carry'}"


def conclusion(material: Material, draft: Draft, themes: Themes) -> Section:
    """What stands first, what rose and what fell; nothing that was not shown with its numbers above."""
    if not len(material):
        return Section("Conclusion", ())
    inputs = material.inputs
    period = str(inputs.year) if inputs.year_is_over else f"the part of {inputs.year} that the almanac holds"
    sentences = []
    if themes.leading:
        first = themes.leading[0]
        has = "has" if first.papers == 1 else "have"
        sentences.append(
            Sentence(
                f"If one topic stands for {inputs.category} in {period}, it is {quoted(themes.label(first.term))}:"
                f" {count(first.papers, 'paper', 'papers')} that {has} {inputs.category} as primary category"
                f" {'mentions' if first.papers == 1 else 'mention'} it.",
                queries=(draft.query(trend_evidence.leading(inputs, first, themes)), "volume"),
            )
        )
    if themes.rose or themes.fell:
        queries: tuple[str, ...] = (draft.query(trend_evidence.comparison(inputs, themes)),)
        rose, fell = themes.rose, themes.fell
        text = (
            f"Of {count(themes.compared, 'topic')} that could be compared with {themes.before(inputs.year)}, {rose:,}"
            f" rose and {fell:,} fell by more than a 95 % interval allows for chance"
        )
        for trends, change in ((themes.rising[:3], "gained the most"), (themes.falling, "lost ground")):
            if not trends:
                continue
            queries += tuple(draft.query(trend_evidence.trend_of(inputs, trend, themes)) for trend in trends)
            text += f"; {listed([quoted(themes.label(trend.term)) for trend in trends])} {change}"
        sentences.append(Sentence(text + ".", queries=queries))
    elif not themes.compared:
        sentences.append(link("no trends"))
    return Section("Conclusion", tuple(sentences))
