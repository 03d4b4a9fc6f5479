"""From raw records to papers: cleaning, validation and the merging of duplicates within a day.

Every raw row ends in exactly one of the two frames: as a paper, or as a rejected paper with the
field, the rule and the value that kept it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets import categories
from assets.calendar.ids import parse_id
from assets.listings.schema import LISTING_KINDS
from assets.papers.columns import papers_frame
from assets.papers.names import author_lists
from assets.papers.ordinary import ordinary_papers
from assets.papers.record import Problem, Record, read_record
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.papers.tex import to_text
from assets.papers.text import fold, fold_or_none
from assets.papers.validate import failures
from assets.papers.withdrawn import is_withdrawn

Row = dict[str, Any]

_LONGEST_VALUE = 500
_REMEDY = "correct the record at its source and make the day again"


def clean_day(raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Papers and rejected papers of one or more days of `raw_listings`.

    Takes a frame of RAW_LISTINGS; returns a frame of PAPERS and one of REJECTED_PAPERS, both in the
    order of day and position, with as many rows in all as `raw` has. Raises nothing for a bad
    record, whatever it holds.
    """
    order = raw.select(pl.struct("day", "position")).to_series()
    raw = raw if order.is_sorted() else raw.sort("day", "position", maintain_order=True)
    frame = ordinary_papers(raw)
    others = pl.int_range(raw.height, dtype=pl.UInt32, eager=True).to_frame("place").join(frame, on="place", how="anti")
    places: list[int] = []
    papers: list[Row] = []
    rejections: dict[int, Row] = {}
    for place in others["place"].sort():
        raw_row = raw.row(place, named=True)
        paper, problems = clean_record(raw_row)
        if paper is None:
            rejections[place] = _rejection(raw_row, problems)
        else:
            places.append(place)
            papers.append(paper)
    if papers:
        odd = papers_frame(papers).with_columns(pl.Series("place", places, dtype=pl.UInt32))
        frame = pl.concat([frame, odd]).sort("place")
    frame = _accepted(frame, raw, rejections)
    frame = _merged(frame, raw, rejections)
    return frame.drop("place"), REJECTED_PAPERS.frame([rejections[place] for place in sorted(rejections)])


def clean_record(raw_row: Mapping[str, Any]) -> tuple[Row | None, list[Problem]]:
    """One row of `raw_listings` as a row of `papers`, or the reasons why it cannot be one.

    Cleaned, not validated yet and not compared with other rows.
    """
    record, problems = read_record(raw_row["record"])
    if record is None:
        return None, problems
    texts = record.texts
    wrong = {problem.field for problem in problems}
    identifier = parse_id(texts["id"])
    if identifier is None and "id" not in wrong:
        problems.append(Problem("id", "valid_id", texts["id"] or None, "the id is no arXiv identifier"))
    title_tex = fold(texts["title"])
    title = to_text(title_tex)
    abstract = to_text(fold(texts["abstract"]))
    authors, authors_tex = author_lists(fold(texts["authors"]), record.authors_parsed)
    for name, found in (("title", title), ("abstract", abstract), ("authors", authors)):
        if not found and name not in wrong:
            problems.append(Problem(name, "not_empty", texts[name] or None, f"the field {name} is empty"))
    given = fold(texts["categories"])
    known = categories.parse_given(given)
    if not known and "categories" not in wrong:
        what = f"none of the categories {given!r} is one of arXiv's" if given else "the field categories is empty"
        problems.append(Problem("categories", "known_category", given or None, what))
    if problems or identifier is None:
        return None, problems
    return {
        **_listing_fields(raw_row),
        "paper_id": identifier.paper_id,
        "version": record.versions[-1][0] if record.versions else identifier.version,
        "title": title,
        "title_tex": title_tex,
        "abstract": abstract,
        "authors": authors,
        "authors_tex": authors_tex,
        "categories": known,
        "categories_given": given,
        "primary_category": known[0],
        **_optional_fields(record, abstract),
    }, []


def _listing_fields(raw_row: Mapping[str, Any]) -> Row:
    return {name: raw_row[name] for name in ("day", "announced_by", "source", "listing")}


def _optional_fields(record: Record, abstract: str) -> Row:
    texts = record.texts
    comment = _text_or_none(texts["comments"])
    return {
        "submitted_at": dict(record.versions).get(1),
        "comment": comment,
        "journal_ref": _text_or_none(texts["journal-ref"]),
        "doi": fold_or_none(texts["doi"]),
        "license": fold_or_none(texts["license"]),
        "report_no": fold_or_none(texts["report-no"]),
        "is_withdrawn": is_withdrawn(comment, abstract),
        "versions": [{"version": number, "created": created} for number, created in record.versions],
    }


def _text_or_none(text: str | None) -> str | None:
    """Cleaned like an abstract, which it can be as full of TeX as; NULL for a text that has nothing in it."""
    return to_text(fold(text)) or None if text else None


def _accepted(frame: pl.DataFrame, raw: pl.DataFrame, rejections: dict[int, Row]) -> pl.DataFrame:
    """The papers that pandera accepts; the others go to the rejections. `place` is the row in `raw`."""
    places = frame.get_column("place")
    broken: dict[int, list[Problem]] = {}
    for failure in failures(frame.drop("place")):
        what = f"the field {failure.field} {failure.meaning} when cleaned"
        broken.setdefault(places[failure.row], []).append(Problem(failure.field, failure.rule, failure.value, what))
    if not broken:
        return frame
    for place, problems in broken.items():
        rejections[place] = _rejection(raw.row(place, named=True), problems)
    return frame.filter(~places.is_in(list(broken)))


def _merged(frame: pl.DataFrame, raw: pl.DataFrame, rejections: dict[int, Row]) -> pl.DataFrame:
    """One paper for each id of a day; the other rows go to the rejections.

    The highest version wins and of equal ones the later row, which is the source's last word. It
    takes over the categories and versions that only the others name, and "new" if one of them says so.
    """
    repeated = frame.filter(pl.struct("day", "paper_id").is_duplicated())
    if repeated.is_empty():
        return frame
    winners: list[Row] = []
    for group in repeated.partition_by("day", "paper_id", maintain_order=True):
        rows = group.rows(named=True)
        winner = max(rows, key=lambda row: (row["version"] or 0, row["place"]))
        position = raw["position"][winner["place"]]
        others = [row for row in rows if row is not winner]
        for row in others:
            raw_row = raw.row(row["place"], named=True)
            what = f"the paper is listed again at position {raw_row['position']}; merged into position {position}"
            problem = Problem("id", "duplicate", row["paper_id"], what)
            rejections[row["place"]] = _rejection(raw_row, [problem], remedy="nothing is to be done")
        winners.append(_united(winner, others))
    united = papers_frame([{name: row[name] for name in PAPERS.polars_schema} for row in winners])
    united = united.with_columns(pl.Series("place", [row["place"] for row in winners], dtype=pl.UInt32))
    # A merged paper is a new paper: it passes the gate like any other.
    united = _accepted(united, raw, rejections)
    single = frame.filter(~pl.struct("day", "paper_id").is_duplicated())
    return pl.concat([single, united]).sort("place")


def _united(winner: Row, others: Sequence[Row]) -> Row:
    everyone = [winner, *others]
    versions: dict[int, object] = {}
    for paper in everyone:
        for version in paper["versions"]:
            versions.setdefault(version["version"], version)
    return {
        **winner,
        "categories": list(dict.fromkeys(category for paper in everyone for category in paper["categories"])),
        "listing": min((paper["listing"] for paper in everyone), key=_rank),
        "versions": [versions[number] for number in sorted(versions)],
        "submitted_at": next((paper["submitted_at"] for paper in everyone if paper["submitted_at"]), None),
    }


def _rank(listing: str) -> int:
    return LISTING_KINDS.index(listing) if listing in LISTING_KINDS else len(LISTING_KINDS)


def _rejection(raw_row: Mapping[str, Any], problems: Sequence[Problem], remedy: str = _REMEDY) -> Row:
    first = problems[0]
    reason = ", and ".join(problem.what for problem in problems)
    return {
        "day": raw_row["day"],
        "position": raw_row["position"],
        "paper_id": raw_row["paper_id"],
        "field": first.field,
        "rule": first.rule,
        "value": None if first.value is None else first.value[:_LONGEST_VALUE],
        "reason": f"{reason[:1].upper()}{reason[1:]}: {remedy}.",
        "source": raw_row["source"],
        "source_ref": raw_row["source_ref"],
    }
