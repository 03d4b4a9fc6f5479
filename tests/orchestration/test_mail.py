"""`almanac mail`: what it sends, and its sentence where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.digests.json_form import digest_json
from assets.digests.schema import DIGESTS
from assets.errors import AlmanacError, SettingsError
from assets.warehouse.lake import Lake
from orchestration.mail_command import mail_digest
from tests.digests.marts import opened
from tests.digests.rows import DAY, digest_of, paper
from tests.emulators.smtp import mail_server

KEY = DAY.isoformat()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALMANAC_HOME", str(tmp_path))
    monkeypatch.setenv("ALMANAC_MAIL_FROM", "Almanac <almanac@example.org>")
    digest = opened(digest_of([paper("2601.00001")]))
    row = {"day": DAY, "title": "", "primary_papers": 1, "cross_lists": 0, "markdown": "", "json": digest_json(digest)}
    Lake(tmp_path / "lake").write(DIGESTS, KEY, DIGESTS.frame([row]))
    return tmp_path


@pytest.mark.usefixtures("home")
def test_the_stored_digest_goes_to_each_address_and_a_refused_one_makes_it_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_server(refuses=("bo@example.org",)) as box:
        monkeypatch.setenv("ALMANAC_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        assert mail_digest(KEY, ["ada@example.org"]) == 0
        assert mail_digest(KEY, ["bo@example.org", "cy@example.org"]) == 1
    assert box.recipients == ["ada@example.org", "cy@example.org"]
    assert "1 paper" in box.delivered[0][1]["Subject"]
    told = capsys.readouterr()
    assert "Sent the digest of 2026-01-30 to 1 address." in told.out
    assert "refuses the recipient bo@example.org" in " ".join(told.err.split())


@pytest.mark.usefixtures("home")
def test_a_mail_leads_to_the_published_site(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as box:
        monkeypatch.setenv("ALMANAC_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ALMANAC_SITE_URL", "https://example.org/almanac")
        assert mail_digest(KEY, ["ada@example.org"]) == 0
    body = box.delivered[0][1].get_body(("plain",))
    assert body is not None
    assert "https://example.org/almanac/days/2026-01-30/\n" in body.get_content().replace("\r\n", "\n")


@pytest.mark.usefixtures("home")
def test_what_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ALMANAC_SMTP_URL and ALMANAC_MAIL_FROM say how"):
        mail_digest(KEY, ["ada@example.org"])
    monkeypatch.setenv("ALMANAC_SMTP_URL", "smtp://127.0.0.1")
    with pytest.raises(AlmanacError, match="has no digest of 2026-01-29: make it with `almanac run 2026-01-29`"):
        mail_digest("2026-01-29", ["ada@example.org"])
    with pytest.raises(AlmanacError, match="--to is 'ada', which is no mail address"):
        mail_digest(KEY, ["ada"])
