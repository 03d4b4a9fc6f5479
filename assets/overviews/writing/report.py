"""What a model's part of a page came to: its sentences, those that were refused, its tokens and its cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REFUSED = "refused"
"""Where the verification of a page of which a model told publishes the sentences that were refused."""


@dataclass(frozen=True)
class Spent:
    """What answers took; the cost in US dollars is None for a model without a price."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0

    def shares(self, of: int) -> list[Spent]:
        """The same in equal parts, whose tokens add up to it."""
        cost = None if self.cost_usd is None else self.cost_usd / of

        def part(tokens: int, number: int) -> int:
            return tokens // of + (number < tokens % of)

        return [Spent(part(self.input_tokens, at), part(self.output_tokens, at), cost) for at in range(of)]

    @classmethod
    def total(cls, parts: Iterable[Spent]) -> Spent:
        """The sum, which is the same in every order."""
        found = list(parts)
        costs = [one.cost_usd for one in found if one.cost_usd is not None]
        return cls(
            sum(one.input_tokens for one in found),
            sum(one.output_tokens for one in found),
            math.fsum(costs) if len(costs) == len(found) else None,
        )


@dataclass
class Report:
    """What the model's part of a page came to. Sentences are those about papers."""

    model: str
    written: int = 0
    repaired: int = 0
    by_rules: int = 0
    taken_back: int = 0
    """Sentences that were accepted alone, and that the page does not hold: they did not go with the rest of it, or the
    rules say the same in the same words."""
    unanswered: int = 0
    """Papers about which the model could not be asked to the end; a later run asks again."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    """Of the answers that stand behind the page, whenever they were given."""
    stopped: str | None = None
    """Why nothing more could be asked; None where all was."""
    rejected: list[dict[str, str]] = field(default_factory=list)
    """Sentences that the check or the judge refused, each with its paper and the reason."""

    @property
    def on_the_page(self) -> int:
        """Sentences of the model that the page holds."""
        return self.written + self.repaired - self.taken_back

    def pay(self, parts: Sequence[Spent]) -> None:
        """Books what the page's answers took, all at once."""
        spent = Spent.total(parts)
        self.input_tokens, self.output_tokens = spent.input_tokens, spent.output_tokens
        self.cost_usd = None if spent.cost_usd is None else round(spent.cost_usd, 6)

    def reject(self, paper: str, text: str, reason: str) -> None:
        """Notes a sentence that the page does not hold."""
        self.rejected.append({"paper": paper, "text": text, "reason": reason})

    def as_json(self) -> dict[str, Any]:
        """For the page's JSON, the refused sentences left out."""
        return {name: value for name, value in vars(self).items() if name != "rejected"}

    @property
    def refused(self) -> list[dict[str, str]]:
        """The refused sentences, in an order that does not depend on which answer came first."""
        return sorted(self.rejected, key=lambda entry: (entry["paper"], entry["text"], entry["reason"]))

    @classmethod
    def of_page(cls, page: Mapping[str, Any]) -> Report | None:
        """From a page's JSON; None where no model was asked."""
        own = page["made_with"].get("model")
        return None if own is None else cls(**own, rejected=[dict(one) for one in page["verification"][REFUSED]])


@dataclass
class Figures:
    """What a run asked for the pages of a partition, whatever came of it."""

    model: str
    requests: int = 0
    answers: int = 0
    replayed: int = 0
    """Answers that the journal held already."""
    spent: list[Spent] = field(default_factory=list)
    stopped: str | None = None

    def metadata(self, reports: Sequence[Report]) -> dict[str, Any]:
        """For the materialization. `reports` are those of the partition's pages."""
        spent = Spent.total(self.spent)
        told: dict[str, Any] = {
            "writing_model": self.model,
            "writing_requests": self.requests,
            "writing_answers": self.answers,
            "writing_answers_from_the_journal": self.replayed,
            "writing_input_tokens": spent.input_tokens,
            "writing_output_tokens": spent.output_tokens,
            "sentences_by_the_model": sum(report.on_the_page for report in reports),
            "sentences_by_rules": sum(report.by_rules for report in reports),
            "sentences_refused": sum(len(report.rejected) for report in reports),
        }
        if spent.cost_usd is not None:
            told["writing_cost_usd"] = round(spent.cost_usd, 6)
        if self.stopped is not None:
            told["writing_stopped"] = self.stopped
        return told
