"""`almanac repair`: finds the days whose summaries need it, has them healed, and says what is and what is not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rich.table import Table

from assets.calendar.days import parse_range
from assets.digests.schema import DIGESTS
from assets.digests.wording import count
from assets.summaries.figures import kind_of
from assets.summaries.judgement import judge_partition
from assets.summaries.partition import REPAIR_CHANGED, days_in_need
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS
from assets.summaries.verdicts import COMPLETE, SOUND
from orchestration.commands import session, tell_failures
from orchestration.console import OUT
from orchestration.resources import model_name
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from assets.warehouse.lake import Lake
    from orchestration.commands import Session


def repair_days(first: str | None, last: str | None, max_cost: float | None = None) -> int:
    """Repairs the days of a range, or all that were made, and what stands on those that changed.

    All of it costs `max_cost` US dollars at most.
    """
    settings = load_settings()
    now = dt.datetime.now(dt.UTC)
    span = parse_range(first, last or str(now.date()), now) if first else None
    with session(settings, max_cost) as work:
        made = work.lake.keys(SUMMARIES)
        if span:
            made = [day for day in made if span[0] <= dt.date.fromisoformat(day) <= span[1]]
        days = sorted(days_in_need(work.lake, made, settings.languages, model_name(settings)))
        work.bar.expect(len(days))
        found = work.runner.repair(days)
        changed = {day for day, told in found.told.items() if told.get(REPAIR_CHANGED)}
        changed |= {day for day in made if is_unfinished(work.lake, day)}
        unfit = _unfit(work, changed)
        fit = sorted(changed - unfit.keys())
        work.bar.expect(len(fit) * len(work.runner.after_summaries))
        outcome = work.runner.after_repair(fit)
        outcome.failed |= work.days([], sorted(changed), roll_up=True).failed
    outcome.failed |= found.failed | unfit
    if days:
        _tell(work, found.told)
    else:
        OUT.print(f"Nothing to repair in {count(len(made), 'day')} of summaries.")
    if fit:
        OUT.print(f"Made again with what changed: {', '.join(fit)}, their months and years.")
    return tell_failures(work, outcome, days)


def is_unfinished(lake: Lake, day: str) -> bool:
    """Whether a repair was ended before the day's digest was made with what it changed."""
    if not lake.has(SUMMARY_REPAIRS, day):
        return False
    return lake.notes(DIGESTS, day).get(SUMMARIES.name) != lake.fingerprint(SUMMARIES, day)


def _unfit(work: Session, days: Iterable[str]) -> dict[str, str]:
    """Those of some days whose digest must wait still, with the reason."""
    preferences = work.settings.preferences()
    found = {}
    for day in days:
        judgement = judge_partition(work.lake, day, preferences.languages)
        if blockers := judgement.unfit(preferences):
            check = SOUND if judgement.text_problems() or judgement.strangers else COMPLETE
            rest = f" (and {len(blockers) - 1} more)" if len(blockers) > 1 else ""
            found[day] = f"{check}: its digest waits: {blockers[0]}{rest}"
    return found


def _tell(work: Session, told: Mapping[str, Mapping[str, Any]]) -> None:
    table = Table("day", "needed it", "healed", "can be tried again", "given up", "why", box=None, header_style="bold")
    total: dict[str, int] = {}
    for day, figures in sorted(told.items()):
        numbers = {name: int(figures[f"repair_{name}"]) for name in ("needed", "healed", "left", "given_up")}
        total = {name: total.get(name, 0) + number for name, number in numbers.items()}
        table.add_row(day, *map(str, numbers.values()), _reasons(work, day) if numbers["needed"] else "")
    OUT.print(table)
    OUT.print(
        f"\nHealed {total.get('healed', 0)} of {count(total.get('needed', 0), 'summary', 'summaries')};"
        f" {total.get('left', 0)} can be tried again,"
        f" {total.get('given_up', 0)} were tried as often as is allowed and stay as they are."
    )


def _reasons(work: Session, day: str) -> str:
    """Why summaries of a day are not what they should be, with their number."""
    rows = work.lake.columns(SUMMARIES, day, ["status", "reason"])
    wanted = ["pending", "extractive"] if work.settings.uses_model else ["pending"]
    found: dict[str, int] = {}
    for status, reason in rows.iter_rows():
        if status in wanted:
            why = f"{status}: {kind_of((reason or '').split(';')[-1])}"
            found[why] = found.get(why, 0) + 1
    return ", ".join(f"{number} {why}" for why, number in sorted(found.items()))
