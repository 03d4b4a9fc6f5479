"""`almanac publish`: to a folder, and to a bucket with the keys of the settings."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from assets.errors import SettingsError
from assets.site.places import Bucket
from orchestration.site_commands import publish_site
from tests.emulators.s3_server import BUCKET, S3Server


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALMANAC_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "site"
    for path in ("index.html", "assets/style.css"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def test_a_site_goes_to_a_folder_and_to_a_bucket(
    site: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prefix = f"sites/{uuid.uuid4().hex}"
    for name, value in s3.variables("lake").items():
        monkeypatch.setenv(name, value)
    assert publish_site("www") == 0
    assert (site.parent / "www/index.html").read_text() == "index.html"
    target = f"s3://{BUCKET}/{prefix}"
    assert publish_site(target) == 0
    assert Bucket(s3.store(prefix)).get("assets/style.css") == b"assets/style.css"
    (site / "assets/style.css").unlink()
    assert publish_site(target) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"Published 2 files to {target}: 2 new or changed, 0 removed." in told
    assert f"Published 1 file to {target}: 0 new or changed, 1 removed." in told


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (f"s3://{BUCKET}/lake/www", "the lake is in s3://papers/lake; name another prefix"),
        ("s3://key:hidden@papers/www", "TARGET names no bucket and prefix: write s3://bucket/prefix"),
        ("ftp://host/www", "cannot publish to 'ftp://host/www': name a folder, or s3://bucket/prefix"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_target_that_is_none_is_one_sentence(target: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_LAKE_URL", f"s3://{BUCKET}/lake")
    with pytest.raises(SettingsError, match=words) as raised:
        publish_site(target)
    assert "hidden" not in str(raised.value)
