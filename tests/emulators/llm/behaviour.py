"""What the emulated endpoint does: its latency, its limits, and its faults."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RetryAfter = Literal["ms", "seconds", "date"]

TRANSIT = (
    "rate_limit", "rate_limit_silent", "error_500", "error_502", "error_200", "hang", "drip", "reset", "html", "slow",
)  # fmt: skip
"""Faults on the way: nothing usable arrives (`drip` sends an answer too slowly ever to end, `slow` in its own time)."""
FORMAT = (
    "fence", "prose", "trailing_comma", "truncated", "single_backslash", "single_quotes", "bare_line_break",
    "inner_quotes", "think", "over_escaped", "eaten_tex", "truncated_silently", "labels",
)  # fmt: skip
"""Faults of the answer's form; the words in it are right, as far as they go."""
TRUNCATED = ("truncated", "truncated_silently")
"""Of these, those that leave words out."""
CONTENT = (
    "missing_field", "wrong_language", "invented_number", "placeholder", "copied", "empty", "no_choices", "prose_only",
    "control_characters", "off_topic", "repeated_field", "failure_text", "schema_echo", "loop", "prompt_echo",
    "bad_keywords",
)  # fmt: skip
"""Faults of what the answer says."""
OF_AN_ATTACK = ("obeys",)
"""The answer does what an abstract orders it to; an abstract that orders nothing gets an honest one."""
OF_THE_PAPER = ("refusal", "content_filter")
OF_AN_OVERVIEW = ("invented_paper", "other_number", "off_paper")
"""Faults of what an answer says in a step of an overview; a summary is left as it is."""
KINDS = (*TRANSIT, *FORMAT, *CONTENT, *OF_AN_ATTACK, *OF_THE_PAPER, *OF_AN_OVERVIEW)


@dataclass(frozen=True)
class BatchBehaviour:
    """What happens to files and batches."""

    offered: bool = True
    seconds: float = 0.0
    """From the creation of a batch to its end."""
    expired: int = 0
    """Batches that expire, the first ones."""
    answered_share: float = 0.5
    """Share of its requests that a batch has answered when it expires or is cancelled."""
    enqueued_tokens: int | None = None
    """Tokens that all open batches together may have."""
    broken: Mapping[str, int] = field(default_factory=dict)
    """How often at first: upload and creation (done, but the answer is lost), refused creation, list, validation,
    download (the content breaks off)."""
    delays: Mapping[str, float] = field(default_factory=dict)
    """Seconds from the deed to the answer, for upload, creation, retrieval and download."""


@dataclass(frozen=True)
class Behaviour:
    """Everything about the endpoint. Seconds are seconds; shares are of all requests."""

    seed: int = 0
    latency: float = 0.0
    """Median seconds of an answer."""
    sigma: float = 0.0
    """Of the lognormal distribution of latencies; 0 is constant."""
    faults: Mapping[str, float] = field(default_factory=dict)
    """Kind → share of requests."""
    faulty_attempts: int = 1_000_000
    """Faults strike only the first so many requests about a paper."""
    requests_per_second: float | None = None
    """Token bucket; None for no limit."""
    burst: float = 10.0
    window: tuple[int, float] | None = None
    """Requests per so many seconds, in fixed windows."""
    tokens_per_minute: float | None = None
    token_burst: float | None = None
    """Tokens that may be used at once; None for those of a minute."""
    limit_headers: bool = False
    retry_after: RetryAfter | None = None
    """How a refusal for the rate says how long to wait; None for not at all."""
    quota: int | None = None
    """Answers after which `insufficient_quota` is all there is."""
    models: tuple[str, ...] = ("emulated",)
    key: str | None = None
    """The only API key that is accepted; None accepts all."""
    rejects: tuple[str, ...] = ()
    """Forms that are refused: schema, tools, json, temperature, max_tokens."""
    ignores_form: bool = False
    """Answers in labelled prose unless asked for JSON by form."""
    single_backslashes: bool = False
    """Every answer has TeX behind one backslash."""
    slots: int | None = None
    """Requests that are worked on at a time, as by a small local server; the others wait. None for all."""
    outage: bool = False
    """Nothing but 503."""
    judge: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What the judge of an overview answers, made from an honest answer; None for that one itself."""
    gullible: bool = False
    """Whether a model that writes pages takes orders from an abstract, and then confirms whatever it is asked."""
    manner: Literal["terse", "wordy"] | None = None
    """How sentences of a paragraph are written, if not as they come."""
    batches: BatchBehaviour = field(default_factory=BatchBehaviour)

    def __post_init__(self) -> None:
        if unknown := set(self.faults) - set(KINDS):
            raise ValueError(f"no such fault: {sorted(unknown)}; there are {', '.join(KINDS)}")

    def fault(self, paper: str, attempt: int) -> str | None:
        """The fault of a paper's attempt (1, 2, …)."""
        if attempt > self.faulty_attempts:
            return None
        draw = self._random("fault", paper, attempt).random()
        for kind, share in self.faults.items():
            if draw < share:
                return kind
            draw -= share
        return None

    def seconds(self, paper: str, attempt: int) -> float:
        """The latency of a paper's attempt."""
        spread = math.exp(self.sigma * self._random("latency", paper, attempt).gauss(0, 1)) if self.sigma else 1.0
        return self.latency * spread

    def _random(self, what: str, paper: str, attempt: int) -> random.Random:
        digest = hashlib.sha256(f"{self.seed}:{what}:{paper}:{attempt}".encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))
