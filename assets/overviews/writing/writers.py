"""What writes pages beside the rules. Apart from the writer itself, which brings the client of models with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter


@dataclass(frozen=True)
class Writers:
    """What writes pages beside the rules: a model, or None."""

    model: ModelWriter | None = None
