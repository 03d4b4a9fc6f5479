"""`almanac mail`: sends the digest of a day to people."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from assets.calendar.days import parse_day
from assets.digests.schema import DIGESTS
from assets.digests.wording import count
from assets.errors import AlmanacError, SettingsError
from assets.mail.message import digest_mail, mail_address, recipients
from assets.mail.smtp import mail_server, send_to_all
from assets.site import addresses
from assets.site.options import site_url
from assets.warehouse.lake import Lake
from orchestration.console import ERR, FAILED, OUT
from orchestration.settings import load_settings


def mail_digest(text: str, to: Sequence[str]) -> int:
    """Sends the stored digest of a day to each address; those who could not get it are told one by one."""
    settings = load_settings()
    day = parse_day(text, dt.datetime.now(dt.UTC)).isoformat()
    people = recipients(to)
    if settings.smtp_url is None or not settings.mail_from:
        raise SettingsError(
            "ALMANAC_SMTP_URL and ALMANAC_MAIL_FROM say how to send mail: set them to smtp://user:password@host:587 and"
            " to the sender's address."
        )
    server = mail_server(settings.smtp_url.get_secret_value())
    sender = mail_address(settings.mail_from, "ALMANAC_MAIL_FROM")
    lake = Lake(settings.lake_root)
    if not lake.has(DIGESTS, day):
        raise AlmanacError(f"{settings.home} has no digest of {day}: make it with `almanac run {day}`.")
    document = json.loads(lake.read(DIGESTS, [day]).item(0, "json"))
    if "opening" not in document:
        raise AlmanacError(f"The digest of {day} is of an earlier version: make it again with `almanac run {day}`.")
    url = site_url(settings.site_url)
    page = url and url + addresses.public(addresses.day_page(day))
    failed = send_to_all(server, sender, people, lambda person: digest_mail(document, sender, person, page))
    if sent := len(people) - len(failed):
        OUT.print(f"Sent the digest of {day} to {count(sent, 'address', 'addresses')}.", markup=False)
    for sentence in failed.values():
        ERR.print(f"almanac: {sentence}", markup=False)
    return FAILED if failed else 0
