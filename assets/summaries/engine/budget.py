"""Tokens and dollars of a day: what was spent, what is on its way, and whether one more request fits under the caps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assets.summaries.engine.caps import Account
    from assets.summaries.engine.settings import Price

CHARACTERS_PER_TOKEN = 3.6
"""Of English abstracts with TeX; an estimate for what is not counted yet."""
MESSAGE_TOKENS = 60
"""The schema and the frame of a chat message."""


@dataclass
class Spending:
    """What requests used; cost is None where a model without a price was used."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    uncertain_usd: float = 0.0
    """Of requests that were given up on the way and may have been charged for."""


class Budget:
    """The ledger of one day, and the wider accounts that it draws on, too."""

    def __init__(
        self, cap: float | None, prices: Mapping[str, Price], spent_before: float, wider: Sequence[Account] = ()
    ) -> None:
        self.cap = cap
        self.wider = wider
        self.prices = prices
        self.spent_before = spent_before
        self.spending = Spending()
        self._reserved = 0.0

    def estimate(self, model: str, input_tokens: int, output_tokens: int) -> float:
        """US dollars of a request, 0 for a model without a price."""
        price = self.prices.get(model)
        return price.cost(input_tokens, output_tokens) if price else 0.0

    def refusal(self, amount: float) -> str | None:
        """Which cap so much more would pass, whatever is on its way included, in words; None where it fits."""
        known = self.spent_before + (self.spending.cost_usd or 0.0) + self.spending.uncertain_usd
        if self.cap is not None and known + self._reserved + amount > self.cap:
            return f"the cost cap of {self.cap} US dollars (ALMANAC_MAX_COST_USD) is reached"
        return next((account.cap.reached for account in self.wider if not account.has_room(amount)), None)

    def for_one(self) -> Budget:
        """The account of one request beside all those that are spent, reserved or given up here."""
        spent = self.spent_before + (self.spending.cost_usd or 0.0) + self.spending.uncertain_usd + self._reserved
        return Budget(self.cap, self.prices, spent, self.wider)

    def take_over(self, other: Budget) -> None:
        """Books what the account of one request has come to; the wider accounts know it."""
        self.spent_before += (other.spending.cost_usd or 0.0) + other.spending.uncertain_usd

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way, so that waiting would free nothing."""
        return self._reserved <= 1e-12

    def reserve(self, amount: float) -> None:
        """A request goes out that may cost so much."""
        self._reserved += amount
        for account in self.wider:
            account.reserved += amount

    def release(self, amount: float) -> None:
        """The request is over."""
        self._reserved = max(0.0, self._reserved - amount)
        for account in self.wider:
            account.reserved = max(0.0, account.reserved - amount)

    def spend(self, model: str, input_tokens: int | None, output_tokens: int | None) -> float | None:
        """Books an answer; its cost in US dollars, None for a model without a price."""
        self.spending.input_tokens += input_tokens or 0
        self.spending.output_tokens += output_tokens or 0
        price = self.prices.get(model)
        if price is None:
            self.spending.cost_usd = None
            return None
        cost = price.cost(input_tokens or 0, output_tokens or 0)
        if self.spending.cost_usd is not None:
            self.spending.cost_usd += cost
        for account in self.wider:
            account.spent += cost
        return cost

    def abandon(self, amount: float) -> None:
        """A request was given up on the way; it counts against the cap, because it may be charged for."""
        self.spending.uncertain_usd += amount
        for account in self.wider:
            account.spent += amount


def tokens_of_messages(messages: Iterable[Mapping[str, str]]) -> int:
    """Tokens of a request, by estimate."""
    return sum(int(len(message["content"]) / CHARACTERS_PER_TOKEN) + 1 for message in messages) + MESSAGE_TOKENS
