"""A mail server on 127.0.0.1 that keeps what it gets: with TLS, a login, and recipients that it refuses."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "almanac", "p@ss:w/rd"


class Mailbox:
    """What the server got: a mail with its recipients for each delivery, and the logins that were tried."""

    def __init__(self, port: int, refuses: tuple[str, ...], hangs_up_on: tuple[str, ...]) -> None:
        self.port = port
        self.refuses = refuses
        self.hangs_up_on = hangs_up_on
        self.delivered: list[tuple[list[str], EmailMessage]] = []
        self.logins: list[tuple[str, bool]] = []
        """User, and whether the connection was encrypted."""

    @property
    def recipients(self) -> list[str]:
        """The recipients of all mails, in order."""
        return [address for addresses, _ in self.delivered for address in addresses]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.hangs_up_on:
            server.transport.close()
            return "421 Bye"
        if address in self.refuses:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.delivered.append((list(envelope.rcpt_tos), message))
        return "250 Taken"

    def authenticate(
        self, server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), server.transport.get_extra_info("sslcontext") is not None))
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        # Not handled: the server answers 535 itself.
        return AuthResult(success=is_right, handled=is_right)


@contextmanager
def mail_server(
    tls: str = "",
    login: bool = False,
    refuses: tuple[str, ...] = (),
    hangs_up_on: tuple[str, ...] = (),
    authority: trustme.CA | None = None,
) -> Iterator[Mailbox]:
    """Runs the server. `tls`: "" for none, "starttls" or "implicit", with a certificate of the authority."""
    context = None
    if authority is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    box = Mailbox(free_port(), refuses, hangs_up_on)
    options: dict[str, Any] = {"require_starttls": False, "tls_context": context} if tls == "starttls" else {}
    if login:
        options |= {"authenticator": box.authenticate, "auth_require_tls": False}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        ssl_context=context if tls == "implicit" else None,
        **options,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def trusted(authority: trustme.CA, folder: Path) -> Path:
    """The authority's certificate as a file, for SSL_CERT_FILE."""
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return file
