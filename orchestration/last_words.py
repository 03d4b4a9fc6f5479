"""What a command says at its end about summaries that wait: which days, why, what to do, what the next run takes.

A day waits when its model could not be asked any more: the quota ended, the key is not accepted, the budget is
reached, the endpoint is away. What was answered before is kept, and the digest of the day waits.
"""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.digests.wording import count
from assets.papers.schema import PAPERS
from assets.summaries import verdicts
from assets.summaries.engine.caps import THIRTY_DAYS, spent_since
from assets.summaries.engine.estimate import estimate
from assets.summaries.engine.plan import groups
from assets.summaries.schema import SUMMARIES
from orchestration.resources import engine_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.warehouse.lake import Lake
    from orchestration.settings import Settings

STOPPED = 4
"""Exit code of a command that had to stop asking a model; what it did is kept, and it can be run again."""

ADVICE = {
    "quota is used up": "add credit or wait until the quota is renewed",
    "does not accept the API key": "set OPENAI_API_KEY to a key that the endpoint accepts",
    "does not know the model": "set ALMANAC_MODEL to a model that the endpoint offers",
    "does not permit": "ask for the permission, or set another OPENAI_API_KEY",
    "no chat completion endpoint": "set OPENAI_BASE_URL to the address of an OpenAI-compatible endpoint",
    "offers no batches": "set ALMANAC_SUMMARIZER=openai",
    "has not ended": "wait until the batch has ended, or cancel it at the endpoint",
    "ALMANAC_MAX_COST_USD": "raise ALMANAC_MAX_COST_USD",
    "ALMANAC_MAX_COST_30_DAYS_USD": "raise ALMANAC_MAX_COST_30_DAYS_USD, or wait until older spending is 30 days ago",
    "--max-cost": "decide what the rest may cost",
}
"""What to do, by words of the reason."""
DAYS_NAMED = 5
"""Days of which nothing was made that are named one by one; more are a span."""
OTHERWISE = "see with `almanac doctor` whether the endpoint answers"


@dataclass(frozen=True)
class Waiting:
    """A day of which some summaries wait for the endpoint."""

    day: str
    pending: int
    summaries: int
    reason: str

    @property
    def untried(self) -> bool:
        """Whether nothing of the day was made."""
        return self.pending == self.summaries


def waiting_days(lake: Lake, days: Sequence[str]) -> list[Waiting]:
    """Those of some days with summaries that wait for the endpoint, not for a model that could write them."""
    found = []
    for day in days:
        rows = lake.columns(SUMMARIES, day, ["status", "reason", "attempts"])
        pending = rows.filter((pl.col("status") == "pending") & (pl.col("attempts") == 0))
        if pending.height:
            reasons = collections.Counter(pending.get_column("reason").fill_null("no reason is known"))
            found.append(Waiting(day, pending.height, rows.height, reasons.most_common(1)[0][0]))
    return found


def explained(failed: Mapping[str, str], waiting: Sequence[Waiting]) -> set[str]:
    """The days that failed for nothing else than that their summaries wait."""
    others = (verdicts.SOUND, verdicts.GROUNDED, verdicts.LANGUAGE)
    days = {found.day for found in waiting}
    return {
        day
        for day, reason in failed.items()
        if day in days and verdicts.COMPLETE in reason and not any(check in reason for check in others)
    }


def next_requests(settings: Settings, lake: Lake, days: Sequence[str]) -> tuple[int, float | None]:
    """Requests that the next run begins with for what is missing of some days, and the US dollars that it may take,
    answers that have to be asked for again included; None for a model without a price."""
    made = engine_settings(settings)
    papers = 0
    costs: list[float | None] = []
    for day in days:
        left = estimate(lake.read(PAPERS, [day]), settings.languages, lake.read(SUMMARIES, [day]), made)
        papers += left.papers
        costs.append(left.batch_cost_usd if settings.summarizer == "openai-batch" else left.cost_usd)
    known = [cost for cost in costs if cost is not None]
    return papers * len(list(groups(settings.languages))), sum(known) if len(known) == len(costs) else None


def last_words(settings: Settings, lake: Lake, waiting: Sequence[Waiting], spent: float = 0.0) -> list[str]:
    """A sentence or two for each reason for which days wait; the command has `spent` so many US dollars."""
    by_reason: dict[str, list[Waiting]] = {}
    for found in waiting:
        by_reason.setdefault(found.reason, []).append(found)
    return [_sentence(settings, lake, reason, group, spent) for reason, group in by_reason.items()]


def _sentence(settings: Settings, lake: Lake, reason: str, group: Sequence[Waiting], spent: float) -> str:
    advice = next((advice for words, advice in ADVICE.items() if words in reason), OTHERWISE)
    begun = [found for found in group if not found.untried]
    untried = [found for found in group if found.untried]
    parts = [f"{found.day}: {found.pending} of {found.summaries} summaries are pending" for found in begun]
    if untried:
        days = ", ".join(found.day for found in untried)
        if len(untried) > DAYS_NAMED:
            days = f"{len(untried)} days from {untried[0].day} to {untried[-1].day}"
        parts.append(f"{days}: all {sum(found.pending for found in untried)} summaries are pending")
    told = f"{'; '.join(parts)}, because {reason.rstrip('.')}{_amount(settings, reason, spent)}."
    if not settings.uses_model:
        return f"{told} Run `almanac repair`, which makes them without a model."
    number, cost = next_requests(settings, lake, [found.day for found in group])
    requests = count(number, "request") + ("" if cost is None else f", about {cost:.2f} US dollars")
    command = f"almanac repair {group[0].day} {group[-1].day}" + (" --max-cost USD" if "--max-cost" in reason else "")
    return (
        f"{told} What was answered is kept. {advice[0].upper()}{advice[1:]}, then `{command}`"
        f" asks for what is missing and no more: {requests}, plus those that an answer has to be mended with."
    )


def _amount(settings: Settings, reason: str, spent: float) -> str:
    """What was spent under the cap that a reason names, where it is one of more than a day."""
    if "--max-cost" in reason:
        return f" ({spent:.4f} are spent)"
    if "ALMANAC_MAX_COST_30_DAYS_USD" in reason:
        return f" ({spent_since(settings.home_folder.answers, time.time() - THIRTY_DAYS):.4f} are spent)"
    return ""
