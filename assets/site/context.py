"""What every part of a build works with: the lake, the options, the days, the facts and the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from assets.digests.schema import DIGESTS
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.site.daily import Link
from assets.site.facts import Facts
from assets.site.manifest import Manifest, fingerprint_of
from assets.site.options import Options
from assets.site.shell import code_version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    import polars as pl

    from assets.site.manifest import Writer
    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table


@dataclass(frozen=True)
class Marts:
    """The marts that the site reads."""

    category_daily: Table
    rising_terms: Table
    summary_completeness: Table


@dataclass
class Build:
    """A build of the site while it goes on."""

    folder: Path
    lake: Lake
    marts: Marts
    options: Options
    tell: Callable[[int, int, str], None]
    """Hears how many days have been looked at, of how many, and which one is next."""
    manifest: Manifest = field(init=False)
    facts: Facts = field(init=False)
    prose: dict[str, dict[str, list[Link]]] = field(default_factory=dict)
    """The pages of overviews, topics and articles that this build has made or found as they should be, by table and
    partition; `make_prose` fills it before the pages that list them are made."""

    def __post_init__(self) -> None:
        self.manifest = Manifest(self.folder)
        self.facts = Facts(self.folder)

    @cached_property
    def base(self) -> str:
        """The fingerprint of what every page stands on: the options and our own code."""
        options = self.options
        return fingerprint_of(code_version(), options.url, options.language, options.categories)

    @cached_property
    def days(self) -> list[str]:
        """The days that have a digest, in order."""
        return self.lake.keys(DIGESTS)

    @cached_property
    def months(self) -> list[str]:
        """The months that hold one of them, in order."""
        return sorted({day[:7] for day in self.days})

    @cached_property
    def years(self) -> list[str]:
        """The years that hold one of them or have an overview, in order."""
        return sorted({day[:4] for day in self.days} | self.prose.get(OVERVIEWS.name, {}).keys())

    @cached_property
    def digests(self) -> dict[str, str]:
        """The fingerprint of each day's digest."""
        return {day: self.lake.fingerprint(DIGESTS, day) for day in self.days}

    def digest_text(self, day: str) -> str:
        """The JSON of a day's digest."""
        return str(self.lake.columns(DIGESTS, day, ["json"]).item())

    def with_page(self, papers: Collection[str]) -> set[str]:
        """Those of some papers that have a page."""
        ids = self._paper_ids
        return set(ids.filter(ids.is_in([*papers])))

    @cached_property
    def _paper_ids(self) -> pl.Series:
        return self.facts.columns(self.months, ["paper_id"]).get_column("paper_id").unique()

    @cached_property
    def authors(self) -> pl.DataFrame:
        """The authors with enough papers for a page, and since which day: see `Facts.authors_since`."""
        return self.facts.authors_since(self.months)

    def overviews(self, year: str) -> list[Link]:
        """The overviews of a year."""
        return self.prose.get(OVERVIEWS.name, {}).get(year, [])

    def topics(self, month: str) -> list[Link]:
        """The topic pages of a month."""
        return self.prose.get(TOPIC_PAGES.name, {}).get(month, [])

    def article(self, month: str) -> Link | None:
        """The trend article of a month; None where there is none."""
        return next(iter(self.prose.get(TREND_ARTICLES.name, {}).get(month, [])), None)

    def make(self, unit: str, stands_on: Sequence[object], render: Callable[[Writer], None]) -> bool:
        """Makes a unit where its inputs, the options or our own code have changed; whether it was made."""
        return self.manifest.make(unit, fingerprint_of(self.base, *stands_on), render)


def around(keys: Sequence[str], key: str) -> tuple[str | None, str | None]:
    """The keys before and after one; None where it is the first or the last."""
    at = keys.index(key)
    return (keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None)
