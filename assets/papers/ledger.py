"""The ledger of a day: what the source announced, what was fetched, what was kept, and why they differ.

Nothing here is set to make the sums right. The counts come from four places (the source's own
count, the receipts of what it returned, `raw_listings`, and `papers` with `rejected_papers`), and
what remains after every known reason is `unexplained`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from assets.categories import all_categories
from assets.listings.source import categories_of
from assets.papers.schema import EVERYTHING, LISTING_LEDGER

NAMED_AT_MOST = 20
"""Papers that one explanation names; the rest is counted."""

Row = dict[str, Any]


@dataclass(frozen=True)
class DayTables:
    """What the lake holds of a day, and what `raw_listings` notes of how it was made."""

    day: dt.date
    receipts: pl.DataFrame
    raw: pl.DataFrame
    papers: pl.DataFrame
    rejected: pl.DataFrame
    notes: Mapping[str, str]

    @cached_property
    def listed(self) -> list[Row]:
        """The rows of `raw_listings` with their `categories`, and whether they were `rejected`."""
        rejected = set(self.rejected["position"])
        rows = self.raw.select("position", "paper_id", "listing", "source_ref", "record").iter_rows(named=True)
        return [
            {**row, "categories": categories_of(row["record"]), "rejected": row["position"] in rejected} for row in rows
        ]

    @cached_property
    def fetched(self) -> list[Row]:
        """The rows of `listing_receipts`."""
        return self.receipts.rows(named=True)

    @cached_property
    def kept(self) -> list[Row]:
        """The rows of `papers`, as far as they are needed here."""
        return self.papers.select("paper_id", "listing", "categories", "primary_category").rows(named=True)

    @cached_property
    def lost(self) -> list[tuple[str, tuple[str, ...]]]:
        """Records that are where they should not be missing: their name with the stage, and their categories."""
        return [*self._lost_before_the_lake(), *self._lost_in_cleaning()]

    @cached_property
    def gained(self) -> list[tuple[str, tuple[str, ...]]]:
        """Records that came from nowhere, likewise."""
        fetched = Counter(map(_key, self._receipts_of("listed")))
        listed = {row["paper_id"] for row in self.listed if not row["rejected"]}
        return [
            *(
                (f"{_name(row)} (in raw_listings, but never fetched)", row["categories"])
                for row in _beyond(self.listed, fetched)
            ),
            *(
                (f"{_name(row)} (in papers, but not in raw_listings)", tuple(row["categories"]))
                for row in self.kept
                if row["paper_id"] not in listed
            ),
        ]

    def _lost_before_the_lake(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        stored = Counter(map(_key, self.listed))
        for row in _beyond(self._receipts_of("listed"), stored):
            yield f"{_name(row)} (fetched, but not in raw_listings)", tuple(row["categories"])

    def _lost_in_cleaning(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        kept = {row["paper_id"] for row in self.kept}
        for row in self.listed:
            if not row["rejected"] and row["paper_id"] not in kept:
                yield f"{_name(row)} (in raw_listings, but in neither papers nor rejected_papers)", row["categories"]

    def _receipts_of(self, fate: str) -> list[Row]:
        return [row for row in self.fetched if row["fate"] == fate]


def ledger_rows(tables: DayTables, followed: frozenset[str] | None) -> pl.DataFrame:
    """The rows of LISTING_LEDGER of a day: the whole listing, then the followed categories (None: all), by name."""
    categories = sorted(followed if followed is not None else all_categories())
    fetched, listed, kept = (_by_category(rows) for rows in (tables.fetched, tables.listed, tables.kept))
    rows = [_row(tables, followed, None, tables.fetched, tables.listed, tables.kept)]
    rows += [
        _row(tables, followed, category, fetched.get(category, []), listed.get(category, []), kept.get(category, []))
        for category in categories
    ]
    return LISTING_LEDGER.frame(rows)


def unexplained(ledger: pl.DataFrame, tables: DayTables) -> list[str]:
    """A sentence for every row of a day's ledger that does not add up, and for lost records that no such row names."""
    problems = [
        f"{row['day']}, {row['category']}: {row['explanation']}."
        for row in ledger.filter(pl.col("unexplained") != 0).iter_rows(named=True)
    ]
    named = " ".join(problems)
    return problems + [f"{tables.day}: {name}." for name, _ in [*tables.lost, *tables.gained] if name not in named]


def _row(
    tables: DayTables,
    followed: frozenset[str] | None,
    category: str | None,
    receipts: Sequence[Row],
    listed: Sequence[Row],
    papers: Sequence[Row],
) -> Row:
    """The row of a category (None: of everything) from the records, listed rows and papers that belong to it."""
    fates = Counter(row["fate"] for row in receipts)
    rejected = sum(row["rejected"] for row in listed)
    from_others = sum(row["fate"] == "listed" and row["other_day"] is not None for row in receipts)
    announced = _announced(tables.notes, category)
    merged = _merged_into(papers, listed) if category else 0
    replaced = sum(paper["listing"].startswith("replace") for paper in papers)
    new = sum(paper["listing"] == "new" and _is_primary(paper, followed, category) for paper in papers)
    difference = (len(receipts) if announced is None else announced) - len(papers)
    reasons = fates["other day"] + fates["repeated"] + fates["not followed"] + rejected - merged
    if announced is not None:
        reasons -= from_others
    row: Row = {
        "day": tables.day,
        "category": category or EVERYTHING,
        "source": tables.notes.get("source", "unknown"),
        "fallback_for": tables.notes.get("fallback_for"),
        "announced": announced,
        "fetched": len(receipts),
        "from_other_days": from_others,
        "to_other_days": fates["other day"],
        "repeated": fates["repeated"],
        "not_followed": fates["not followed"],
        "rejected": rejected,
        "kept": len(papers),
        "new": new,
        "cross_listed": len(papers) - new - replaced,
        "replaced": replaced,
        "difference": difference,
        "unexplained": difference - reasons,
    }
    rules = _rules(tables, listed)
    return {**row, "explanation": "; ".join(_explanation(row, receipts, rules, merged, tables, category)) or None}


def _explanation(
    row: Row,
    receipts: Sequence[Row],
    rules: Mapping[str, int],
    merged: int,
    tables: DayTables,
    category: str | None,
) -> Iterator[str]:
    if row["fallback_for"]:
        yield f"{row['source']} stood in for {row['fallback_for']}, which did not answer"
    if row["from_other_days"]:
        held = [one for one in receipts if one["fate"] == "listed" and one["other_day"]]
        yield f"{row['from_other_days']} held over from earlier days: {_named(map(_name, held))}"
    if row["to_other_days"]:
        away = [one for one in receipts if one["fate"] == "other day"]
        places = [f"{_name(one)} ({one['other_day'] or 'not placed'})" for one in away]
        yield f"{row['to_other_days']} belong to other days: {_named(places)}"
    if row["repeated"]:
        yield f"{row['repeated']} given more than once by the source"
    if row["not_followed"]:
        yield f"{row['not_followed']} outside of the followed categories"
    if row["rejected"]:
        yield f"{row['rejected']} rejected ({', '.join(f'{rule} {count}' for rule, count in sorted(rules.items()))})"
    if merged:
        yield f"{merged} in the category by a repeated record only"
    if row["unexplained"]:
        yield f"{row['unexplained']} unexplained"
    for what, found in (("lost", tables.lost), ("from nowhere", tables.gained)):
        if names := [name for name, categories in found if _in(category, categories)]:
            yield f"{what}: {_named(names)}"


def _rules(tables: DayTables, listed: Sequence[Row]) -> Counter[str]:
    """Rejected records by the first rule that they break."""
    rule_of = dict(reversed(tables.rejected.select("position", "rule").rows()))
    return Counter(rule_of[row["position"]] for row in listed if row["rejected"])


def _announced(notes: Mapping[str, str], category: str | None) -> int | None:
    if category is None:
        return int(notes["announced"]) if "announced" in notes else None
    if "announced_by_category" not in notes:
        return None
    return int(json.loads(notes["announced_by_category"]).get(category, 0))


def _is_primary(paper: Row, followed: frozenset[str] | None, category: str | None) -> bool:
    if category is not None:
        return bool(paper["primary_category"] == category)
    return followed is None or paper["primary_category"] in followed


def _merged_into(papers: Sequence[Row], listed: Sequence[Row]) -> int:
    """Papers that are in a category only because a repeated record of theirs, merged into them, names it."""
    own = {row["paper_id"] for row in listed if not row["rejected"]}
    merged = {row["paper_id"] for row in listed if row["rejected"]} - own
    return sum(paper["paper_id"] in merged for paper in papers)


def _by_category(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for category in row["categories"]:
            found.setdefault(category, []).append(row)
    return found


def _in(category: str | None, categories: Iterable[str]) -> bool:
    return category is None or category in categories


def _key(row: Row) -> tuple[str | None, str, str]:
    return row["paper_id"], row["listing"], row["source_ref"]


def _beyond(rows: Iterable[Row], counted: Counter[tuple[str | None, str, str]]) -> Iterator[Row]:
    """The rows that are more than what was counted."""
    left = counted.copy()
    for row in rows:
        left[_key(row)] -= 1
        if left[_key(row)] < 0:
            yield row


def _name(row: Row) -> str:
    return str(row["paper_id"] or f"a record without id at {row['source_ref']}")


def _named(names: Iterable[str]) -> str:
    names = list(names)
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
