"""What came back of a batch: answers into the journal, refusals of a paper beside them, the rest is missing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from assets.summaries.engine.endpoint import read_reply
from assets.summaries.engine.faults import Fault, Kind, fault_of_status
from assets.summaries.engine.journal import Entry
from assets.summaries.engine.settings import BATCH_PRICE

if TYPE_CHECKING:
    from pathlib import Path

    from assets.summaries.engine.batches.client import BatchClient, State
    from assets.summaries.engine.batches.store import BatchStore, Request, Submission
    from assets.summaries.engine.dialect import Dialect
    from assets.summaries.engine.endpoint import Reply
    from assets.summaries.engine.settings import EngineSettings

AT_ONCE = 500
"""Results that are recorded in one transaction."""


class _Error(msgspec.Struct):
    code: str | int | None = None
    message: str | None = None
    type: str | None = None


class _Response(msgspec.Struct):
    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"")


class _Line(msgspec.Struct):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


class _Body(msgspec.Struct):
    error: _Error | None = None


LINE = msgspec.json.Decoder(_Line, strict=False)
BODY = msgspec.json.Decoder(_Body, strict=False)


@dataclass
class Collected:
    """What a batch brought."""

    answers: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    permanent: str | None = None
    """Why no request will succeed, where one said so."""


class Collector:
    """Records the results of batches that have ended."""

    def __init__(self, settings: EngineSettings, store: BatchStore, client: BatchClient, folder: Path) -> None:
        self._settings = settings
        self._store = store
        self._client = client
        self._folder = folder
        self._secrets = (settings.api_key,) if settings.api_key else ()

    async def collect(self, batch: Submission, state: State, dialect: Dialect) -> Collected:
        """Records all results of an ended batch and closes it; may be repeated. Raises Fault and StorageError.

        `dialect` learns where the endpoint refused the form of requests.
        """
        collected = Collected()
        sent = dialect.request([], {}, 1)
        answers: list[Entry] = []
        faults: list[tuple[str, Fault]] = []
        for file in state.files:
            async for text in self._client.lines(file, self._folder):
                try:
                    line = LINE.decode(text)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue  # Its request counts as unanswered.
                request = self._store.request(batch.token, line.custom_id)
                if request is None:
                    continue
                try:
                    answers.append(self._entry(batch, request, self._reply(line)))
                except Fault as fault:
                    if fault.kind is Kind.PAPER:
                        faults.append((request.key, fault))
                    elif fault.kind is Kind.PERMANENT:
                        collected.permanent = fault.reason
                    elif fault.form:
                        dialect.rejected(sent, fault.reason)
                if len(answers) + len(faults) >= AT_ONCE:
                    self._record(batch, answers, faults, collected)
                    answers, faults = [], []
        self._record(batch, answers, faults, collected)
        self._store.end(batch.token, state.status)
        return collected

    def _record(
        self, batch: Submission, answers: list[Entry], faults: list[tuple[str, Fault]], collected: Collected
    ) -> None:
        self._store.record(batch.token, answers, faults)
        for entry in answers:
            collected.answers += 1
            collected.input_tokens += entry.input_tokens or 0
            collected.output_tokens += entry.output_tokens or 0
            if entry.cost_usd is None or collected.cost_usd is None:
                collected.cost_usd = None
            else:
                collected.cost_usd += entry.cost_usd

    def _reply(self, line: _Line) -> Reply:
        if line.response is None or not line.response.status_code:
            error = line.error or _Error()
            raise Fault(Kind.TRANSIENT, error.message or str(error.code or "no result"))
        body = bytes(line.response.body)
        if line.response.status_code == 200:
            return read_reply(body, {}, 0.0, self._secrets)
        try:
            error = BODY.decode(body).error or _Error()
        except msgspec.DecodeError:
            error = _Error()
        code = str(error.code or error.type or "")
        raise fault_of_status(line.response.status_code, code, error.message or "", {}, secrets=self._secrets)

    def _entry(self, batch: Submission, request: Request, reply: Reply) -> Entry:
        price = self._settings.prices.get(batch.model)
        cost = price.cost(reply.input_tokens or 0, reply.output_tokens or 0) * BATCH_PRICE if price else None
        now = time.time()
        return Entry(
            key=request.key, day=request.day, paper_id=request.paper_id, abstract_hash=request.abstract_hash,
            model=batch.model, prompt_version=request.prompt_version, content=reply.content,
            finish_reason=reply.finish_reason, refusal=reply.refusal, input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens, cost_usd=cost, requests=1,
            seconds=now - (batch.submitted_at or batch.planned_at), created_at=now, number=request.number,
            languages=request.languages, input_estimate=request.input_estimate, batch=batch.token,
        )  # fmt: skip
