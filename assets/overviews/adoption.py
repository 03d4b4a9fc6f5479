"""Use in the real world: papers whose summaries say where something runs or that it can be had."""

from __future__ import annotations

from assets.digests.wording import count, listed
from assets.overviews import cues
from assets.overviews.evidence import matching
from assets.overviews.material import Material, Paper, cited_sentences
from assets.overviews.parts import Draft, Section, Sentence

SHOWN = 10
FEWEST_SHOWN = 4
CENTRAL = 160
"""Papers nearest to the middle among which examples are sought."""


def adoption(material: Material, draft: Draft) -> Section:
    """What summaries say of availability, practice and deployment: the counts, and papers, those deployed first."""
    title = "Industry and real-world adoption"
    says = "Papers whose summary, under practical use, speaks of"
    available, available_rows = matching(
        material, "available", f"{says} code, data or models that can be had.", "practical", cues.CODE
    )
    used, used_rows = matching(
        material, "used", f"{says} practice outside research.", "practical", cues.USE, cues.INTENDED
    )
    deployed, deployed_rows = matching(
        material, "deployed", f"{says} deployment or a test in the field.", "practical", cues.DEPLOYED, cues.INTENDED
    )
    subjects = (
        (available, "code, data or models to be had"),
        (used, "practice outside research"),
        (deployed, "deployment or tests in the field"),
    )
    named = [(query, subject) for query, subject in subjects if query.values["papers"]]
    if not named:
        return Section(title, ())
    told = [f"{query.values['papers']:,} {_speak(query.values['papers'])} of {subject}" for query, subject in named]
    counts = Sentence(
        f"{count(available.values['of'], 'summary says', 'summaries say')} what can be done with the work;"
        f" of these, {listed(told)}.",
        queries=tuple(draft.query(query) for query, _ in named),
    )
    shown: list[tuple[Paper, str]] = []
    tiers = (
        (deployed_rows, cues.DEPLOYED, SHOWN // 2 + 1),
        (used_rows, cues.USE, SHOWN - 2),
        (available_rows, cues.CODE, SHOWN),
    )
    for rows, pattern, up_to in tiers:
        central = material.words.central(rows, CENTRAL)
        shown += material.examples(
            draft,
            central,
            up_to - len(shown),
            ("practical",),
            show_title=True,
            pattern=pattern,
            fill=max(0, FEWEST_SHOWN - len(shown)),
            addresses=True,
        )
    return Section(title, (counts, *cited_sentences(shown, paragraph=4)))


def _speak(number: int) -> str:
    return "speaks" if number == 1 else "speak"
