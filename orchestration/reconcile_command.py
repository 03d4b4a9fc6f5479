"""What `almanac reconcile` does: ask again, make what changed, and tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.digests.wording import count
from assets.listings.reconcile import in_making_order, moving
from assets.papers.once import MOVING_TAG
from orchestration.commands import session, tell, tell_failures
from orchestration.console import ERR, FAILED, OUT
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.listings.reconcile import Looked


def reconcile_days(number: int | None, roll_up: bool) -> int:
    """Asks the source again for the latest days and makes exactly those that changed, and what stands on them."""
    settings = load_settings()
    with session(settings) as work:
        looked, problem = work.runner.look_again(number or settings.look_again_days)
        if problem:
            ERR.print(f"almanac: {problem}", markup=False)
            return FAILED
        gaining, losing = ([day.isoformat() for day in days] for days in in_making_order(looked))
        keys = sorted([*gaining, *losing])
        for one in looked:
            if one.judgement == "left":
                for sentence in one.sentences:
                    work.bar.noticed(sentence)
        outcome = work.days(gaining, [], False, {MOVING_TAG: ",".join(moving(looked))})
        outcome.add(work.days(losing, keys, roll_up))
    OUT.print(_looked_at(looked), markup=False)
    for one in looked:
        if one.is_to_be_made or one.judgement == "not asked":
            for sentence in one.sentences:
                OUT.print(f"  {sentence}", markup=False)
    return tell(work, outcome, keys, keys) if keys else tell_failures(work, outcome)


def _looked_at(looked: Sequence[Looked]) -> str:
    if not looked:
        return "There is no day to look at yet: make one with almanac run."
    changed = sum(one.is_to_be_made for one in looked)
    span = f"{looked[0].day} … {looked[-1].day}" if len(looked) > 1 else f"{looked[0].day}"
    told = f"{count(changed, 'day')} changed" if changed else "nothing changed"
    return f"Looked again at {count(len(looked), 'day')} ({span}): {told}."
