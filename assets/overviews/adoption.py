"""Use in the real world: papers whose summaries say where something runs or that it can be had."""

from __future__ import annotations

from assets.overviews import cues
from assets.overviews.evidence import matching
from assets.overviews.forms import computed
from assets.overviews.material import Material, Paper, cited_sentences
from assets.overviews.parts import Draft, Section

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
    named = [query for query in (available, used, deployed) if query.values["papers"]]
    if not named:
        return Section(title, ())
    counts = computed(draft, "practice", named)
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
