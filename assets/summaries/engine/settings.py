"""What can be set of the engine. Nothing is read from the environment here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from assets.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assets.summaries.engine.caps import Cap

MILLION = 1_000_000
OPENAI_URL = "https://api.openai.com/v1"
BATCH_PRICE = 0.5
"""What a token costs in a batch, as a share of its price: all endpoints that offer batches ask half."""


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens."""

    input_usd: float
    output_usd: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """US dollars of so many tokens sent and received."""
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / MILLION


@dataclass(frozen=True)
class EngineSettings:
    """How and where models are called. Seconds are seconds, money is US dollars.

    Raises SettingsError where a limit makes no sense, the key cannot be one, or a cost cap is set for a model without a
    price.
    """

    model: str
    journal: Path
    """Folder of the journal; every answer is kept there. On a local disk."""
    base_url: str | None = field(default=None, repr=False)
    """Address of the endpoint; None is OpenAI's own. Not shown: it may hold a password."""
    api_key: str | None = field(default=None, repr=False)
    """None for local servers that ask for none."""
    fallback_model: str | None = None
    """Asked for papers that `model` cannot do, at the same endpoint."""
    prices: Mapping[str, Price] = field(default_factory=lambda: MappingProxyType({}))
    max_cost_usd: float | None = None
    """The most that the summaries of one day may cost, all runs together."""
    caps: tuple[Cap, ...] = ()
    """What everything together may cost, over a stretch of time."""
    max_concurrency: int = 64
    """Requests in flight at most; the engine starts with few and finds out how many the endpoint bears."""
    requests_per_minute: float | None = None
    """None: learned from the endpoint's headers and refusals."""
    tokens_per_minute: float | None = None
    deadline_seconds: float = 120.0
    """The longest that a request may take; shorter once the endpoint's usual latency is known, up to four times as
    long where the endpoint turns out to be slow."""
    outage_seconds: float = 180.0
    """The endpoint is given up after so long without any answer."""
    longest_wait_seconds: float = 900.0
    """A Retry-After beyond this ends the day; its papers stay pending."""
    attempts: int = 8
    """Requests that may fail in transit before a paper is given up."""
    asks: int = 3
    """Times that a model is asked for a field until its text passes the checks."""
    output_tokens: int = 1_200
    """Completion tokens allowed per language; doubled where an answer is cut off."""
    batch_polls: tuple[float, float] = (5.0, 300.0)
    """Seconds until a batch is asked about for the first time, and at the longest between two times."""
    batch_requests: int = 50_000
    batch_bytes: int = 200_000_000
    """The most that one batch may hold; these are OpenAI's limits."""
    batch_tries: int = 3
    """Batches that may leave a request unanswered before it stays pending until the next run."""
    batch_repairs: int = 50
    """Fields to be asked for again go into a further batch when there are so many, and are asked live otherwise."""

    def __post_init__(self) -> None:
        key = (self.api_key or "").strip()
        if not all("!" <= letter <= "~" for letter in key):
            raise SettingsError(
                "OPENAI_API_KEY holds a character that no key has (a curly quotation mark, a blank or a line break): "
                "copy the key again, without anything around it."
            )
        object.__setattr__(self, "api_key", key or None)
        if not self.model.strip():
            raise SettingsError("ALMANAC_MODEL names no model: set it to one that the endpoint offers.")
        for name in (
            "max_concurrency", "requests_per_minute", "tokens_per_minute", "deadline_seconds", "outage_seconds",
            "longest_wait_seconds", "attempts", "asks", "output_tokens", "batch_requests", "batch_bytes", "batch_tries",
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise SettingsError(f"{name} is {value}, but must be more than 0.")
        if self.max_cost_usd is not None and self.max_cost_usd < 0:
            raise SettingsError(f"ALMANAC_MAX_COST_USD is {self.max_cost_usd}, but must be 0 or more.")
        if self.max_cost_usd is not None or self.caps:
            named = "ALMANAC_MAX_COST_USD" if self.max_cost_usd is not None else self.caps[0].named
            if unpriced := [model for model in self.models if model not in self.prices]:
                raise SettingsError(
                    f"{named} is set, but ALMANAC_PRICES has no price for {', '.join(unpriced)}: add it "
                    f"(for example {unpriced[0]}=0.25/2.00, dollars per million input and output tokens)."
                )

    @property
    def address(self) -> str:
        """Where the endpoint is, always in full: left to itself, the client of `openai` takes an empty OPENAI_BASE_URL
        of the environment, which sets nothing here, for an address."""
        return self.base_url or OPENAI_URL

    @property
    def models(self) -> tuple[str, ...]:
        """The models in the order in which they are asked."""
        fallback = self.fallback_model
        return (self.model,) if not fallback or fallback == self.model else (self.model, fallback)


def parse_prices(text: str | None) -> dict[str, Price]:
    """Prices by model from "small=0.25/2.00, large=1.25/10" or a JSON object of pairs; {} for None or "".

    The pair is US dollars per million input and output tokens. Raises SettingsError for anything else.
    """
    if not text or not text.strip():
        return {}
    try:
        if text.lstrip().startswith("{"):
            pairs = [(str(model), float(pair[0]), float(pair[1])) for model, pair in json.loads(text).items()]
        else:
            pairs = []
            for part in text.replace(";", ",").split(","):
                if part.strip():
                    model, _, pair = part.rpartition("=")
                    sent, received = pair.split("/")
                    pairs.append((model.strip(), float(sent), float(received)))
        prices = {model: Price(sent, received) for model, sent, received in pairs if model}
        if len(prices) == len(pairs) and all(min(vars(price).values()) >= 0 for price in prices.values()):
            return prices
    except (ValueError, TypeError, AttributeError, IndexError):
        pass
    raise SettingsError(
        f"ALMANAC_PRICES is {text!r}, but must be model=input/output pairs, dollars per million tokens, "
        "for example gpt-small=0.25/2.00, gpt-large=1.25/10."
    )
