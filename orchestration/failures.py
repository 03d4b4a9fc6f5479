"""What Dagster stores of a step that failed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster._core.execution.plan.objects import StepFailureData
    from dagster_shared.error import SerializableErrorInfo


def root_message(error: SerializableErrorInfo) -> str:
    """The message of the error that is behind all others."""
    while error.cause:
        error = error.cause
    return error.message.strip()


def told_by_checks(data: StepFailureData) -> bool:
    """Whether a step failed for its asset checks alone: their evaluations say why."""
    return data.error is not None and "AssetCheckFailed" in (data.error.cls_name or "")
