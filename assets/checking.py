"""How an asset check judges its partitions: one evaluation a partition, also in a backfill's run.

Dagster stores the result of a check in a run of many partitions without saying which partition it
is about. `judge_partitions` therefore logs one evaluation for each and returns the overall one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from assets.materialization import markdown_line, stored_together

NAMED_AT_MOST = 50
"""Problems that a result lists; the rest is counted."""


@dataclass(frozen=True)
class Verdict:
    """What a check found in one partition: sentences that name the papers, and figures."""

    problems: Sequence[str] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    passed: bool | None = None
    """Whether the partition passes; by default it does where there is no problem."""
    advice: str = ""
    """What to do about it, as a sentence."""
    severity: dg.AssetCheckSeverity | None = None
    """How grave it is where the partition does not pass; by default as the check says."""
    note: str = "No problem found."
    """What is said where there is no problem."""

    @property
    def passes(self) -> bool:
        """Whether the partition passes."""
        return not self.problems if self.passed is None else self.passed

    @property
    def sentence(self) -> str:
        """The finding in a line."""
        if not self.problems:
            return self.note
        rest = len(self.problems) - 1
        told = self.problems[0] + (f" (and {rest} more)" if rest else "")
        return f"{told} {self.advice}" if self.advice and not self.passes else told

    @property
    def description(self) -> str:
        """The same as the description of an evaluation, which Dagster's UI renders as Markdown."""
        return markdown_line(self.sentence)

    def metadata(self) -> dict[str, Any]:
        """Figures and the list of problems, as Dagster metadata."""
        entries: dict[str, Any] = {"problems": len(self.problems), **self.figures}
        if self.problems:
            listed = [f"- {markdown_line(problem)}" for problem in self.problems[:NAMED_AT_MOST]]
            if len(self.problems) > NAMED_AT_MOST:
                listed.append(f"- … and {len(self.problems) - NAMED_AT_MOST} more")
            entries["named"] = dg.MetadataValue.md("\n".join(listed))
        return entries


def judge_partitions(
    context: dg.AssetCheckExecutionContext,
    judge: Callable[[str], Verdict],
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    *,
    each_alone: bool = False,
) -> dg.AssetCheckResult:
    """Judges every partition of the run; the overall result passes where all of them do.

    With `each_alone`, a run of many partitions goes on when only some of them fail: what stands on
    them then refuses the failed ones itself.
    """
    check = context.check_specs[0]
    return next(judge_checks(context, lambda key: {check.name: judge(key)}, severity, each_alone=each_alone))


def judge_checks(
    context: dg.AssetCheckExecutionContext,
    judge: Callable[[str], Mapping[str, Verdict]],
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    *,
    each_alone: bool = False,
) -> Iterator[dg.AssetCheckResult]:
    """The same for a step of several checks: `judge` gives a verdict for each, by its name."""
    keys = list(context.op_execution_context.partition_keys)
    verdicts = {key: judge(key) for key in keys}
    for check in context.check_specs:
        by_key = {key: found[check.name] for key, found in verdicts.items()}
        if len(keys) == 1:
            verdict = by_key[keys[0]]
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=verdict.passes,
                severity=verdict.severity or severity,
                description=verdict.description,
                metadata=verdict.metadata(),
            )
            continue
        with stored_together(context.instance):
            for key, verdict in by_key.items():
                _log_evaluation(context, check, key, verdict, severity)
        failed = {key: verdict for key, verdict in by_key.items() if not verdict.passes}
        sentences = " ".join(f"{key}: {verdict.description}" for key, verdict in failed.items())
        gravest = {verdict.severity or severity for verdict in failed.values()} or {severity}
        goes_on = dg.AssetCheckSeverity.ERROR not in gravest or (each_alone and len(failed) < len(keys))
        yield dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN if goes_on else dg.AssetCheckSeverity.ERROR,
            description=sentences or "No problem found.",
            metadata={"partitions": len(keys), "failed": len(failed)},
        )


def _log_evaluation(
    context: dg.AssetCheckExecutionContext,
    check: dg.AssetCheckSpec,
    key: str,
    verdict: Verdict,
    severity: dg.AssetCheckSeverity,
) -> None:
    # Dagster takes a check's evaluation here, though its annotation names three other events only.
    context.op_execution_context.log_event(evaluation(check, key, verdict, severity))  # type: ignore[arg-type]


def evaluation(
    check: dg.AssetCheckSpec, key: str, verdict: Verdict, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckEvaluation:
    """What a check found in a partition, as Dagster records it."""
    return dg.AssetCheckEvaluation(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=verdict.passes,
        severity=verdict.severity or severity,
        description=verdict.description,
        metadata=verdict.metadata(),
        blocking=check.blocking,
        partition=key,
    )
