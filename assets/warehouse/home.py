"""Where the almanac's files stand below `ALMANAC_HOME`: one place for each path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The folder that holds everything the almanac writes."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of views that people open."""
        return self.root / "warehouse.duckdb"

    @property
    def format(self) -> Path:
        """Which form the home has, and which version of the almanac gave it this form."""
        return self.root / "format.json"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage: runs, events, schedules."""
        return self.root / "dagster"

    @property
    def snapshots(self) -> Path:
        """Indexes of the snapshot files that have been read."""
        return self.root / "snapshots"

    @property
    def harvest(self) -> Path:
        """What the live sources keep between runs: the harvested records, the last feed."""
        return self.root / "harvest"

    @property
    def answers(self) -> Path:
        """The journal of what models answered, so that nothing is paid for twice."""
        return self.root / "answers"

    @property
    def alerts(self) -> Path:
        """All messages about faults, the latest at the end."""
        return self.root / "alerts.log"

    @property
    def deliveries(self) -> Path:
        """Which message about a fault has arrived where."""
        return self.root / "alerts" / "delivered.jsonl"

    @property
    def site(self) -> Path:
        """The static site."""
        return self.root / "site"

    def digest(self, day: str) -> tuple[Path, Path]:
        """A day's digest: Markdown and JSON."""
        folder = self.root / "digests"
        return folder / f"{day}.md", folder / f"{day}.json"

    def bibtex(self, day: str) -> Path:
        """The papers of a day's digest as BibTeX."""
        return self.root / "digests" / f"{day}.bib"

    def overview(self, year: str, category: str) -> tuple[Path, Path]:
        """A year's overview of a category: Markdown and JSON."""
        folder = self.root / "overviews" / year
        return folder / f"{category}.md", folder / f"{category}.json"

    def topic_page(self, month: str, topic: str) -> tuple[Path, Path]:
        """A month's page of a topic: Markdown and JSON."""
        folder = self.root / "topics" / month
        return folder / f"{topic}.md", folder / f"{topic}.json"

    def article(self, month: str) -> tuple[Path, Path]:
        """A month's article: Markdown and JSON."""
        folder = self.root / "articles"
        return folder / f"{month}.md", folder / f"{month}.json"
