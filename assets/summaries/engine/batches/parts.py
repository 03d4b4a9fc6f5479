"""Files of requests, filled one after the other and never larger than an endpoint takes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from assets.summaries.engine.batches.client import COMPLETIONS
from assets.summaries.engine.batches.store import Request
from assets.summaries.engine.prompt import PROMPT_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from assets.summaries.engine.ask import Ask
    from assets.summaries.engine.settings import EngineSettings


@dataclass
class Part:
    """The requests of one batch, all of one model."""

    model: str
    folder: Path
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    requests: list[Request] = field(default_factory=list)
    size: int = 0
    """Bytes."""
    tokens: int = 0
    """Tokens sent, by estimate."""
    repairs: int = 0
    """Requests that are not the first about their paper."""

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self.token}.jsonl"

    def takes(self, line: bytes, settings: EngineSettings) -> bool:
        """Whether one more request fits."""
        return len(self.requests) < settings.batch_requests and self.size + len(line) <= settings.batch_bytes

    def add(self, ask: Ask, line: bytes, reserved_usd: float, *, repair: bool) -> None:
        """Writes one more request into the file."""
        with self.path.open("ab") as content:
            content.write(line)
        self.requests.append(
            Request(
                ask.key, ask.day, ask.paper_id, ask.abstract_hash, PROMPT_VERSION, ask.number, len(ask.wanted),
                ask.input_estimate, reserved_usd,
            )
        )  # fmt: skip
        self.size += len(line)
        self.tokens += ask.input_estimate
        self.repairs += repair


def request_line(ask: Ask, arguments: dict[str, Any]) -> bytes:
    """A request as a line of a batch's file."""
    body = {"model": ask.model, **arguments}
    return msgspec.json.encode({"custom_id": ask.key, "method": "POST", "url": COMPLETIONS, "body": body}) + b"\n"
