"""The rule by which all sources keep a record, and the table that a listing becomes."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import DayListing, RawRecord, frame, is_followed

FOLLOWED = frozenset({"cs.LG", "math.NA"})


@pytest.mark.parametrize(
    "categories",
    ["cs.LG", "cs.CV cs.LG", "cs.NA", "hep-th cs.NA math.NA", ["cs.CV", "cs.LG"], ["cs.CV cs.LG"]],
)
def test_a_record_in_a_followed_category_goes_on(categories: object) -> None:
    assert is_followed(json.dumps({"id": "2503.00001", "categories": categories}), FOLLOWED)


@pytest.mark.parametrize("categories", ["", "I.2.7; 68T50", None, [], 7, "cs.XX"])
def test_a_record_without_any_known_category_goes_on(categories: object) -> None:
    assert is_followed(json.dumps({"id": "2503.00001", "categories": categories}), FOLLOWED)


@pytest.mark.parametrize("text", ["{", "", "[1]", '{"title": "no categories"}', '{"categories": "cs.CV"'])
def test_an_unreadable_record_goes_on(text: str) -> None:
    assert is_followed(text, FOLLOWED)


def test_a_record_in_other_categories_only_is_left_unless_all_are_followed() -> None:
    text = json.dumps({"categories": "cs.CV 68T50 hep-th"})
    assert not is_followed(text, FOLLOWED)
    assert is_followed(text, None)


def test_a_listing_becomes_rows_in_its_order() -> None:
    day = dt.date(2025, 3, 4)
    fetched = dt.datetime(2025, 3, 4, 6, tzinfo=dt.UTC)
    records = [
        RawRecord("2503.00002", "new", "{}", "listed", "x:2"),
        RawRecord(None, "new", "torn", "id order", "x:3"),
    ]
    rows = frame(DayListing(day, records), "snapshot", fetched)
    assert rows.schema == RAW_LISTINGS.polars_schema
    assert rows.rows() == [
        (day, 0, "2503.00002", "new", "{}", "listed", "snapshot", "x:2", fetched),
        (day, 1, None, "new", "torn", "id order", "snapshot", "x:3", fetched),
    ]
    assert frame(DayListing(day, []), "snapshot", fetched).schema == RAW_LISTINGS.polars_schema
