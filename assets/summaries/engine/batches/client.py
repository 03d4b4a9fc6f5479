"""Files and batches over the wire, by the client of `openai`; everything that fails is a Fault.

What may be repeated is repeated here. The creation of a batch may not: its answer can be lost while the batch is begun,
so after a failure the endpoint's list of batches is asked first.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import httpx2
from openai import APIStatusError, OpenAIError

from assets.summaries.engine.endpoint import fault_of_error
from assets.summaries.engine.faults import Fault, Kind, fault_of_status, scrubbed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from openai import AsyncOpenAI
    from openai.types import Batch

    from assets.summaries.engine.settings import EngineSettings

T = TypeVar("T")

COMPLETIONS: Final = "/v1/chat/completions"
MARK = "almanac"
"""The key of the metadata under which a batch keeps its token."""
ENDED = frozenset(("completed", "failed", "expired", "cancelled"))
LIMIT = re.compile(r"limit: ([\d,]*\d)", re.IGNORECASE)
ATTEMPTS = 6
PAUSE = 0.1
"""The pauses before something is repeated, as a share of those between two looks at a batch."""
TRANSFER_SECONDS = 1_800.0
"""The longest that a file may take up or down."""
CALL_SECONDS = 60.0
LISTED_SECONDS = 86_400.0
"""A batch that began so long before ours was written down is not ours, nor is any before it."""


@dataclass(frozen=True)
class State:
    """How far a batch is, as its endpoint tells it."""

    id: str
    status: str
    answered: int
    """Requests that are done."""
    files: tuple[str, ...] = ()
    """Its files of results."""
    fault: Fault | None = None
    """Why it was not begun."""
    too_much_at_once: bool = False
    """Whether that was a limit of all that is under way."""
    token_limit: int | None = None
    """That limit in tokens, where the endpoint tells it."""

    @property
    def ended(self) -> bool:
        """Whether nothing will be added to its results."""
        return self.status in ENDED


class BatchClient:
    """Made inside a running event loop; the client is the endpoint's own and is closed by it."""

    def __init__(self, client: AsyncOpenAI, settings: EngineSettings) -> None:
        self._client = client
        self._secrets = (settings.api_key,) if settings.api_key else ()
        self._pauses = settings.batch_polls

    async def upload(self, token: str, path: Path) -> str:
        """The number of a file of requests."""

        async def once() -> str:
            with path.open("rb") as content:
                made = await self._client.files.create(
                    file=(_file_name(token), content), purpose="batch", timeout=TRANSFER_SECONDS
                )
            return str(made.id)

        return await self._again(once, TRANSFER_SECONDS)

    async def create(self, token: str, file_id: str, planned_at: float) -> State:
        """Begins a batch, once, whatever gets lost on the way."""

        async def once() -> State:
            # An endpoint that knows the header makes sure of it, too.
            made = await self._client.batches.create(
                input_file_id=file_id,
                endpoint=COMPLETIONS,
                completion_window="24h",
                metadata={MARK: token},
                extra_headers={"Idempotency-Key": token},
            )
            return self._state(made)

        for attempt in range(ATTEMPTS):
            try:
                return await self._guarded(once, CALL_SECONDS)
            except Fault as fault:
                if fault.kind is not Kind.TRANSIENT or attempt == ATTEMPTS - 1:
                    raise
                await self._pause(attempt, fault)
                if (found := await self.find(token, planned_at)) is not None:
                    return found
        raise AssertionError

    async def find(self, token: str, planned_at: float) -> State | None:
        """The batch that keeps this token, among those of about this time or later."""

        async def once() -> State | None:
            async for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get(MARK) == token:
                    return self._state(batch)
                if batch.created_at and batch.created_at < planned_at - LISTED_SECONDS:
                    break
            return None

        return await self._again(once, CALL_SECONDS)

    async def state(self, batch_id: str) -> State | None:
        """How far a batch is; None where the endpoint does not know it."""

        async def once() -> State:
            return self._state(await self._client.batches.retrieve(batch_id))

        try:
            return await self._guarded(once, CALL_SECONDS)
        except Unknown:
            return None

    async def lines(self, file_id: str, folder: Path) -> AsyncIterator[bytes]:
        """The lines of a file, after it has arrived whole; `folder` holds it meanwhile."""
        with tempfile.TemporaryFile(dir=folder) as content:

            async def once() -> None:
                content.seek(0)
                content.truncate()
                try:
                    async with self._client.files.with_streaming_response.content(
                        file_id, timeout=TRANSFER_SECONDS
                    ) as response:
                        async for chunk in response.iter_bytes():
                            content.write(chunk)
                except httpx2.HTTPError as error:
                    raise Fault(Kind.TRANSIENT, f"the file broke off ({type(error).__name__})") from None

            await self._again(once, TRANSFER_SECONDS)
            content.seek(0)
            for line in content:
                yield line

    async def discard(self, token: str, file_id: str | None) -> None:
        """Removes the file of requests, which nobody needs any more; it does not matter if that fails."""

        async def once() -> None:
            if file_id is not None:
                await self._client.files.delete(file_id)
                return
            page = await self._client.files.list(purpose="batch")
            for file in page.data:
                if file.filename == _file_name(token):
                    await self._client.files.delete(file.id)

        try:
            await self._guarded(once, CALL_SECONDS)
        except Fault:
            return

    async def _again(self, once: Callable[[], Awaitable[T]], seconds: float) -> T:
        for attempt in range(ATTEMPTS):
            try:
                return await self._guarded(once, seconds)
            except Fault as fault:
                if fault.kind is not Kind.TRANSIENT or attempt == ATTEMPTS - 1:
                    raise
                await self._pause(attempt, fault)
        raise AssertionError

    async def _pause(self, attempt: int, fault: Fault) -> None:
        first, longest = self._pauses
        await asyncio.sleep(PAUSE * min(max(first * 2.0**attempt, (fault.wait or 0.0) / PAUSE), longest))

    async def _guarded(self, once: Callable[[], Awaitable[T]], seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await once()
        except TimeoutError:
            raise Fault(Kind.TRANSIENT, f"no answer within {seconds:.0f} s", timed_out=True) from None
        except OpenAIError as error:
            if isinstance(error, APIStatusError) and error.status_code in (404, 405):
                told = scrubbed(str(error), self._secrets)
                raise Unknown(Kind.PERMANENT, f"the endpoint offers no batches, or not this one ({told})") from None
            raise fault_of_error(error, self._secrets) from None

    def _state(self, batch: Batch) -> State:
        counts = batch.request_counts
        state = State(
            str(batch.id),
            str(batch.status),
            (counts.completed or 0) + (counts.failed or 0) if counts else 0,
            tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
        )
        if state.status != "failed":
            return state
        problems = [
            (problem.code or "", problem.message or "") for problem in (batch.errors.data if batch.errors else []) or []
        ]
        code, message = problems[0] if problems else ("", "no explanation")
        fault = fault_of_status(400, code, message, {}, secrets=self._secrets)
        if fault.kind is not Kind.PERMANENT:
            fault = Fault(Kind.TRANSIENT, scrubbed(message, self._secrets))
        too_much = code == "token_limit_exceeded" or "enqueued" in message.lower()
        limit = LIMIT.search(message) if too_much else None
        return State(
            state.id, state.status, 0, state.files, fault, too_much, int(limit[1].replace(",", "")) if limit else None
        )


class Unknown(Fault):
    """The endpoint does not know what was asked for, or offers no batches."""


def _file_name(token: str) -> str:
    return f"{MARK}-{token}.jsonl"
