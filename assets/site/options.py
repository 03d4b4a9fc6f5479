"""What the settings say of the site."""

from __future__ import annotations

from dataclasses import dataclass

from assets import categories


@dataclass(frozen=True)
class Options:
    """What the settings say of the site."""

    followed: frozenset[str] | None
    """Canonical categories followed; None for all."""
    language: str = "en"
    """Language of the summaries, ISO 639-1."""
    url: str | None = None
    """Address under which the site is published, ending with a slash; None where none is set."""

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that have pages: those followed, or all that arXiv has."""
        return categories.all_categories() if self.followed is None else tuple(sorted(self.followed))


def site_url(setting: str | None) -> str | None:
    """The value of ALMANAC_SITE_URL as an address to put paths behind; None where it is not set."""
    return setting.strip().rstrip("/") + "/" if setting and setting.strip() else None
