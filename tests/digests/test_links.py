import pytest

from assets.digests.links import abstract_url, html_url, pdf_url


def test_addresses_name_the_version_where_it_is_known() -> None:
    assert abstract_url("2601.20868", 2) == "https://arxiv.org/abs/2601.20868v2"
    assert pdf_url("2601.20868", None) == "https://arxiv.org/pdf/2601.20868"
    assert html_url("2601.20868", 1) == "https://arxiv.org/html/2601.20868v1"


def test_old_ids_keep_their_slash() -> None:
    assert abstract_url("hep-th/9901001", 3) == "https://arxiv.org/abs/hep-th/9901001v3"


@pytest.mark.parametrize(
    ("paper_id", "has_html"),
    [("2311.99999", False), ("2312.00001", True), ("0704.0001", False), ("math.GT/0309136", False)],
)
def test_html_is_linked_only_where_arxiv_makes_it(paper_id: str, has_html: bool) -> None:
    assert (html_url(paper_id, 1) is not None) == has_html


def test_an_id_cannot_leave_arxiv_or_end_a_link() -> None:
    assert abstract_url('1) [x](javascript:a) "<b>@evil.example/', None) == (
        "https://arxiv.org/abs/1%29%20%5Bx%5D%28javascript%3Aa%29%20%22%3Cb%3E%40evil.example/"
    )
