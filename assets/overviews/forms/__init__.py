"""The sentences that pages compute: what each kind may say of the queries that it names, and nothing else.

A form is a function of queries to all wordings that their values bear out, most often several so that no two sentences
sound alike; it gives none where the values do not bear it out ("rose" where the interval holds 1). A section takes one
of them, the page publishes the form's name, and the check (`verify`) makes the wordings anew from the published values:
a word, a topic, a unit or a direction that is not theirs is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.overviews.forms import groups, lead, month, outlook, papers, trends
from assets.overviews.parts import Draft, Query, Sentence

Form = Callable[..., Sequence[str]]
FORMS: Mapping[str, Form] = {
    **lead.FORMS, **trends.FORMS, **groups.FORMS, **papers.FORMS, **outlook.FORMS, **month.FORMS
}  # fmt: skip


def computed(
    draft: Draft, form: str, queries: Sequence[Query], number: int = 0, opens_paragraph: bool = False
) -> Sentence:
    """A sentence of a form about queries, which the draft now holds; `number` chooses among the wordings."""
    wordings = FORMS[form](*queries)
    names = tuple(draft.query(query) for query in queries)
    return Sentence(wordings[number % len(wordings)], queries=names, opens_paragraph=opens_paragraph, form=form)


def wordings_of(form: object, queries: Sequence[Query]) -> Sequence[str]:
    """All that a sentence of a form may say of these queries; nothing for other forms or queries."""
    known = FORMS.get(form) if isinstance(form, str) else None
    if known is None:
        return ()
    try:
        return known(*queries)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return ()
