"""Sends mails over SMTP: one server, many recipients, one clear sentence for what goes wrong.

A password goes over an encrypted connection or not at all, certificates are verified, and neither the password nor
the address that holds it is ever part of a sentence.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from assets.errors import AlmanacError, SettingsError

TIMEOUT = 30.0
"""Seconds that a server may take to answer."""

PORTS = {"smtp": 587, "smtps": 465}

_FORM = "smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465"


@dataclass(frozen=True)
class MailServer:
    """A mail server and how to log in to it."""

    host: str
    port: int
    is_tls: bool
    """Whether the connection is encrypted from its start; otherwise STARTTLS is used where it is offered."""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    @property
    def name(self) -> str:
        """Host and port, as sentences name the server."""
        return f"{self.host}:{self.port}"


def mail_server(url: str) -> MailServer:
    """The server of ALMANAC_SMTP_URL. Raises SettingsError, which does not repeat the value: it may hold a password."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"ALMANAC_SMTP_URL is not of the form {_FORM}.") from None
    if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            f"ALMANAC_SMTP_URL is not of the form {_FORM}; @, : and / in a password are written %40, %3A and %2F."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise SettingsError(f"ALMANAC_SMTP_URL has a user or a password, but not both; write {_FORM}.")
    return MailServer(host, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)


def send_to_all(
    server: MailServer, sender: Address, to: Sequence[Address], compose: Callable[[Address], EmailMessage]
) -> dict[str, str]:
    """Sends each recipient a mail of their own; returns why not, by address, for those who got none.

    `compose` makes the mail of a recipient. A refused recipient keeps nobody else from theirs; after a broken
    connection a new one is opened for the next, and nothing is sent twice. Raises AlmanacError where the server does
    not answer at the start, offers no encryption for a password, or refuses the login.
    """
    failed: dict[str, str] = {}
    connection: smtplib.SMTP | None = _connected(server)
    for recipient in to:
        address = recipient.addr_spec
        try:
            connection = connection or _connected(server)
            connection.send_message(compose(recipient), sender.addr_spec, [address])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = error.recipients.get(address, (0, b""))
            failed[address] = f"{server.name} refuses the recipient {address} ({_told(code, answer)})."
        except smtplib.SMTPSenderRefused as error:
            told = _told(error.smtp_code, error.smtp_error)
            failed[address] = f"{server.name} refuses the sender {sender.addr_spec} ({told}): check ALMANAC_MAIL_FROM."
        except smtplib.SMTPNotSupportedError:
            failed[address] = f"{server.name} takes no address with letters beyond ASCII, such as {address}."
        except smtplib.SMTPResponseException as error:
            failed[address] = (
                f"{server.name} refuses the mail to {address} ({_told(error.smtp_code, error.smtp_error)})."
            )
        except AlmanacError as error:
            failed[address] = str(error)
        except (smtplib.SMTPException, OSError):
            failed[address] = f"The connection to {server.name} broke before the mail to {address} was taken."
            _closed(connection)
            connection = None
    if connection is not None:
        _closed(connection)
    return failed


def _connected(server: MailServer) -> smtplib.SMTP:
    """A session that is encrypted where it can be, and logged in."""
    connection: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context()
        if server.is_tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        connection.ehlo_or_helo_if_needed()
        if not server.is_tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif not server.is_tls and server.user:
            raise AlmanacError(
                f"{server.name} offers no STARTTLS, so the password would go in the clear: use smtps://, or a server"
                " that encrypts."
            )
        if server.user:
            connection.login(server.user, server.password)
    except AlmanacError:
        _closed(connection)
        raise
    except smtplib.SMTPAuthenticationError as error:
        _closed(connection)
        raise AlmanacError(
            f"{server.name} refuses the login ({error.smtp_code}): check user and password in ALMANAC_SMTP_URL."
        ) from None
    except smtplib.SMTPNotSupportedError:
        _closed(connection)
        raise AlmanacError(f"{server.name} offers no login: leave user and password out of ALMANAC_SMTP_URL.") from None
    except ssl.SSLError as error:
        _closed(connection)
        why = getattr(error, "verify_message", "") or error.reason or "no TLS"
        raise AlmanacError(
            f"{server.name} makes no trusted encrypted connection ({why}): check host, port and smtp or smtps in"
            " ALMANAC_SMTP_URL."
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        _closed(connection)
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise AlmanacError(
            f"The mail server {server.name} does not answer ({why}): check ALMANAC_SMTP_URL and the network."
        ) from None
    return connection


def _closed(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def _told(code: int, answer: bytes | str) -> str:
    """The server's answer in a line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())[:200]
