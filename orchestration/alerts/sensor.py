"""The sensor `alerts`: reads what runs ended with, and sends one message for each new fault.

It is on by default. Without any setting, its messages go to `alerts.log` under the home.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from assets.digests.wording import count
from assets.errors import AlmanacError
from assets.mail.message import mail_address, recipients
from assets.mail.smtp import mail_server
from orchestration.alerts.book import Book
from orchestration.alerts.channels import Channel, Deliveries, LogFile, Mail, Webhook, deliver
from orchestration.alerts.ended_runs import ended_runs, newest
from orchestration.alerts.faults import Fault, findings
from orchestration.alerts.late import late_digests
from orchestration.alerts.message import Message, compose
from orchestration.looking import lake_as_it_is
from orchestration.scheduled import scheduled_since

if TYPE_CHECKING:
    from orchestration.settings import Settings

NAME = "alerts"
SECONDS = 30

UNREAD = "lake unread"
"""The fault of a lake that cannot be asked for its digests."""


def channels(settings: Settings) -> list[Channel]:
    """Where messages go by these settings; the log first, which needs no network."""
    found: list[Channel] = [LogFile(settings.home_folder.alerts)]
    if settings.alert_webhook is not None:
        found.append(Webhook(settings.alert_webhook.get_secret_value()))
    if settings.alert_mail and settings.smtp_url is not None:
        server = mail_server(settings.smtp_url.get_secret_value())
        sender = mail_address(settings.mail_from, "ALMANAC_MAIL_FROM")
        found += [Mail(server, sender, person) for person in recipients([settings.alert_mail], "ALMANAC_ALERT_MAIL")]
    return found


def build_alerts(settings: Settings) -> dg.SensorDefinition:
    """The sensor."""

    @dg.sensor(
        name=NAME,
        description="Sends one message for each new fault of a run, a check or a late digest: to alerts.log, and"
        " where ALMANAC_ALERT_… says. No fault is told twice while it lasts.",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        now = dt.datetime.now(dt.UTC)
        book = Book.from_text(context.cursor)
        if not book.read:  # what ended before the sensor was first on is history
            book.read = newest(context.instance)
            context.update_cursor(book.to_text())
            return dg.SkipReason("From now on, what fails is told.")
        told = tick(context.instance, settings, book, now)
        context.update_cursor(book.to_text())
        return dg.SkipReason(told)

    return alerts


def tick(instance: dg.DagsterInstance, settings: Settings, book: Book, now: dt.datetime) -> str:
    """Reads what is new, sends what has to be told, and notes both in the book; says what it did."""
    messages = [*book.waiting]
    runs, places = ended_runs(instance, book.read)
    for run, _ in runs:
        found = findings(instance, run)
        book.close(found.right)
        if message := _message(book, _wanted(found.faults, settings), run.run_id, now, run.run_id):
            messages.append(message)
    book.read = places
    since = scheduled_since(instance)
    late = _late(settings, since, now, book) if since else []
    if message := _message(book, late, f"{now:%Y-%m-%d}", now):
        messages.append(message)
    failed = deliver(messages, channels(settings), Deliveries(settings.home_folder.deliveries))
    book.waiting = [message for message in messages if message.id in failed]
    book.tidy(now.date())
    sent = len(messages) - len(book.waiting)
    words = f"{count(len(runs), 'run')} ended, {count(sent, 'message')} sent."
    if failed:
        reasons = " ".join(sorted({reason for reasons in failed.values() for reason in reasons}))
        words += f" {count(len(failed), 'message')} not sent everywhere, tried again: {reasons}"
    return words


def _late(settings: Settings, since: dt.datetime, now: dt.datetime, book: Book) -> list[Fault]:
    """The late digests; where the lake does not say, that: it must keep no other message back."""
    try:
        late, there = late_digests(lake_as_it_is(settings), settings, since, now)
    except AlmanacError as error:
        return [Fault(UNREAD, "lake", None, True, f"It does not say whether a digest is late: {error}")]
    book.close({UNREAD, *there})
    return late


def _wanted(faults: Sequence[Fault], settings: Settings) -> list[Fault]:
    return [fault for fault in faults if fault.grave or settings.alert_on == "warnings"]


def _message(
    book: Book, faults: Sequence[Fault], origin: str, now: dt.datetime, run: str | None = None
) -> Message | None:
    new = book.news(faults, now.date())
    return compose(new, origin, run) if new else None
