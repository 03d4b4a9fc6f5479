"""The verdicts of the asset checks on a day's summaries: what is wrong, with which papers, and what to do about it.

A day is judged once for all of its checks (`judgement.judge_partition`); each check reads its own findings from that.
"""

from __future__ import annotations

import datetime as dt
import statistics
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from assets.calendar.days import announcement_days
from assets.checking import Verdict
from assets.summaries.checks import GROUNDING_KINDS, LANGUAGE_KINDS, VALIDITY_KINDS
from assets.summaries.judgement import judge_partition
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Collection

    from assets.preferences import Preferences
    from assets.summaries.judgement import Judgement
    from assets.warehouse.lake import Lake

COMPLETE = "summaries_are_complete"
SOUND = "summaries_are_sound"
GROUNDED = "summaries_are_grounded"
LANGUAGE = "summaries_are_in_their_language"
COST = "summaries_cost_what_is_expected"

CAP_SHARE = 0.9
"""Share of the cost cap from which a day is told: the next one may reach it."""
DEARER = 2.0
"""A day is told that costs so many times what a paper cost on the recent days (their median)."""
RECENT_DAYS = 10
LOOK_BACK = dt.timedelta(days=60)
FEWEST_DAYS = 3
"""Days with a known cost that are needed to say what is usual."""
WARNED_SHARE = 0.05
"""Share of the summaries with a warning (a name that the abstract does not hold, say) from which a day is told: a
single one is more often a spelled-out acronym than an invention."""

WARN = dg.AssetCheckSeverity.WARN


def day_verdicts(lake: Lake, day: str, preferences: Preferences) -> dict[str, Verdict]:
    """Check → verdict, for a day of the lake."""
    found = judge_partition(lake, day, preferences.languages)
    return {
        COMPLETE: _completeness(found, day, preferences.completeness),
        SOUND: _texts(found, day, VALIDITY_KINDS, found.without_paper()),
        GROUNDED: _texts(found, day, GROUNDING_KINDS),
        LANGUAGE: _texts(found, day, LANGUAGE_KINDS),
        COST: _cost(lake, day, preferences.max_cost_usd),
    }


def _completeness(found: Judgement, day: str, threshold: float) -> Verdict:
    share = found.complete_share
    if any(judged.status in (None, "pending") for judged in found.incomplete):
        advice = f"`almanac repair {day} {day}` asks for what is missing."
    else:
        advice = f"Set ALMANAC_MODEL and run `almanac repair {day} {day}`, or lower ALMANAC_COMPLETENESS."
    return Verdict(
        [judged.incomplete for judged in found.incomplete],
        {
            "complete_share": share,
            "threshold": threshold,
            "summaries": len(found.wanted),
            "pending": sum(judged.status == "pending" for judged in found.incomplete),
        },
        passed=share >= threshold,
        advice=advice,
    )


def _texts(found: Judgement, day: str, kinds: Collection[str], more: list[str] | None = None) -> Verdict:
    errors = [*found.text_problems(kinds), *(more or [])]
    warnings = found.text_problems(kinds, "warning")
    figures = {"summaries": len(found.wanted), "errors": len(errors), "warnings": len(warnings)}
    if errors:
        advice = f"These texts are not published; `almanac repair {day} {day}` asks for them again."
        return Verdict([*errors, *warnings], figures, passed=False, advice=advice)
    many = len(warnings) > WARNED_SHARE * len(found.wanted)
    advice = f"Read them beside the abstracts; a worse than usual model shows here first ({len(warnings)} summaries)."
    return Verdict(warnings, figures, passed=not many, advice=advice, severity=WARN)


def _cost(lake: Lake, day: str, cap: float | None) -> Verdict:
    cost, papers, unknown = _spent(lake, day)
    figures: dict[str, float] = {"cost_usd": cost, "papers": papers, "rows_without_price": unknown}
    problems = []
    if cap is not None:
        figures["cap_usd"] = cap
        if cost >= CAP_SHARE * cap:
            problems.append(
                f"{day} cost {cost:.4f} of the {cap:g} US dollars that a day may cost (ALMANAC_MAX_COST_USD)."
            )
    usual = _usual(lake, day) if papers else None
    if papers:
        figures["usd_per_paper"] = cost / papers
    if usual is not None:
        figures["usual_usd_per_paper"] = usual
        if cost / papers > DEARER * usual:
            problems.append(
                f"{day} cost {cost / papers:.6f} US dollars a paper, {cost / papers / usual:.1f} times what the days"
                f" before it cost ({usual:.6f})."
            )
    return Verdict(
        problems,
        figures,
        advice="See retries, tokens and reasons in the metadata of `summaries`; a dearer model, longer abstracts, more"
        " languages and answers that had to be asked for again all show there. Raise the cap or choose another model.",
        severity=WARN,
    )


def _usual(lake: Lake, day: str) -> float | None:
    """The median of what a paper cost on the recent days before, in US dollars; None where too few are known."""
    date = dt.date.fromisoformat(day)
    known: list[float] = []
    for earlier in reversed(announcement_days(date - LOOK_BACK, date - dt.timedelta(days=1))):
        cost, papers, _ = _spent(lake, earlier.isoformat())
        if cost > 0 and papers:
            known.append(cost / papers)
        if len(known) == RECENT_DAYS:
            break
    return statistics.median(known) if len(known) >= FEWEST_DAYS else None


def _spent(lake: Lake, day: str) -> tuple[float, int, int]:
    """US dollars of a day's summaries, the papers that they were for, and rows whose price is not known."""
    rows = lake.columns(SUMMARIES, day, ["paper_id", "cost_usd"])
    paid = rows.filter(pl.col("cost_usd") > 0)
    return float(paid["cost_usd"].sum()), paid["paper_id"].n_unique(), rows["cost_usd"].null_count()
