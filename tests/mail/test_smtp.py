"""Mails over a real mail server on this machine: encrypted, refused, broken off."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from assets.errors import AlmanacError, SettingsError
from assets.mail.smtp import mail_server, send_to_all
from tests.emulators import smtp
from tests.emulators.smtp import PASSWORD, USER, free_port, trusted

SENDER = Address("Almanac", addr_spec="almanac@example.org")
ADA, BO, CY = (Address(addr_spec=f"{name}@example.org") for name in ("ada", "bo", "cy"))
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}@"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def is_trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(authority, tmp_path)))


def mail(recipient: Address) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Čau"
    message["From"] = SENDER
    message["To"] = recipient
    message.set_content("Of trees.\n.\nEnd.")
    return message


def test_each_recipient_gets_a_mail_that_names_no_other() -> None:
    with smtp.mail_server() as box:
        failed = send_to_all(mail_server(f"smtp://127.0.0.1:{box.port}"), SENDER, [ADA, BO], mail)
    assert failed == {}
    assert [(to, message["To"]) for to, message in box.delivered] == [
        (["ada@example.org"], "ada@example.org"),
        (["bo@example.org"], "bo@example.org"),
    ]
    assert box.delivered[0][1].get_content().replace("\r\n", "\n") == "Of trees.\n.\nEnd.\n"


@pytest.mark.usefixtures("is_trusted")
@pytest.mark.parametrize(("tls", "scheme"), [("starttls", "smtp"), ("implicit", "smtps")])
def test_a_password_goes_over_an_encrypted_connection(tls: str, scheme: str, authority: trustme.CA) -> None:
    with smtp.mail_server(tls, login=True, authority=authority) as box:
        failed = send_to_all(mail_server(f"{scheme}://{LOGIN}127.0.0.1:{box.port}"), SENDER, [ADA], mail)
    assert failed == {}
    assert box.recipients == ["ada@example.org"]
    assert box.logins == [(USER, True)]


def test_without_encryption_no_password_is_sent() -> None:
    with smtp.mail_server(login=True) as box, pytest.raises(AlmanacError, match="offers no STARTTLS") as told:
        send_to_all(mail_server(f"smtp://{LOGIN}127.0.0.1:{box.port}"), SENDER, [ADA], mail)
    assert box.logins == []
    assert PASSWORD not in str(told.value)


@pytest.mark.usefixtures("is_trusted")
def test_a_refused_login_is_one_sentence_without_the_password(authority: trustme.CA) -> None:
    with (
        smtp.mail_server("starttls", login=True, authority=authority) as box,
        pytest.raises(AlmanacError, match=r"refuses the login \(535\): check user and password") as told,
    ):
        send_to_all(mail_server(f"smtp://{USER}:s3cret@127.0.0.1:{box.port}"), SENDER, [ADA], mail)
    assert "s3cret" not in str(told.value)
    assert box.delivered == []


@pytest.mark.parametrize(("tls", "scheme"), [("starttls", "smtp"), ("implicit", "smtps")])
def test_a_certificate_that_nobody_trusts_is_told(tls: str, scheme: str, authority: trustme.CA) -> None:
    with (
        smtp.mail_server(tls, authority=authority) as box,
        pytest.raises(AlmanacError, match="no trusted encrypted connection"),
    ):
        send_to_all(mail_server(f"{scheme}://127.0.0.1:{box.port}"), SENDER, [ADA], mail)
    assert box.delivered == []


def test_a_server_that_is_not_there_is_told() -> None:
    port = free_port()
    with pytest.raises(AlmanacError, match=f"The mail server 127.0.0.1:{port} does not answer"):
        send_to_all(mail_server(f"smtp://127.0.0.1:{port}"), SENDER, [ADA], mail)


def test_a_refused_recipient_keeps_nobody_else_from_their_mail() -> None:
    with smtp.mail_server(refuses=("bo@example.org",)) as box:
        failed = send_to_all(mail_server(f"smtp://127.0.0.1:{box.port}"), SENDER, [ADA, BO, CY], mail)
    assert box.recipients == ["ada@example.org", "cy@example.org"]
    assert failed == {
        "bo@example.org": f"127.0.0.1:{box.port} refuses the recipient bo@example.org (550 No such user here)."
    }


def test_after_a_broken_connection_the_next_recipient_is_served_anew() -> None:
    with smtp.mail_server(hangs_up_on=("bo@example.org",)) as box:
        failed = send_to_all(mail_server(f"smtp://127.0.0.1:{box.port}"), SENDER, [ADA, BO, CY], mail)
    assert box.recipients == ["ada@example.org", "cy@example.org"]
    assert list(failed) == ["bo@example.org"]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "mail.example.org",
            "http://u:s3cret@host",
            "smtp://",
            "smtp://u:s3cret@host:x",
            "smtp://u:s3cret@h/path",
        ),
        *("smtp://u@host", "smtp://:s3cret@host", "smtp://u:s3/cret@host", "smtp://u:s3cret@host?x=1"),
    ],
)
def test_an_address_of_another_form_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="ALMANAC_SMTP_URL") as told:
        mail_server(url)
    assert "s3" not in str(told.value)


def test_ports_are_those_of_the_scheme_and_a_server_does_not_show_its_password() -> None:
    server = mail_server(f"smtp://{LOGIN}mail.example.org")
    assert (server.port, mail_server("smtps://mail.example.org").port) == (587, 465)
    assert (server.user, server.password) == (USER, PASSWORD)
    assert PASSWORD not in repr(server)
