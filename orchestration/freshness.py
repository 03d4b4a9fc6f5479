"""When the digest and the site are expected, for Dagster's freshness: at breakfast after each mailing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import dagster as dg

from orchestration.jobs import SCHEDULE_TIME_ZONE
from orchestration.served import SERVED_AFTER

EXPECTED = frozenset({"daily_digest", "site"})
"""The assets that people read."""

BREAKFAST = "0 8 * * 1-5"
"""Deadline in US Eastern: the mornings after the mailings of Sunday to Thursday."""

SINCE_MAILING = dt.timedelta(hours=12)
"""From the mailing (20:00) until then."""

POLICY = dg.FreshnessPolicy.cron(BREAKFAST, SINCE_MAILING, SCHEDULE_TIME_ZONE)
"""Cron knows no holidays: after an evening without mailing (five or six a year), Dagster shows both as overdue until
the next. The message on late digests (`alerts`) goes by arXiv's calendar."""


def with_freshness(assets: Sequence[dg.AssetsDefinition], source: str) -> list[dg.AssetsDefinition]:
    """The assets, with the policy on those that people read where the source is a live one: a file is never late."""
    if source not in SERVED_AFTER:
        return list(assets)
    return [
        asset.map_asset_specs(
            lambda spec: dg.apply_freshness_policy(spec, POLICY) if spec.key.to_user_string() in EXPECTED else spec
        )
        for asset in assets
    ]
