"""What the reader of the almanac has chosen: the categories followed, languages, thresholds."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_COMPLETENESS = 0.99
"""Share of a day's papers whose summaries must be complete before its digest is made."""


@dataclass(frozen=True)
class Preferences:
    """The choices that the rooms share; the settings of `orchestration` fill them."""

    categories: frozenset[str] | None
    """Canonical categories followed; None follows all."""
    languages: tuple[str, ...] = ("en",)
    """Languages of the summaries, ISO 639-1; digests are in the first."""
    completeness: float = DEFAULT_COMPLETENESS
    max_cost_usd: float | None = None
    """The most that the summaries of a day may cost, in US dollars; None for no limit."""

    @property
    def categories_text(self) -> str:
        """The followed categories in a line."""
        return "all" if self.categories is None else ", ".join(sorted(self.categories))
