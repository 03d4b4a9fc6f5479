"""One tool that asks a model for many summaries at once, in a process of its own: `python -m benchmarks.model_client`.

    TOOL URL PATIENCE INPUT OUTPUT

Other tools are used as their documentation shows: ten retries, strict JSON schema, a time-out of 30 s, answers read
into a Pydantic model. INPUT holds {"papers": [[title, abstract], …], "messages": […], "schema": {…}}; OUTPUT gets one
object of texts, or null, per paper, with seconds and CPU seconds; the import of the tool is not counted. What another
tool has not got after PATIENCE seconds is given up. Only the tool `almanac` needs the project's own packages.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

AT_ONCE = 64
"""Requests of another tool in flight: as many as the engine allows itself by default."""
RETRIES, TIMEOUT = 10, 30.0
GIVEN_UP = "not done in time"

Texts = list[dict[str, Any] | None]
Ask = Callable[[list[dict[str, str]]], Awaitable[dict[str, Any]]]


class Summary(BaseModel):
    """What is asked for."""

    tldr: str
    motivation: str | None
    method: str
    result: str
    conclusion: str | None
    practical: str | None
    keywords: list[str]


def openai_client(url: str, schema: dict[str, Any]) -> Ask:
    """The client of `openai` and nothing else."""
    from openai import AsyncOpenAI

    client: Any = AsyncOpenAI(api_key="none", base_url=url, max_retries=RETRIES, timeout=TIMEOUT)

    async def ask(messages: list[dict[str, str]]) -> dict[str, Any]:
        answer = await client.chat.completions.create(
            model="emulated", messages=messages, response_format=_format(schema)
        )
        return Summary.model_validate_json(answer.choices[0].message.content).model_dump()

    return ask


def instructor_client(url: str, schema: dict[str, Any]) -> Ask:
    """`instructor` over the client of `openai`: it asks again where an answer does not validate."""
    del schema
    import instructor
    from openai import AsyncOpenAI

    plain = AsyncOpenAI(api_key="none", base_url=url, max_retries=RETRIES, timeout=TIMEOUT)
    client: Any = instructor.from_openai(plain, mode=instructor.Mode.JSON_SCHEMA)

    async def ask(messages: list[dict[str, str]]) -> dict[str, Any]:
        found = await client.chat.completions.create(
            model="emulated", messages=messages, response_model=Summary, max_retries=RETRIES
        )
        assert isinstance(found, Summary)
        return found.model_dump()

    return ask


def litellm_client(url: str, schema: dict[str, Any]) -> Ask:
    """`litellm`."""
    import litellm

    litellm.suppress_debug_info = True

    async def ask(messages: list[dict[str, str]]) -> dict[str, Any]:
        answer: Any = await litellm.acompletion(
            "openai/emulated", messages, api_base=url, api_key="none", num_retries=RETRIES, timeout=TIMEOUT,
            response_format=_format(schema),
        )  # fmt: skip
        return Summary.model_validate_json(answer.choices[0].message.content).model_dump()

    return ask


CLIENTS: dict[str, tuple[Callable[[str, dict[str, Any]], Ask], int | None]] = {
    "AsyncOpenAI, all at once": (openai_client, None),
    f"AsyncOpenAI, {AT_ONCE} at once": (openai_client, AT_ONCE),
    "instructor": (instructor_client, AT_ONCE),
    "litellm": (litellm_client, AT_ONCE),
}
"""Tool → how it asks, and how many requests may be in flight."""


def _format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": schema}}


async def gather(
    ask: Ask, messages: Sequence[list[dict[str, str]]], at_once: int | None, patience: float
) -> tuple[Texts, list[str]]:
    """All answers, None where there is none, and why there is none."""
    semaphore = asyncio.Semaphore(at_once or len(messages))

    async def one(asked: list[dict[str, str]]) -> dict[str, Any]:
        async with semaphore:
            return await ask(asked)

    tasks = [asyncio.create_task(one(asked)) for asked in messages]
    _, pending = await asyncio.wait(tasks, timeout=patience)
    for task in pending:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    why = [GIVEN_UP if task in pending else type(one).__name__ for task, one in zip(tasks, found, strict=True)]
    texts = [None if isinstance(one, BaseException) else one for one in found]
    return texts, [reason for reason, text in zip(why, texts, strict=True) if text is None]


def other(tool: str, url: str, patience: float, given: dict[str, Any]) -> dict[str, Any]:
    """What another tool makes of the papers."""
    make, at_once = CLIENTS[tool]
    ask = make(url, given["schema"])
    start, cpu = time.monotonic(), time.process_time()
    texts, why = asyncio.run(gather(ask, given["messages"], at_once, patience))
    return {"texts": texts, "why": why, "seconds": time.monotonic() - start, "cpu": time.process_time() - cpu}


def almanac(url: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the engine makes of the papers, with the settings that it has by default."""
    import datetime as dt

    from assets.papers.schema import PAPERS
    from assets.summaries.engine.settings import EngineSettings
    from assets.summaries.engine.summarizer import OpenAISummarizer
    from assets.summaries.schema import SUMMARIES
    from benchmarks.model_endpoint import texts_of

    day = dt.date(2026, 1, 30)
    frame = PAPERS.frame(
        [
            {"day": day, "paper_id": f"2601.{number:05}", "version": 1, "title": title, "abstract": abstract}
            for number, (title, abstract) in enumerate(given["papers"])
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        summarizer = OpenAISummarizer(EngineSettings(model="emulated", journal=Path(folder), base_url=url))
        start, cpu = time.monotonic(), time.process_time()
        rows = summarizer.summarize(frame, ["en"], SUMMARIES.empty())
        seconds, cpu = time.monotonic() - start, time.process_time() - cpu
    statuses = dict(sorted(rows["status"].value_counts().iter_rows()))
    return {"texts": texts_of(rows), "why": [], "statuses": statuses, "seconds": seconds, "cpu": cpu}


def main() -> None:
    """Reads, asks, writes."""
    tool, url, patience, source, target = sys.argv[1:]
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    given = json.loads(Path(source).read_text(encoding="utf-8"))
    found = almanac(url, given) if tool == "almanac" else other(tool, url, float(patience), given)
    Path(target).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
