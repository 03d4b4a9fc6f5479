"""The repair of a day: asks again for exactly the summaries that need it, and never replaces one by less.

A summary needs it where it is missing or `pending`, where it is `extractive` though a model is set, and where today's
checks reject it. All other rows stay as they are, byte for byte. A row that was asked for again and did not get better
stays, too; `summary_repairs` counts the tries, and after `MOST_TRIES` by the same model, prompt and checks a row is
left alone until one of these changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from assets.summaries.checks_version import checks_version
from assets.summaries.engine.plan import FAILED
from assets.summaries.engine.prompt import PROMPT_VERSION
from assets.summaries.extract import MODEL_NAME, RULES_VERSION
from assets.summaries.judgement import Judged, Judgement, judge
from assets.summaries.rank import BY_MODEL, BY_RULES, PENDING, WITHOUT_TEXTS, ranks
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assets.summaries.engine.progress import Progress, Report
    from assets.summaries.summarizer import Summarizer

MOST_TRIES = 3

Key = tuple[str, str]
"""Paper and language."""
Found = Literal["missing", "pending", "extractive", "rejected"]
Row = dict[str, Any]

ADDED_UP = ("input_tokens", "output_tokens", "cost_usd", "attempts", "seconds")
"""Columns that say what a row took, all tries together."""


@dataclass(frozen=True)
class Repaired:
    """A day after its repair."""

    rows: pl.DataFrame
    """Rows of SUMMARIES; those of before where nothing changed."""
    tries: pl.DataFrame
    """Rows of SUMMARY_REPAIRS."""
    needed: Mapping[Key, Found] = field(default_factory=dict)
    """All that was not as it should be."""
    changed: frozenset[Key] = frozenset()
    healed: frozenset[Key] = frozenset()
    given_up: frozenset[Key] = frozenset()
    """Asked for as often as is allowed, without success."""
    stopped: str | None = None
    """Why not all were asked for."""
    reports: tuple[Report, ...] = ()

    @property
    def left(self) -> list[Key]:
        """What still needs a repair and may be asked for again."""
        return sorted(self.needed.keys() - self.healed - self.given_up)


def asked_with(model: str) -> str:
    """What a try depends on: when it changes, tries count anew."""
    version = RULES_VERSION if model == MODEL_NAME else PROMPT_VERSION
    return f"{model}, {version}, checks {checks_version()}"


def needs(judgement: Judgement, rows: pl.DataFrame, model: str) -> dict[Key, Found]:
    """What needs a repair by this model (or by the embedded summarizer), and why."""
    of_these_rules = {
        (row["paper_id"], row["language"])
        for row in rows.select("paper_id", "language", "model", "prompt_version").iter_rows(named=True)
        if row["model"] == MODEL_NAME and row["prompt_version"] == RULES_VERSION
    }
    found: dict[Key, Found] = {}
    for judged in judgement.wanted:
        key = (judged.paper_id, judged.language)
        if (need := _need(judged, model)) is None:
            continue
        if model == MODEL_NAME and key in of_these_rules and judged.status != "pending":
            continue  # the same rules would write the same
        found[key] = need
    return found


def _need(judged: Judged, model: str) -> Found | None:
    if judged.status is None:
        return "missing"
    if judged.status == "pending":
        return "pending"
    if judged.status == "extractive" and model != MODEL_NAME:
        return "extractive"
    return None if judged.complete and not judged.faults() else "rejected"


def exhausted(tries: pl.DataFrame, model: str) -> set[Key]:
    """What was asked for as often as is allowed by this model, prompt and checks."""
    used_up = tries.filter(
        ~pl.col("healed") & (pl.col("tries") >= MOST_TRIES) & (pl.col("asked_with") == asked_with(model))
    )
    return set(used_up.select("paper_id", "language").iter_rows())


def repair_day(
    papers: pl.DataFrame,
    before: pl.DataFrame,
    tries: pl.DataFrame,
    languages: Sequence[str],
    summarizer: Summarizer,
    tell: Callable[[Progress], None] | None = None,
) -> Repaired:
    """Repairs a day: rows of PAPERS, of SUMMARIES and of SUMMARY_REPAIRS.

    Raises what the summarizer raises; then nothing has changed.
    """
    needed = needs(judge(papers, before, languages), before, summarizer.name)
    given_up = exhausted(tries, summarizer.name) & needed.keys()
    due = {key: need for key, need in needed.items() if key not in given_up}
    had = _by_key(before)
    if not due:
        return Repaired(before, tries, needed, given_up=frozenset(given_up))
    asked = _as_asked(due, had, tries)
    made: dict[Key, Row] = {}
    reports = []
    for wanted, (some, rows) in _groups(papers, due, asked, languages).items():
        answered = summarizer.summarize(some, wanted, rows, tell)
        made |= _by_key(answered)
        if summarizer.report is not None:
            reports.append(summarizer.report)
    stopped = next((report.stopped for report in reports if report.stopped), None)
    return _merged(papers, before, tries, languages, summarizer.name, needed, due, asked, made, stopped, tuple(reports))


def asks(
    papers: pl.DataFrame, before: pl.DataFrame, tries: pl.DataFrame, languages: Sequence[str], model: str
) -> dict[tuple[str, ...], tuple[pl.DataFrame, pl.DataFrame]]:
    """Languages → the papers and rows that `repair_day` hands to the summarizer, so that it may be told beforehand."""
    needed = needs(judge(papers, before, languages), before, model)
    given_up = exhausted(tries, model)
    due = {key: need for key, need in needed.items() if key not in given_up}
    return _groups(papers, due, _as_asked(due, _by_key(before), tries), languages)


def _as_asked(due: Mapping[Key, Found], had: Mapping[Key, Row], tries: pl.DataFrame) -> dict[Key, Row]:
    """The rows as the summarizer gets them: without their texts, for old and new are weighed here."""
    tried = _by_key(tries)
    return {
        key: {**_as_last_tried(had[key], tried.get(key)), **WITHOUT_TEXTS, "status": "pending"}
        for key in due
        if key in had
    }


def _groups(
    papers: pl.DataFrame, due: Mapping[Key, Found], asked: Mapping[Key, Row], languages: Sequence[str]
) -> dict[tuple[str, ...], tuple[pl.DataFrame, pl.DataFrame]]:
    found = {}
    for wanted, ids in _by_languages(due, languages).items():
        rows = [row for (paper, language), row in asked.items() if paper in ids and language in wanted]
        found[wanted] = (papers.filter(pl.col("paper_id").is_in(sorted(ids))), SUMMARIES.frame(rows))
    return found


def _by_key(frame: pl.DataFrame) -> dict[Key, Row]:
    return {(row["paper_id"], row["language"]): row for row in frame.iter_rows(named=True)}


def _by_languages(due: Mapping[Key, Found], languages: Sequence[str]) -> dict[tuple[str, ...], set[str]]:
    """Languages → the papers that need all of these, so that nothing else is asked for."""
    by_paper: dict[str, set[str]] = {}
    for paper, language in due:
        by_paper.setdefault(paper, set()).add(language)
    groups: dict[tuple[str, ...], set[str]] = {}
    for paper, wanted in by_paper.items():
        groups.setdefault(tuple(language for language in languages if language in wanted), set()).add(paper)
    return groups


def _as_last_tried(row: Row, tried: Row | None) -> Row:
    """The row as the last try left it, had it been stored: so that a new try asks anew, a killed one goes on."""
    if tried is None or tried["healed"] or not tried["reason"]:
        return row
    return {**row, "created_at": tried["tried_at"], "reason": tried["reason"]}


def _merged(
    papers: pl.DataFrame,
    before: pl.DataFrame,
    tries: pl.DataFrame,
    languages: Sequence[str],
    model: str,
    needed: Mapping[Key, Found],
    due: Mapping[Key, Found],
    asked: Mapping[Key, Row],
    made: Mapping[Key, Row],
    stopped: str | None,
    reports: tuple[Report, ...],
) -> Repaired:
    had = _by_key(before)
    ranks_before = ranks(papers, before, languages)
    ranks_after = ranks(papers, SUMMARIES.frame(list(made.values())), languages)
    counted = _by_key(tries)
    rows = dict(had)
    changed, healed = set(), set()
    for key in due:
        row = made[key]
        was_asked = _was_asked(row, asked.get(key))
        better = ranks_after[key] > ranks_before.get(key, -1)
        # What waited for the endpoint waits for another reason now.
        other_reason = ranks_after[key] == ranks_before.get(key) == PENDING and row["reason"] != had[key]["reason"]
        if better or (was_asked and other_reason):
            rows[key] = _with_earlier(row, had.get(key), counted.get(key))
            changed.add(key)
        if better and ranks_after[key] >= (BY_RULES if model == MODEL_NAME else BY_MODEL):
            healed.add(key)
        if was_asked:
            counted[key] = _counted(
                row, due[key], counted.get(key), asked_with(model), healed=key in healed, stored=key in changed
            )
    order = [(paper, language) for paper in papers.get_column("paper_id") for language in languages]
    rest = [key for key in rows if key not in set(order)]
    new_tries = SUMMARY_REPAIRS.frame([counted[key] for key in sorted(counted)])
    return Repaired(
        SUMMARIES.frame([rows[key] for key in [*order, *rest] if key in rows]) if changed else before,
        new_tries,
        needed,
        frozenset(changed),
        frozenset(healed),
        frozenset((exhausted(new_tries, model) & needed.keys()) - healed),
        stopped,
        reports,
    )


def _was_asked(row: Row, asked: Row | None) -> bool:
    """Whether a try was made: the row is not the one handed in, and does not wait for the endpoint."""
    if row["status"] == "pending" and not row["attempts"]:
        return False
    return asked is None or row["created_at"] != asked["created_at"]


def _with_earlier(row: Row, had: Row | None, tried: Row | None) -> Row:
    """The row with what earlier tries took: those that no model could do, stored or not."""
    if had is not None and FAILED in (had["reason"] or ""):
        row = {**row, **_added_up(row, had)}
    return {**row, **_added_up(row, tried)} if tried is not None else row


def _added_up(row: Row, other: Row) -> Row:
    return {name: None if row[name] is None or other[name] is None else row[name] + other[name] for name in ADDED_UP}


NOTHING = {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "attempts": 0, "seconds": 0.0}


def _counted(row: Row, found: Found, before: Row | None, by: str, *, healed: bool, stored: bool) -> Row:
    again = before is not None and before["asked_with"] == by and not before["healed"]
    # What a try took stands in the row where the row is stored, else here until it is.
    took = NOTHING if stored else _added_up(row, before or NOTHING)
    return {
        **took,
        "day": row["day"],
        "paper_id": row["paper_id"],
        "language": row["language"],
        "found": before["found"] if before is not None and again else found,
        "healed": healed,
        "tries": (before["tries"] if before is not None and again else 0) + 1,
        "asked_with": by,
        "reason": None if healed else row["reason"],
        "tried_at": row["created_at"],
    }
