"""What a process has found out about an endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assets.summaries.engine.concurrency import Concurrency
from assets.summaries.engine.latency import Latency
from assets.summaries.engine.pacing import Pacer

if TYPE_CHECKING:
    from assets.summaries.engine.dialect import Dialect
    from assets.summaries.engine.settings import EngineSettings


@dataclass
class Learned:
    """What a process learns about an endpoint; handed from day to day."""

    pacer: Pacer
    concurrency: Concurrency
    latency: Latency
    dialects: dict[str, Dialect] = field(default_factory=dict)
    stopped: str | None = None
    """Why no request can succeed any more, on any day, until a person acts or the endpoint is back."""
    uncertain_usd: float = 0.0
    """Of requests that were given up on the way and may have been charged for, and of answers that came twice."""

    @classmethod
    def nothing(cls, settings: EngineSettings) -> Learned:
        """As the settings say, before the first request."""
        return cls(
            Pacer(settings.requests_per_minute, settings.tokens_per_minute),
            Concurrency(settings.max_concurrency),
            Latency(settings.deadline_seconds),
        )
