"""Statements about the next year, and what became of those about this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.digests.wording import count
from assets.overviews.parts import Query
from assets.overviews.phrasing import percent, quoted


def statement(query: Query) -> Sequence[str]:
    """A dated statement that next year's numbers will confirm or refute."""
    values = query.values
    year, category = values["year"], values["category"]
    threshold, name = percent(values["threshold"]), quoted(values["term"])
    return (
        f"In {year}, more than {threshold} of the papers in {category} will mention {name}.",
        f"The share of {category} papers that mention {name} will stay above {threshold} in {year}.",
        f"{name} will be mentioned by more than {threshold} of the {category} papers of {year}.",
    )


def scores(query: Query) -> Sequence[str]:
    """How many statements held."""
    values = query.values
    held, over = values["held"], values["over"]
    return (
        f"Of {count(values['statements'], 'statement')}, {held} {'held' if over else 'would hold as things stand'}.",
    )


def score(query: Query) -> Sequence[str]:
    """What became of a statement."""
    values = query.values
    name, threshold, share = quoted(values["term"]), percent(values["threshold"]), percent(values["share"])
    over, held = values["over"], values["share"] > values["threshold"]
    verdict = ("held" if held else "did not hold") if over else ("holds so far" if held else "fails so far")
    return (
        f"That more than {threshold} of the {values['category']} papers would mention {name} {verdict}: it is {share}.",
        f"For {name} the mark was {threshold}, and the share is {share}, so the statement {verdict}.",
        f"{name} was to stay above {threshold}; at {share}, that {verdict}.",
    )


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {"statement": statement, "scores": scores, "score": score}
