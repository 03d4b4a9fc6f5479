from datetime import date

import pytest

from assets.digests.wording import author_list, count, long_date, where_listed


@pytest.mark.parametrize(
    ("authors", "text"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B, C +1"),
        (["A"] * 3303, "A, A, A +3,300"),
    ],
)
def test_authors_are_named_up_to_a_limit(authors: list[str], text: str) -> None:
    assert author_list(authors, at_most=3) == text


def test_counts_agree_with_their_noun() -> None:
    assert count(1, "paper") == "1 paper"
    assert count(0, "paper") == "0 papers"
    assert count(1227, "summary", "summaries") == "1,227 summaries"


def test_dates_are_written_out() -> None:
    assert long_date(date(2025, 12, 8)) == "Monday, 8 December 2025"


@pytest.mark.parametrize(
    ("source_ref", "shown"),
    [
        ("/home/ada/my data/listing.jsonl.zst:12", "listing.jsonl.zst:12"),
        ("~/listing.jsonl, line 3", "listing.jsonl, line 3"),
        (r"C:\data\listing.jsonl:3", "listing.jsonl:3"),
        ("listing.jsonl:3", "listing.jsonl:3"),
        ("oai:arXiv.org:math/0101001", "oai:arXiv.org:math/0101001"),
        ("https://export.arxiv.org/api/query?id_list=/a:3", "https://export.arxiv.org/api/query?id_list=/a:3"),
    ],
)
def test_a_page_names_the_file_of_a_record_and_no_folder_of_the_machine(source_ref: str, shown: str) -> None:
    assert where_listed(source_ref) == shown
