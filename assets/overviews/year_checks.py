"""What is wrong with a finished overview: it is built anew from the lake and compared, and its sentences are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assets.overviews.material import Material
from assets.overviews.overview import build_overview
from assets.overviews.parts import Inputs
from assets.overviews.rebuilt import page_problems
from assets.overviews.rows import overview_row
from assets.overviews.scoring import Statement


def overview_problems(
    inputs: Inputs, source_note: str | None, statements: Sequence[Statement], row: Mapping[str, Any]
) -> list[str]:
    """Of a row of OVERVIEWS; costs about what making the page costs, without a model's time."""
    try:
        told = json.loads(row["json"])
        by_model = told["made_with"].get("model") is not None
        overview = build_overview(
            **vars(inputs), source_note=source_note, statements=statements, replay=told if by_model else None
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"the JSON has not the form of a page ({type(error).__name__}: {error}); make the page again"]
    return page_problems(row, overview_row(overview), Material(inputs).frame, overview.evidence)
