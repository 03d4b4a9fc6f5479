"""Author strings as names."""

import pytest

from assets.papers.names import author_lists, split_names

AFFILIATIONS = (
    "A. S. Mishchenko (1 and 2) and N. Nagaosa (1 and 3) ((1) CREST, Japan Science and Technology Agency,"
    " (2) Russian Research Centre, (3) The University of Tokyo)"
)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ann Author, Bob Writer and Cy Penn", ["Ann Author", "Bob Writer", "Cy Penn"]),
        (AFFILIATIONS, ["A. S. Mishchenko", "N. Nagaosa"]),
        ("A. One (MIT, Cambridge), B. Two (ETH; EPFL)", ["A. One", "B. Two"]),
        ("Robert W. Heath, Jr., Jiezhang Cao III", ["Robert W. Heath Jr.", "Jiezhang Cao III"]),
        ("NVIDIA, :, Hassan Abu, . Patrick Fair", ["NVIDIA", "Hassan Abu", ". Patrick Fair"]),
        ("Lei Cao and, Naichen Shi, and Anders Andersson", ["Lei Cao", "Naichen Shi", "Anders Andersson"]),
        ("The BABAR Collaboration: B. Aubert, et al", ["The BABAR Collaboration", "B. Aubert"]),
        ("The CMS and LHCb Collaborations: V. Khachatryan", ["The CMS and LHCb Collaborations", "V. Khachatryan"]),
        ("D. Peressounko (for the PHENIX Collaboration)", ["D. Peressounko", "PHENIX Collaboration"]),
        ("Yong Yang, On behalf of PandaX-II Collaboration", ["Yong Yang", "PandaX-II Collaboration"]),
        ("A. Deisting for the ALICE Collaboration, B. Two", ["A. Deisting", "B. Two", "ALICE Collaboration"]),
        ("X. Yes, the T2K Collaboration, for the T2K Collaboration", ["X. Yes", "the T2K Collaboration"]),
        ("A & B; C \\& D", ["A", "B", "C", "D"]),
        ("John {Doe, and Sons}, Jane Roe", ["John {Doe, and Sons}", "Jane Roe"]),
        ("Foo Bar (MIT, never closed", ["Foo Bar"]),
        (" , ; and", []),
    ],
)
def test_a_string_is_cut_into_names(authors: str, names: list[str]) -> None:
    assert split_names(authors) == names


def test_names_are_in_letters_and_keep_their_tex_beside_them() -> None:
    names, tex = author_lists("C. Bal\\'azs, {\\O}. Two$^{1,2}$, Thomas Adams \\ast, . Pat Fair", None)
    assert names == ["C. Balázs", "Ø. Two", "Thomas Adams", "Pat Fair"]
    assert tex == ["C. Bal\\'azs", "{\\O}. Two$^{1,2}$", "Thomas Adams \\ast", ". Pat Fair"]


def test_what_the_source_has_parsed_is_believed() -> None:
    parsed = [["Balázs", "C.", ""], ["van der Tak", "Floris", "", "SRON"], ["Yuan", "C. -P.", "Jr."]]
    names, tex = author_lists("C. Bal\\'azs, Floris van der Tak (SRON), C.-P. Yuan Jr.", parsed)
    assert names == ["C. Balázs", "Floris van der Tak", "C.-P. Yuan Jr."]
    assert tex == ["C. Bal\\'azs", "Floris van der Tak", "C.-P. Yuan Jr."]


def test_a_collaboration_in_parentheses_is_an_author_even_if_the_parsed_list_lacks_it() -> None:
    names, tex = author_lists("D. Peressounko (for the PHENIX Collaboration)", [["Peressounko", "D.", ""]])
    assert names == tex == ["D. Peressounko", "PHENIX Collaboration"]


@pytest.mark.parametrize("parsed", [None, [], "x", [[]], [["A", 1]], [{"last": "A"}], ["Ann"], [[None, "A", ""]]])
def test_an_unsound_parsed_list_gives_way_to_the_string(parsed: object) -> None:
    assert author_lists("Ann Author, Bob Writer", parsed) == (["Ann Author", "Bob Writer"],) * 2


def test_thousands_of_authors_keep_order_and_number() -> None:
    people = [f"A{chr(97 + n % 26)}. Person{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(4_000)]
    names, tex = author_lists(", ".join(people), None)
    assert names == tex == people


def test_no_names_are_two_empty_lists() -> None:
    assert author_lists("", None) == ([], [])
    assert author_lists(None, []) == ([], [])
