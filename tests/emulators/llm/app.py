"""The server's application: chat completions, the list of models, and what it has served so far."""

from __future__ import annotations

import asyncio
import collections
import email.utils
import hashlib
import json
import math
import random
import re
import time
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.emulators.llm import overviews
from tests.emulators.llm.batches import Batches
from tests.emulators.llm.behaviour import CONTENT, FORMAT, OF_AN_ATTACK, OF_AN_OVERVIEW, TRANSIT, Behaviour
from tests.emulators.llm.breaking import break_content, break_text, single_backslashes
from tests.emulators.llm.limits import Limits
from tests.emulators.llm.texts import summary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from tests.emulators.llm.behaviour import RetryAfter

TITLE = re.compile(r"<title>\n(.*?)\n</title>", re.DOTALL)
ABSTRACT = re.compile(r"<abstract>\n(.*?)\n</abstract>", re.DOTALL)
SHAPE = re.compile(r"\{.*\}\s*\Z", re.DOTALL)
FIELDS = ("tldr", "motivation", "method", "result", "conclusion", "practical", "keywords")
HANG = 3_600.0


class Served:
    """What went out. A paper is told by the hash of its abstract."""

    def __init__(self) -> None:
        self.requests: collections.Counter[str] = collections.Counter()
        """Paper → requests, refused ones left out."""
        self.answers: collections.Counter[str] = collections.Counter()
        """Paper → answers that were charged for."""
        self.deliveries: list[tuple[str, str]] = []
        """(paper, question) of each of these answers in their order; a question is the hash of its messages."""
        self.faults: collections.Counter[str] = collections.Counter()
        self.steps: collections.Counter[str] = collections.Counter()
        """Step of an overview (the hash of its question) → answers; what belongs to no paper is counted apart."""
        self.step_requests: collections.Counter[str] = collections.Counter()
        self.step_faults: collections.Counter[str] = collections.Counter()
        self.forms: collections.Counter[str] = collections.Counter()
        self.in_flight = 0
        self.most_in_flight = 0
        self.bodies: list[dict[str, Any]] = []
        """The last few requests as they came."""
        self.batches = 0
        self.events: collections.Counter[str] = collections.Counter()
        """Uploads, creations, retrievals and downloads that have reached the server."""
        self.submitted: collections.Counter[str] = collections.Counter()
        """Name of a request in a batch → batches that it stood in."""
        self.batch_answers: collections.Counter[str] = collections.Counter()
        """Name of a request in a batch → answers that were charged for."""

    def as_json(self) -> dict[str, Any]:
        """For the address /_served."""
        return {
            "requests": sum(self.requests.values()),
            "answers": sum(self.answers.values()),
            "papers": len(self.answers),
            "answers_by_paper": dict(self.answers),
            "deliveries": self.deliveries,
            "faults": dict(self.faults),
            "forms": dict(self.forms),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "batches": self.batches,
            "submitted": dict(self.submitted),
            "batch_answers": dict(self.batch_answers),
        }


class Emulator:
    """The endpoint; `app` is its ASGI application, `behaviour` may be changed while it runs."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.served = Served()
        self.limits = Limits(behaviour)
        self._slots = asyncio.Semaphore(behaviour.slots) if behaviour.slots else None
        self.batches = Batches(self)
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self.complete, methods=["POST"]),
                Route("/v1/models", self.models),
                Route("/_served", self.tell),
                *self.batches.routes,
            ]
        )

    def behave(self, behaviour: Behaviour) -> None:
        """From now on, like this; what was served stays counted."""
        self.behaviour = behaviour
        self.limits = Limits(behaviour)

    async def models(self, request: Request) -> Response:
        """The list of models."""
        if (refused := self.key_is_wrong(request)) is not None:
            return refused
        return JSONResponse(
            {"object": "list", "data": [{"id": name, "object": "model"} for name in self.behaviour.models]}
        )

    async def tell(self, request: Request) -> Response:
        """What was served so far."""
        del request
        return JSONResponse(self.served.as_json())

    async def complete(self, request: Request) -> Response:
        """A chat completion."""
        self.served.in_flight += 1
        self.served.most_in_flight = max(self.served.most_in_flight, self.served.in_flight)
        try:
            return await self._complete(request)
        finally:
            self.served.in_flight -= 1

    async def _complete(self, request: Request) -> Response:
        behaviour, served = self.behaviour, self.served
        body: dict[str, Any] = json.loads(await request.body())
        if (refused := self.key_is_wrong(request) or self._not_understood(body)) is not None:
            return refused
        served.bodies = [*served.bodies[-19:], body]
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        title, abstract = _one(TITLE, prompt), _one(ABSTRACT, prompt) or str(body["messages"][-1]["content"])
        paper = hashlib.sha256(abstract.encode()).hexdigest()[:16]
        sent = len(prompt) // 4
        if behaviour.outage:
            served.faults["outage"] += 1
            return _error(503, "the server is down", "server_error")
        if behaviour.quota is not None and sum(served.answers.values()) >= behaviour.quota:
            served.faults["quota"] += 1
            return _error(429, "You exceeded your current quota, please check your plan.", "insufficient_quota")
        wait = self.limits.admit(time.monotonic(), sent + 400)
        headers = self.limits.headers() if behaviour.limit_headers else {}
        if wait is not None:
            served.faults["limited"] += 1
            return _error(
                429, "Rate limit reached", "rate_limit_exceeded",
                headers | _wait_header(wait, behaviour.retry_after),
            )  # fmt: skip
        of_overview = overviews.STEP.search(prompt) is not None
        requests, faults = (
            (served.step_requests, served.step_faults) if of_overview else (served.requests, served.faults)
        )
        requests[paper] += 1
        attempt = requests[paper]
        fault = behaviour.fault(paper, attempt)
        if fault:
            faults[fault] += 1
        if fault in ("rate_limit", "rate_limit_silent"):
            return _error(
                429, "Too many", "rate_limit_exceeded", {"retry-after": "0.2"} if fault == "rate_limit" else {}
            )
        if not await self._work(request, HANG if fault == "hang" else behaviour.seconds(paper, attempt)):
            return Response(status_code=499)
        if fault == "drip":
            return StreamingResponse(_endless(), headers=headers, media_type="application/json")
        if fault in ("error_500", "error_502"):
            return _error(int(fault[-3:]), "upstream failed", "server_error")
        if fault == "error_200":
            return _error(502, "the provider behind this server failed", "provider_error", status=200)
        if fault == "html":
            return Response("<html><body>Bad gateway</body></html>", media_type="text/html")
        if behaviour.quota is not None and sum(served.answers.values()) >= behaviour.quota:
            served.faults["quota"] += 1
            return _error(429, "You exceeded your current quota, please check your plan.", "insufficient_quota")
        answer = self._answer(body, title, abstract, fault, sent)
        text = json.dumps(answer).encode()
        if fault == "reset":
            return StreamingResponse(
                _reset(text), headers={"content-length": str(len(text))}, media_type="application/json"
            )
        if of_overview:
            served.steps[paper] += 1
            return Response(text, headers=headers, media_type="application/json")
        served.answers[paper] += 1
        served.deliveries.append((paper, hashlib.sha256(prompt.encode()).hexdigest()[:16]))
        if fault == "slow":
            return StreamingResponse(_drip(text), headers=headers, media_type="application/json")
        return Response(text, headers=headers, media_type="application/json")

    async def _work(self, request: Request, seconds: float) -> bool:
        """Takes its time, in a slot where there are slots; False where the client went away meanwhile."""
        if self._slots is None:
            await asyncio.sleep(seconds)
            return True
        async with self._slots:
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                if await request.is_disconnected():
                    return False
                await asyncio.sleep(min(left, 0.02))
        return True

    def answer_in_batch(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """Status and body of a request's answer; None where it is lost."""
        if (refused := self._not_understood(body)) is not None:
            return refused.status_code, json.loads(bytes(refused.body))
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        title, abstract = _one(TITLE, prompt), _one(ABSTRACT, prompt)
        paper = hashlib.sha256(abstract.encode()).hexdigest()[:16]
        self.served.requests[paper] += 1
        fault = self.behaviour.fault(paper, self.served.requests[paper])
        if fault:
            self.served.faults[fault] += 1
        if fault in ("error_500", "error_502"):
            return int(fault[-3:]), {"error": {"message": "upstream failed", "type": "server_error", "code": None}}
        if fault in TRANSIT:
            return None
        self.served.answers[paper] += 1
        return 200, self._answer(body, title, abstract, fault, len(prompt) // 4)

    def _answer(self, body: dict[str, Any], title: str, abstract: str, fault: str | None, sent: int) -> dict[str, Any]:
        form = _form(body)
        self.served.forms[form] += 1
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        several = False
        if (step := overviews.STEP.search(prompt)) is not None:
            value = overviews.answer(step[1], prompt, self.behaviour)
            if step[1] == "judge" and self.behaviour.judge is not None:
                value = self.behaviour.judge(value)
            if fault in OF_AN_OVERVIEW:
                value = overviews.spoil(fault, step[1], value, random.Random(f"{self.behaviour.seed}{prompt}"))
        else:
            by_language = {
                language: {field: summary(title, abstract, language or "en")[field] for field in fields}
                for language, fields in _wanted(body).items()
            }
            if fault in (*CONTENT, *OF_AN_ATTACK):
                by_language = {
                    language: break_content(fault, fields, language, abstract)
                    for language, fields in by_language.items()
                }
            several = len(by_language) > 1
            value = by_language if several else next(iter(by_language.values()))
        text = json.dumps(value, ensure_ascii=False)
        finish, refusal = "stop", None
        if fault in FORMAT:
            text = break_text(fault, value)
            finish = "length" if fault == "truncated" else "stop"
        elif fault == "empty":
            text = ""
        elif fault == "prose_only":
            text = "The paper is about many things, and I could write about all of them, but not as an object."
        elif fault == "refusal":
            text, refusal = "", "I'm sorry, but I can't help with that."
        elif fault == "content_filter":
            text, finish = "", "content_filter"
        elif self.behaviour.single_backslashes:
            text = single_backslashes(text)
        if self.behaviour.ignores_form and form == "plain" and fault is None and not several:
            text = "\n".join(f"**{name}**: {part}" for name, part in value.items() if isinstance(part, str))
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": refusal}
        if form == "tools" and not refusal:
            call = {"id": "call_1", "type": "function", "function": {"name": "summary", "arguments": text}}
            message |= {"content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        received = len(text) // 4
        return {
            "id": "chatcmpl-emulated",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [] if fault == "no_choices" else [choice],
            "usage": {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received},
        }

    def key_is_wrong(self, request: Request) -> Response | None:
        """The refusal of a wrong key."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.behaviour.key is None or given == self.behaviour.key:
            return None
        return _error(401, f"Incorrect API key provided: {given}.", "invalid_api_key")

    def _not_understood(self, body: dict[str, Any]) -> Response | None:
        behaviour = self.behaviour
        if body["model"] not in behaviour.models:
            return _error(404, f"The model `{body['model']}` does not exist", "model_not_found")
        if _form(body) in behaviour.rejects:
            what = {"schema": "response_format of type json_schema", "json": "response_format json_object"}
            return _error(400, f"{what.get(_form(body), 'tools')} is not supported", "unsupported_parameter")
        for name in ("temperature", "max_tokens"):
            if name in behaviour.rejects and name in body:
                return _error(
                    400, f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter"
                )
        return None


def _form(body: dict[str, Any]) -> str:
    kind = (body.get("response_format") or {}).get("type")
    return {"json_schema": "schema", "json_object": "json"}.get(str(kind), "tools" if body.get("tools") else "plain")


def _wanted(body: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Language → fields, by the schema or, where there is none, by the shape in the prompt; "" for one language."""
    form = _form(body)
    if form == "schema":
        properties = body["response_format"]["json_schema"]["schema"]["properties"]
    elif form == "tools":
        properties = body["tools"][0]["function"]["parameters"]["properties"]
    else:
        shape = json.loads(SHAPE.search(str(body["messages"][0]["content"]).rsplit("\n", 1)[-1])[0])  # type: ignore[index]
        properties = {key: {"properties": part} if isinstance(part, dict) else {} for key, part in shape.items()}
    if all(name in FIELDS for name in properties):
        prompt = str(body["messages"][0]["content"])
        language = "zh" if "Write all texts in Simplified Chinese" in prompt else ""
        return {language: tuple(properties)}
    return {language: tuple(part["properties"]) for language, part in properties.items()}


def _one(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _wait_header(wait: float, form: RetryAfter | None) -> dict[str, str]:
    if form is None:
        return {}
    if form == "ms":
        return {"retry-after-ms": str(int(wait * 1000) + 1)}
    if form == "seconds":
        return {"retry-after": str(math.ceil(wait))}
    return {"retry-after": email.utils.formatdate(math.ceil(time.time() + wait), usegmt=True)}


def _error(
    code_of_status: int, message: str, code: str, headers: dict[str, str] | None = None, *, status: int | None = None
) -> Response:
    error = {"message": message, "type": code, "param": None, "code": code if status is None else code_of_status}
    return JSONResponse({"error": error}, status_code=status or code_of_status, headers=headers)


async def _reset(text: bytes) -> AsyncIterator[bytes]:
    yield text[: len(text) // 2]
    raise ConnectionResetError("the connection breaks off on purpose")


async def _endless() -> AsyncIterator[bytes]:
    for _ in range(int(HANG / 0.1)):
        yield b" "
        await asyncio.sleep(0.1)


async def _drip(text: bytes) -> AsyncIterator[bytes]:
    size = max(1, len(text) // 20)
    for start in range(0, len(text), size):
        await asyncio.sleep(0.02)
        yield text[start : start + size]
