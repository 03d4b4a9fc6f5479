"""Categories: aliases, what is no category, and the setting of those that are followed."""

import pytest

from assets import categories
from assets.errors import SettingsError


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("math.MP", "math-ph"),
        ("stat.TH", "math.ST"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cs.SY", "eess.SY"),
        ("cs.NA", "math.NA"),
        ("cmp-lg", "cs.CL"),
        ("alg-geom", "math.AG"),
        ("chao-dyn", "nlin.CD"),
        ("supr-con", "cond-mat.supr-con"),
    ],
)
def test_aliases_and_subsumed_archives_become_canonical(code: str, same: str) -> None:
    assert categories.canonical(code) == same


@pytest.mark.parametrize(
    "code", ["cs.LG", "hep-th", "quant-ph", "astro-ph", "cond-mat", "math-ph", "q-bio", "astro-ph.CO", "econ.GN"]
)
def test_a_category_is_itself(code: str) -> None:
    assert categories.canonical(code) == code


@pytest.mark.parametrize(
    "code",
    ["I.2.7", "I.2.7;", "68T50", "68T50,", "(Primary)", "cs", "math", "cs.XX", "CS.LG", "cs.lg", "", "test.soft"],
)
def test_what_is_no_category_of_arxivs_is_none(code: str) -> None:
    assert categories.canonical(code) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("cs.LG stat.ML", ["cs.LG", "stat.ML"]),
        ("math.NA cs.NA", ["math.NA"]),
        ("cs.NA cs.LG math.NA", ["math.NA", "cs.LG"]),
        ("cs.CL I.2.7; I.2.6", ["cs.CL"]),
        ("math.PR 60G15, 62H30 (Primary), 68T07 (Secondary)", ["math.PR"]),
        ("cs.LG, cs.AI;stat.ML\n", ["cs.LG", "cs.AI", "stat.ML"]),
        ("68T50", []),
        ("", []),
    ],
)
def test_given_categories_are_read_in_order_without_repeats_and_foreign_codes(given: str, expected: list[str]) -> None:
    assert categories.parse_given(given) == expected


def test_names_are_arxivs() -> None:
    assert categories.name("cs.LG") == "Machine Learning"
    assert categories.name("math-ph") == categories.name("math.MP") == "Mathematical Physics"
    assert categories.name("cs") == "Computer Science"
    with pytest.raises(KeyError):
        categories.name("cs.XX")


def test_every_canonical_category_has_a_name_and_an_archive_and_is_listed_once() -> None:
    codes = categories.all_categories()
    assert len(codes) == len(set(codes)) > 150
    for code in codes:
        assert categories.canonical(code) == code
        assert categories.name(code)
        assert categories.archive(code) in categories.archives()
    assert "cs.NA" not in codes
    assert "cmp-lg" not in codes


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("cs.LG,stat.ML", {"cs.LG", "stat.ML"}),
        ("cs.LG stat.ML", {"cs.LG", "stat.ML"}),
        (" cs.LG , stat.ML, ", {"cs.LG", "stat.ML"}),
        ("CS.lg", {"cs.LG"}),
        ("cs.NA,cmp-lg", {"math.NA", "cs.CL"}),
        ("hep-th", {"hep-th"}),
        ("COND-MAT.mtrl-sci", {"cond-mat.mtrl-sci"}),
    ],
)
def test_followed_categories_are_separated_by_commas_or_spaces(setting: str, expected: set[str]) -> None:
    assert categories.followed(setting) == frozenset(expected)


def test_an_archive_stands_for_all_that_it_lists() -> None:
    cs = categories.followed("cs")
    assert cs is not None
    assert {"cs.LG", "cs.CL", "math.NA", "eess.SY"} <= cs
    assert "stat.ML" not in cs
    astro = categories.followed("astro-ph")
    assert astro is not None
    assert {"astro-ph", "astro-ph.CO", "astro-ph.SR"} <= astro


@pytest.mark.parametrize("setting", ["all", "ALL", "cs.LG, all"])
def test_all_follows_everything(setting: str) -> None:
    assert categories.followed(setting) is None


@pytest.mark.parametrize(
    ("setting", "word", "close"), [("cs.LG,cs.LQ", "cs.LQ", "cs.LG"), ("astroph", "astroph", "astro-ph")]
)
def test_an_unknown_word_is_named_with_the_closest_known_ones(setting: str, word: str, close: str) -> None:
    with pytest.raises(SettingsError) as error:
        categories.followed(setting)
    sentence = str(error.value)
    assert "ALMANAC_CATEGORIES" in sentence
    assert repr(word) in sentence
    assert close in sentence.split("closest")[1]


def test_an_unknown_word_beside_all_is_refused_too() -> None:
    with pytest.raises(SettingsError, match="nonsense"):
        categories.followed("all nonsense")


@pytest.mark.parametrize("setting", ["", "  ", " , ;"])
def test_an_empty_setting_is_refused(setting: str) -> None:
    with pytest.raises(SettingsError, match="ALMANAC_CATEGORIES is empty"):
        categories.followed(setting)


def test_all_spellings_of_a_category_are_known_for_asking_the_source() -> None:
    assert set(categories.spellings("math.NA")) == {"cs.NA", "math.NA"}
    assert categories.spellings("cs.LG") == ("cs.LG",)
