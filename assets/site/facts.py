"""What the site's lists need of every paper, a month a file: small columns, kept beside the site.

Lists of a category, of an author or of a feed look at months and years of papers; reading all of their digests
for each would be slow. The digest of a day is read once, when it changes, and its papers' columns are kept in
`.almanac/facts/<month>.parquet`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from assets.site.documents import read_digest
from assets.site.manifest import PRIVATE, put
from assets.warehouse.files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from assets.site.documents import DayDigest, Paper

SCHEMA = pl.Schema(
    {
        "day": pl.Date(),
        "position": pl.Int32(),
        "paper_id": pl.String(),
        "kind": pl.String(),
        "listing": pl.String(),
        "title": pl.String(),
        "authors": pl.List(pl.String()),
        "categories": pl.List(pl.String()),
        "primary_category": pl.String(),
        "tldr": pl.String(),
        "language": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "is_withdrawn": pl.Boolean(),
    }
)
"""One row for each paper of each digest, in the digest's order (`position`)."""

LAYOUT = "2"
"""Changes when the columns do: facts of another layout are read again from the digests."""

AUTHOR_PAPERS = 3
"""Papers from which on an author has a page."""

_CODE = re.compile(r"(?i)\b(?:github\.com|gitlab\.\w+|huggingface\.co|bitbucket\.org|codeberg\.org)/[\w.~-]+")


def has_code(paper: Paper) -> bool:
    """Whether the digest found an address of code, or the comment or the abstract names a place where code is kept."""
    return bool(paper.code or _CODE.search(paper.abstract) or _CODE.search(paper.comment or ""))


@dataclass(frozen=True)
class Facts:
    """The facts of all days that have a digest."""

    folder: Path

    def month(self, month: str) -> pl.DataFrame:
        """The rows of a month, by day and position; none where the month has no day."""
        path = self._path(month)
        return pl.read_parquet(path) if path.is_file() else SCHEMA.to_frame()

    def columns(self, months: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
        """Some columns of several months."""
        empty = SCHEMA.to_frame().select(names)
        frames = [
            pl.read_parquet(self._path(month), columns=list(names)) for month in months if self._path(month).is_file()
        ]
        return pl.concat([empty, *frames])

    def bring_up_to_date(self, days: Mapping[str, str], read: Callable[[str], str]) -> None:
        """Reads again the digests that changed; `days` are the fingerprints by day, `read` gives a digest's JSON.

        Raises StorageError where the facts cannot be written.
        """
        months: dict[str, dict[str, str]] = {}
        for day, fingerprint in days.items():
            months.setdefault(day[:7], {})[day] = fingerprint
        for month, wanted in months.items():
            known = self._known(month)
            if known == wanted:
                continue
            kept = [day for day in wanted if known.get(day) == wanted[day]]
            # Where none is kept, the file may be of another layout.
            old = self.month(month) if kept else SCHEMA.to_frame()
            frames = [old.filter(pl.col("day").cast(pl.String).is_in(kept))]
            frames += [rows_of(read_digest(read(day))) for day in wanted if day not in kept]
            frame = pl.concat(frames).sort("day", "position")
            put(self._path(month), _bytes(frame))
            write_text(self._notes(month), msgspec.json.encode({"layout": LAYOUT, "days": wanted}).decode())
        for path in self._root.glob("*.parquet"):
            if path.stem not in months:
                path.unlink()
                self._notes(path.stem).unlink(missing_ok=True)

    def listed_again(self, months: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """The papers that stand in digests of several days: their days with the kind of listing, in order."""
        rows = self.columns(months, ["paper_id", "day", "listing"])
        again = rows.filter(pl.len().over("paper_id") > 1).sort("paper_id", "day")
        found: dict[str, list[tuple[str, str]]] = {}
        for paper_id, day, listing in again.iter_rows():
            found.setdefault(paper_id, []).append((day.isoformat(), listing))
        return found

    def authors_since(self, months: Sequence[str]) -> pl.DataFrame:
        """The authors with AUTHOR_PAPERS papers or more, with the day (`since`) that brought that many."""
        papers = self.columns(months, ["authors", "paper_id", "day"]).explode("authors").drop_nulls("authors")
        first = papers.group_by("authors", "paper_id").agg(pl.col("day").min())
        return (
            first.group_by("authors")
            .agg(papers=pl.len(), since=pl.col("day").sort().get(AUTHOR_PAPERS - 1, null_on_oob=True))
            .drop_nulls("since")
            .sort("authors")
        )

    def linked_authors(self, months: Sequence[str], since: pl.DataFrame) -> dict[str, list[str]]:
        """Of each day's authors those who had AUTHOR_PAPERS papers by that day, in order.

        `since` is what `authors_since` gives.
        """
        listed = self.columns(months, ["day", "authors"]).explode("authors").unique()
        linked = listed.join(since, on="authors").filter(pl.col("since") <= pl.col("day"))
        by_day = linked.sort("day", "authors").group_by("day", maintain_order=True).agg("authors")
        return {day.isoformat(): names for day, names in by_day.iter_rows()}

    def author_days(self, months: Sequence[str], since: pl.DataFrame) -> pl.DataFrame:
        """The days that list a paper of each of some authors: `authors` and `days`, both in order."""
        listed = self.columns(months, ["authors", "day"]).explode("authors").unique()
        found = listed.join(since, on="authors", how="semi").sort("authors", "day")
        return found.group_by("authors", maintain_order=True).agg(days=pl.col("day").cast(pl.String))

    def papers_of(self, months: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
        """The papers of some authors, a row for each author and paper: by author, the latest paper first."""
        columns = ["authors", "paper_id", "day", "position", "title", "primary_category", "is_withdrawn"]
        wanted = pl.Series(names, dtype=pl.String)
        listed = pl.concat(
            self.columns([month], columns).explode("authors").filter(pl.col("authors").is_in(wanted.implode()))
            for month in ("", *months)
        )
        return (
            listed.sort("day", "position", descending=[True, False])
            .unique(["authors", "paper_id"], keep="first", maintain_order=True)
            .sort("authors", "day", "paper_id", descending=[False, True, False])
        )

    @property
    def _root(self) -> Path:
        return self.folder / PRIVATE / "facts"

    def _path(self, month: str) -> Path:
        return self._root / f"{month}.parquet"

    def _notes(self, month: str) -> Path:
        return self._root / f"{month}.json"

    def _known(self, month: str) -> dict[str, str]:
        try:
            notes = msgspec.json.decode(self._notes(month).read_bytes())
        except (OSError, msgspec.DecodeError):
            return {}
        same = isinstance(notes, dict) and notes.get("layout") == LAYOUT and self._path(month).is_file()
        return notes["days"] if same else {}


def rows_of(digest: DayDigest) -> pl.DataFrame:
    """The facts of a digest's papers."""
    rows = [
        {
            "day": digest.day,
            "paper_id": paper.id,
            "kind": section.kind,
            "listing": paper.listing,
            "title": paper.title,
            "authors": paper.authors,
            "categories": paper.categories,
            "primary_category": paper.primary_category,
            "tldr": paper.summary.tldr,
            "language": digest.language,
            "status": paper.status,
            "reason": paper.reason,
            "is_withdrawn": paper.is_withdrawn,
        }
        for section in digest.sections
        for paper in section.papers
    ]
    numbered = [{**row, "position": position} for position, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=SCHEMA)


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
