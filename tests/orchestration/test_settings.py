"""Settings: defaults, overrides, a .env file, and names that are no setting."""

from pathlib import Path

import pytest

from assets.errors import SettingsError
from assets.listings.fallback import FallbackSource
from assets.preferences import NOBODY
from assets.warehouse.object_store import ObjectStore
from orchestration.resources import listing_source, site_options
from orchestration.settings import Settings, load_settings, unknown_variables

README = Path(__file__).parents[2] / "README.md"


def test_the_defaults_make_the_sample_below_this_folder(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.source == "sample"
    assert settings.home == tmp_path / "almanac-data"
    assert settings.lake_root == tmp_path / "almanac-data" / "lake"
    assert settings.preferences().categories == {"cs.LG", "stat.ML"}


def test_a_dotenv_file_counts_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ALMANAC_CATEGORIES=cs.CL\nALMANAC_COMPLETENESS=0.5\nOTHER=1\n")
    monkeypatch.setenv("ALMANAC_COMPLETENESS", "0.75")
    settings = load_settings()
    assert settings.preferences().categories == {"cs.CL"}
    assert settings.completeness == 0.75


def test_all_categories_and_whole_archives_can_be_followed() -> None:
    assert load_settings(categories="all").preferences().categories is None
    archive = load_settings(categories="hep-th, econ").preferences().categories
    assert archive is not None
    assert {"hep-th", "econ.GN", "econ.EM"} <= archive


def test_a_mistyped_variable_is_found_with_the_name_that_was_meant() -> None:
    assert unknown_variables({"ALMANAC_CATEGORY": "x", "HOME": "/", "ALMANAC_HOME": "/a"}) == {
        "ALMANAC_CATEGORY": "ALMANAC_CATEGORIES"
    }


def test_a_lake_elsewhere_is_a_folder_path(tmp_path: Path) -> None:
    assert load_settings(lake_url=f"file://{tmp_path}/lake").lake_root == tmp_path / "lake"


@pytest.mark.parametrize("name", ["papers [new]", "all*", "what?"])
def test_a_folder_that_a_query_would_take_for_a_pattern_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / name
    with pytest.raises(SettingsError, match="ALMANAC_HOME puts the lake into") as raised:
        load_settings(home=folder)
    assert str(folder) in str(raised.value)
    with pytest.raises(SettingsError, match="ALMANAC_LAKE_URL puts the lake into"):
        load_settings(lake_url=str(folder))
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(SettingsError, match="ALMANAC_HOME puts the lake into"):
        load_settings()
    assert load_settings(lake_url=str(tmp_path / "lake")).lake_root == tmp_path / "lake"
    assert load_settings(lake_url="s3://papers").home == folder / "almanac-data"


def test_a_lake_in_an_object_store_has_a_bucket_a_prefix_and_the_keys_of_the_environment() -> None:
    store = load_settings(
        lake_url="s3://papers/all/of/it/", access_key_id="a", secret_access_key="b", endpoint_url="https://store"
    ).lake_root
    assert store == ObjectStore("papers", "all/of/it", "https://store", None, "a", "b", None)
    assert str(store) == "s3://papers/all/of/it"
    near = load_settings(lake_url="s3://papers", endpoint_url="https://a", s3_endpoint_url="http://127.0.0.1:1")
    assert near.lake_root == ObjectStore("papers", "", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lake_url": "s3://key:hidden@papers/lake"}, "ALMANAC_LAKE_URL names no bucket and prefix"),
        ({"lake_url": "s3:///lake"}, "ALMANAC_LAKE_URL names no bucket and prefix"),
        ({"lake_url": "s3://papers/[lake]"}, "ALMANAC_LAKE_URL names no bucket and prefix"),
        ({"lake_url": "s3://papers", "secret_access_key": "hidden"}, "go together: set both, or neither"),
        ({"lake_url": "s3://papers", "endpoint_url": "store:9000"}, "AWS_ENDPOINT_URL must be the address of a store"),
        ({"lake_url": "s3://papers", "s3_endpoint_url": "http://a:hidden@b"}, "AWS_ENDPOINT_URL_S3 must be"),
    ],
)
def test_a_wrong_object_store_is_told_without_its_secret(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        load_settings(**given)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        ("oai", "auto", "api"),
        ("api", "auto", "oai"),
        ("rss", "auto", "oai"),
        ("snapshot", "auto", None),
        ("sample", "auto", None),
        ("oai", "none", None),
        ("oai", "rss", "rss"),
    ],
)
def test_the_source_that_stands_in(source: str, given: str, expected: str | None) -> None:
    settings = load_settings(source=source, fallback_source=given)
    assert settings.fallback == expected
    if source in ("oai", "api", "rss"):
        made = listing_source(settings)
        assert made.name == source
        assert (made.second.name if isinstance(made, FallbackSource) else None) == expected


def test_a_source_cannot_stand_in_for_itself() -> None:
    with pytest.raises(SettingsError, match="ALMANAC_FALLBACK_SOURCE is 'oai', which is ALMANAC_SOURCE itself"):
        load_settings(source="oai", fallback_source="oai")


def test_the_address_of_the_site_is_an_address() -> None:
    assert site_options(load_settings(site_url="https://example.org/almanac")).url == "https://example.org/almanac/"
    assert site_options(load_settings()).url is None
    for wrong in (
        "example.org",
        "javascript:x",
        "https://",
        'https://example.org/"><script>',
        "https://example.org/?a",
    ):
        with pytest.raises(SettingsError, match="ALMANAC_SITE_URL"):
            load_settings(site_url=wrong)


def test_the_readme_documents_every_setting() -> None:
    table = README.read_text(encoding="utf-8")
    for field in Settings.model_fields.values():
        assert f"`{field.validation_alias}`" in table


def test_what_the_reader_follows_is_read_from_lists() -> None:
    lists = {"include": '"flow matching",  C++ ,\nFlow Matching', "exclude": "quantum*", "authors": "Ono, Ada; Bo Li;"}
    reader = load_settings(**lists).preferences().reader
    assert reader.include == ("Flow Matching", "C++")
    assert reader.exclude == ("quantum*",)
    assert reader.authors == ("Ono, Ada", "Bo Li")
    assert load_settings().preferences().reader == NOBODY


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"include": "trees, a"}, "ALMANAC_INCLUDE names 'a': write at least two letters"),
        ({"exclude": "*"}, r"ALMANAC_EXCLUDE names '\*'"),
        ({"exclude": "tr*es"}, r"a \* at the end only"),
        ({"exclude": "--"}, "at least two letters"),
        ({"authors": "Ada Ono, Bo Li, Cy Xu"}, "semicolon between names"),
        ({"include": "trees", "exclude": "Trees"}, "both name trees"),
        ({"include": "x" * 101}, "101 characters"),
    ],
)
def test_a_term_or_a_name_that_cannot_be_meant_is_told(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load_settings(**given)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"alert_mail": "ada@example.org, bo"}, "ALMANAC_ALERT_MAIL is ' bo', which is no mail address"),
        ({"alert_mail": ","}, "ALMANAC_ALERT_MAIL names no address"),
        ({"mail_from": "almanac"}, "ALMANAC_MAIL_FROM is 'almanac', which is no mail address"),
        ({"smtp_url": "http://almanac:hidden@mail.example.org"}, "ALMANAC_SMTP_URL is not of the form"),
        ({"smtp_url": "smtp://mail.example.org:many"}, "ALMANAC_SMTP_URL is not of the form"),
    ],
)
def test_a_mail_setting_that_no_mail_could_be_sent_with_is_told_at_once(given: dict[str, str], sentence: str) -> None:
    right = {"smtp_url": "smtp://mail.example.org", "mail_from": "Almanac <almanac@example.org>"}
    load_settings(**right, alert_mail="ada@example.org, Bo Li <bo@example.org>")
    with pytest.raises(SettingsError, match=sentence) as raised:
        load_settings(**{**right, **given})
    assert "hidden" not in str(raised.value)
