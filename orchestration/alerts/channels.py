"""Where messages go: a webhook that takes Slack's form, mails, and a log file that always holds them."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar, Protocol

import requests

from assets.errors import AlmanacError, StorageError
from assets.mail.smtp import MailServer, send_to_all
from assets.warehouse.files import storage_error
from orchestration.alerts.message import Message

TIMEOUT_SECONDS = 10.0
LOG = "log"


class AlertError(AlmanacError):
    """A message could not be sent; it is tried again."""


class Channel(Protocol):
    """Sends messages to one place."""

    @property
    def name(self) -> str:
        """How the place is called in the log; holds no secret."""

    def send(self, message: Message) -> None:
        """Sends a message. Raises AlertError where it did not arrive."""


class Webhook:
    """An address that takes `{"text": …}`: Slack, Mattermost, Rocket.Chat, and what imitates them."""

    name = "webhook"

    def __init__(self, address: str) -> None:
        self._address = address

    def send(self, message: Message) -> None:
        """Posts the message. The address is a secret and stays out of every error.

        In Slack's form, a mention or a link stands between < and >; as entities, those of a title or of a model's text
        are read as they were written, and call nobody.
        """
        told = {"text": html.escape(message.text, quote=False)}
        try:
            answer = requests.post(self._address, json=told, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise AlertError(
                f"the webhook of ALMANAC_ALERT_WEBHOOK does not answer ({type(error).__name__}): see whether its"
                " address is right and can be reached from here."
            ) from None
        if not answer.ok or answer.is_redirect:
            raise AlertError(
                f"the webhook of ALMANAC_ALERT_WEBHOOK answered {answer.status_code}: see whether its address is"
                " still valid."
            )


class Mail:
    """The mailbox of one person."""

    def __init__(self, server: MailServer, sender: Address, recipient: Address) -> None:
        self._server = server
        self._sender = sender
        self._recipient = recipient

    @property
    def name(self) -> str:
        """The address."""
        return f"mail to {self._recipient.addr_spec}"

    def send(self, message: Message) -> None:
        """Sends the message as plain text."""

        def compose(recipient: Address) -> EmailMessage:
            mail = EmailMessage()
            mail["Subject"], mail["From"], mail["To"] = _whole(message.subject), self._sender, recipient
            mail["Date"] = format_datetime(dt.datetime.now(dt.UTC))
            mail["Message-ID"] = f"<{message.id}@{self._sender.domain}>"
            mail.set_content(_whole(message.text))
            return mail

        failed = send_to_all(self._server, self._sender, [self._recipient], compose)
        if failed:
            raise AlertError(" ".join(failed.values()))


class LogFile:
    """A file with all messages, the latest at the end."""

    name = LOG

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: Message) -> None:
        """Appends the message, with the time."""
        now = dt.datetime.now(dt.UTC)
        _append(self._path, f"{now:%Y-%m-%d %H:%M:%S} UTC  {message.text}\n")


class Deliveries:
    """Which message has arrived where, on disk, so that a daemon that is killed between sending and
    remembering sends nothing twice.

    What the disk has no room for is remembered by the process, and written once it can be: the message that a disk is
    full, of all, must not come anew with each tick.
    """

    _unwritten: ClassVar[dict[Path, dict[tuple[str, str], str]]] = {}
    """File → what it lacks: (message, channel) → line."""

    LOOKED_AT = 256 * 1024
    """Bytes at the end of the file in which an id is looked for: some two thousand deliveries."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def made(self) -> set[tuple[str, str]]:
        """The (message, channel) pairs that have arrived lately."""
        self._write()
        found = set(self._unwritten.get(self._path, {}))
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - self.LOOKED_AT))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return found
        for line in lines:
            try:
                entry = json.loads(line)
                found.add((str(entry["id"]), str(entry["channel"])))
            except (ValueError, KeyError, TypeError):
                continue  # cut at the beginning, or by a kill at the end
        return found

    def record(self, message: Message, channel: str) -> None:
        """Notes that a message has arrived."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        entry = {"at": now, "id": message.id, "channel": channel, "subject": message.subject}
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        self._unwritten.setdefault(self._path, {})[message.id, channel] = line
        self._write()

    def _write(self) -> None:
        left = self._unwritten.get(self._path, {})
        with suppress(StorageError):
            for arrived, line in list(left.items()):
                _append(self._path, line)
                del left[arrived]


def deliver(messages: Sequence[Message], channels: Sequence[Channel], deliveries: Deliveries) -> dict[str, list[str]]:
    """Sends each message to each channel that does not have it: message id → sentences of what failed.

    A channel that fails is not asked again for the messages that follow: they wait with it.
    """
    arrived = deliveries.made()
    failed: dict[str, list[str]] = {}
    dead: dict[str, str] = {}
    for message in messages:
        for channel in channels:
            if (message.id, channel.name) in arrived:
                continue
            if channel.name not in dead:
                try:
                    channel.send(message)
                except AlmanacError as error:
                    dead[channel.name] = str(error)
                else:
                    deliveries.record(message, channel.name)
                    continue
            failed.setdefault(message.id, []).append(dead[channel.name])
    return failed


def _whole(text: str) -> str:
    """The text with a lone surrogate, which a broken one may hold and which has no bytes, spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _append(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(_whole(text).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise storage_error(error, path) from error
