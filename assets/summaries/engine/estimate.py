"""What the summaries of papers would take, before anything is sent: requests, tokens, money, time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.summaries.engine.budget import tokens_of_messages
from assets.summaries.engine.journal import FILE, Journal, Sizes
from assets.summaries.engine.plan import answer_key, groups, plan
from assets.summaries.engine.prompt import PROMPT_VERSION, messages
from assets.summaries.engine.settings import BATCH_PRICE
from assets.summaries.fields import FIELDS
from assets.summaries.summarizer import abstract_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from assets.summaries.engine.plan import Task
    from assets.summaries.engine.prompt import Wanted
    from assets.summaries.engine.settings import EngineSettings

UNKNOWN = Sizes(
    firsts=0,
    repairs=0.05,
    input_factor=1.0,
    output_tokens=420.0,
    repair_input_tokens=900.0,
    repair_output_tokens=120.0,
    seconds=None,
)
"""Taken until the journal holds answers of the model."""
ENOUGH = 20
"""First answers from which the journal's averages are believed."""


@dataclass(frozen=True)
class Estimate:
    """What the summaries of papers would take; estimates of several days can be added.

    Costs are US dollars, None where the model has no price; `batch_cost_usd` is the same through `openai-batch`.
    `seconds` is None where neither a limit is set nor an answer of the model has been timed.
    """

    papers: int
    """Papers that have to be asked about; papers whose answers are there already don't count."""
    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    batch_cost_usd: float | None
    seconds: float | None

    def __add__(self, other: Estimate) -> Estimate:
        """Both together, one after the other."""
        return Estimate(
            self.papers + other.papers,
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            _sum(self.cost_usd, other.cost_usd),
            _sum(self.batch_cost_usd, other.batch_cost_usd),
            _sum(self.seconds, other.seconds),
        )


def estimate(
    papers: pl.DataFrame,
    languages: Sequence[str],
    before: pl.DataFrame,
    settings: EngineSettings,
    *,
    anew: bool = False,
) -> Estimate:
    """What `papers` (rows of PAPERS of a day) would take that have no complete row in `before` (rows of SUMMARIES).

    What is sent is measured on the prompts themselves; what comes back, how often a field has to be asked for again
    and how long an answer takes is what the journal shows of the model, or else a general experience. Answers that the
    journal holds are free, unless `anew` asks what papers like these would take that nobody has asked about. Nothing is
    sent. Raises StorageError where the journal cannot be read.
    """
    _, tasks = plan(papers, languages, before, settings.models)
    if not (settings.journal / FILE).exists():
        return _estimate(tasks, settings, UNKNOWN, lambda _: False)
    with Journal(settings.journal) as journal:
        sizes = journal.sizes(settings.model, PROMPT_VERSION)
        known = sizes if sizes is not None and sizes.firsts >= ENOUGH else UNKNOWN
        return _estimate(tasks, settings, known, lambda key: not anew and journal.find(key) is not None)


def _estimate(
    tasks: Sequence[Task], settings: EngineSettings, sizes: Sizes, is_answered: Callable[[str], bool]
) -> Estimate:
    asked: set[str] = set()
    count = sent = received = 0.0
    for task in tasks:
        title, abstract = task.paper["title"], task.paper["abstract"]
        digest = abstract_hash(abstract)
        for group in groups(task.languages) if abstract.strip() else ():
            wanted: Wanted = dict.fromkeys(group, FIELDS)
            if not is_answered(answer_key(digest, settings.model, 0, wanted, {}, task.before)):
                asked.add(task.paper["paper_id"])
                count += 1
                sent += tokens_of_messages(messages(title, abstract, wanted)) * sizes.input_factor
                received += sizes.output_tokens * len(group)
    again = count * sizes.repairs
    sent += again * sizes.repair_input_tokens
    received += again * sizes.repair_output_tokens
    requests = round(count + again)
    price = settings.prices.get(settings.model)
    cost = price.cost(round(sent), round(received)) if price else None
    return Estimate(
        papers=len(asked),
        requests=requests,
        input_tokens=round(sent),
        output_tokens=round(received),
        cost_usd=cost,
        batch_cost_usd=None if cost is None else cost * BATCH_PRICE,
        seconds=_seconds(requests, sent + received, settings, sizes),
    )


def _seconds(requests: int, tokens: float, settings: EngineSettings, sizes: Sizes) -> float | None:
    if not requests:
        return 0.0
    known = []
    if sizes.seconds is not None:
        # With so many in flight, one is answered in each so-many-th part of the time that one takes.
        known.append(max(requests / settings.max_concurrency, 1.0) * sizes.seconds)
    if settings.requests_per_minute:
        known.append(60 * requests / settings.requests_per_minute)
    if settings.tokens_per_minute:
        known.append(60 * tokens / settings.tokens_per_minute)
    return max(known) if known else None


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
