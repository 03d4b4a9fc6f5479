"""A whole column of identifiers is taken apart as each of them is."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.calendar.id_columns import ID_PARTS, id_columns
from assets.calendar.ids import parse_id

SPELLINGS = [
    "2503.00001", "2503.0001", "0704.0001", "0703.0001", "1412.1234", "1501.12345", "1501.1234", "2513.00001",
    "2503.00000", "hep-th/9901001", "hep-th/0704001", "math.GT/0309136", "math/0309136", "foo/0309136",
    "hep-th/9913001", "hep-th/9012001", "hep-th/9112000", "solv-int/9901001v3", "CS/0703123", "q-bio/0703123",
    "arXiv:2503.00001v2", " 2503.00001 ", "2503.00001\n", "https://arxiv.org/abs/2503.00001", "2503.00001v0", "",
]  # fmt: skip


@st.composite
def spelled(draw: st.DrawFn) -> str:
    text = list(draw(st.sampled_from(SPELLINGS)))
    for _ in range(draw(st.integers(0, 2)) if text else 0):
        text[draw(st.integers(0, len(text) - 1))] = draw(st.sampled_from("0123456789./abcv-２ "))
    return "".join(text)


@given(st.lists(st.none() | spelled(), max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_column_gives_what_each_identifier_gives(texts: list[str | None]) -> None:
    found = id_columns(pl.Series(texts, dtype=pl.String()))
    assert found.schema == ID_PARTS
    for text, row in zip(texts, found.iter_rows(), strict=True):
        identifier = None if text is None else parse_id(text)
        assert row == tuple(getattr(identifier, name, None) for name in ID_PARTS), text


def test_every_spelling_is_read() -> None:
    found = id_columns(pl.Series(SPELLINGS))["paper_id"]
    assert found.to_list() == [one.paper_id if (one := parse_id(text)) else None for text in SPELLINGS]
    assert found.null_count() == 12
