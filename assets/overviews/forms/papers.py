"""Counts above papers that are shown: results, comments, archives, practical use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assets.digests.wording import count, listed
from assets.overviews.parts import Query
from assets.overviews.phrasing import part

SUBJECTS = {
    "available": "code, data or models to be had",
    "used": "practice outside research",
    "deployed": "deployment or tests in the field",
}
"""Query → what the summaries that it counts speak of."""
_HONOUR = "an oral or spotlight presentation or an award"
COMMENTS = {
    "placed": ("names acceptance or publication", "name acceptance or publication"),
    "honoured": (f"speaks of {_HONOUR}", f"speak of {_HONOUR}"),
}
"""Query → what one comment, and what more of them, say."""


def comparisons(query: Query) -> Sequence[str]:
    """How many results compare in numbers."""
    values = query.values
    papers, of = values["papers"], values["of"]
    return (
        f"Of {count(of, 'summary whose result is', 'summaries whose result is')} known, {papers:,}"
        f" ({part(papers, of)}) {'gives' if papers == 1 else 'give'} it as such a comparison.",
    )


def comments(*queries: Query) -> Sequence[str]:
    """What authors' comments say of venues and honours."""
    parts = []
    for query in queries:
        papers, (one, more) = query.values["papers"], COMMENTS[query.name]
        parts.append(f"{papers:,} {one if papers == 1 else more}")
    of = queries[0].values["of"]
    told = count(of, "paper has a comment by its authors", "papers have a comment by their authors")
    return (f"{told}; {listed(parts)}, which is what authors say and no measure of impact.",)


def crossing(query: Query) -> Sequence[str]:
    """How many papers cross archives."""
    papers = query.values["papers"]
    return (
        f"{count(papers, 'paper')} {'belongs' if papers == 1 else 'belong'} to {query.values['fewest']} or more of"
        " arXiv’s archives at once.",
    )


def practice(*queries: Query) -> Sequence[str]:
    """What summaries say under practical use."""
    told = [
        f"{query.values['papers']:,} {'speaks' if query.values['papers'] == 1 else 'speak'} of {SUBJECTS[query.name]}"
        for query in queries
    ]
    of = count(queries[0].values["of"], "summary says", "summaries say")
    return (f"{of} what can be done with the work; of these, {listed(told)}.",)


FORMS: Mapping[str, Callable[..., Sequence[str]]] = {
    "comparisons": comparisons,
    "comments": comments,
    "crossing": crossing,
    "practice": practice,
}
