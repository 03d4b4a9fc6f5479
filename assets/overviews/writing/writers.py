"""What writes pages beside the rules. Apart from the writer itself, which brings the client of models with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.overviews.writing.report import Report

if TYPE_CHECKING:
    import polars as pl

    from assets.overviews.writing.asking import ModelWriter


@dataclass(frozen=True)
class Writers:
    """What writes pages beside the rules: a model, or None."""

    model: ModelWriter | None = None

    def metadata(self, pages: pl.DataFrame) -> Mapping[str, Any]:
        """What was asked since this was last called and what came of it, for the materialization of these rows."""
        if self.model is None:
            return {}
        reports = [Report.of_page(json.loads(text)) for text in pages["json"]]
        return self.model.figures().metadata([report for report in reports if report is not None])
