"""One request over the wire: an answer as it came, or a fault that says what went wrong.

The client of `openai` sends the request; its retries are off and its parsing is not used, because both lose answers
that were paid for, and the body is encoded here, because the client would walk through a schema type by type.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAioHttpClient, OpenAIError

from assets.errors import SettingsError
from assets.summaries.engine.faults import Fault, Kind, duration, fault_of_status, scrubbed
from assets.summaries.engine.latency import PATIENCE
from assets.summaries.engine.pacing import Allowance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from assets.summaries.engine.settings import EngineSettings

NO_KEY = "none"
"""Local servers ask for no key, but the client insists on one."""
OPTIONS: Any = {"headers": {"Content-Type": "application/json", "X-Stainless-Raw-Response": "stream"}}
"""The second header tells the client to hand on the body unread, for it may be of any length."""
LONGEST_BODY = 4_000_000
"""Bytes of an answer that are read; the longest thoughts and texts of a model take a tenth."""


class _Function(msgspec.Struct):
    arguments: str | dict[str, Any] | None = None


class _ToolCall(msgspec.Struct):
    function: _Function | None = None


class _Message(msgspec.Struct):
    content: str | list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


COMPLETION = msgspec.json.Decoder(_Completion, strict=False)


@cache
def _certificates(address: str) -> ssl.SSLContext:
    """Reading them takes a tenth of a second, so all days of a process share them, and a plain address needs none."""
    plain = address.startswith("http://")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else httpx2.create_ssl_context()


def open_client(settings: EngineSettings) -> AsyncOpenAI:
    """A client of the endpoint that never retries by itself. Raises SettingsError where address or key are none.

    Its requests go through aiohttp, which takes half the processor time of the client's own way.
    """
    try:
        return AsyncOpenAI(
            api_key=settings.api_key or NO_KEY,
            base_url=settings.address,
            max_retries=0,
            timeout=settings.deadline_seconds * PATIENCE + 5,
            http_client=DefaultAioHttpClient(verify=_certificates(settings.address)),
        )
    except (OpenAIError, ValueError, TypeError, httpx2.InvalidURL) as error:
        secrets = (settings.api_key,) if settings.api_key else ()
        raise SettingsError(
            f"OPENAI_BASE_URL or OPENAI_API_KEY cannot be used: {scrubbed(str(error), secrets)}"
        ) from None


@dataclass(frozen=True)
class Reply:
    """What a model answered, unread. Tokens are None where the endpoint does not count them."""

    content: str
    finish_reason: str
    refusal: str | None
    input_tokens: int | None
    output_tokens: int | None
    seconds: float
    requests: Allowance | None = None
    tokens: Allowance | None = None


class Endpoint:
    """An OpenAI-compatible address. Use as an async context manager."""

    def __init__(self, settings: EngineSettings) -> None:
        self._secrets = tuple(secret for secret in (settings.api_key,) if secret)
        self.client = open_client(settings)

    async def __aenter__(self) -> Endpoint:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()

    async def send(self, model: str, arguments: Mapping[str, Any], deadline: float) -> Reply:
        """Sends a chat completion and waits `deadline` seconds at most. Raises Fault."""
        body = msgspec.json.encode({"model": model, **arguments})
        start = time.monotonic()
        try:
            async with asyncio.timeout(deadline):
                response = await self.client.post(
                    "/chat/completions", cast_to=httpx2.Response, content=body, options=OPTIONS
                )
                answer = await _bounded(response)
        except TimeoutError:
            raise Fault(Kind.TRANSIENT, f"no answer within {deadline:.0f} s", timed_out=True) from None
        except OpenAIError as error:
            sent = "\n".join(str(told.get("content", "")) for told in arguments.get("messages", ()))
            raise fault_of_error(error, self._secrets, sent) from None
        except httpx2.HTTPError as error:
            raise Fault(Kind.TRANSIENT, f"the answer broke off ({type(error).__name__})") from None
        return read_reply(answer, response.headers, time.monotonic() - start, self._secrets)


async def _bounded(response: httpx2.Response) -> bytes:
    """The body of an answer, and the end of it. Raises Fault where it is too long, and what the connection raises."""
    parts = bytearray()
    try:
        async for part in response.aiter_bytes():
            parts += part
            if len(parts) > LONGEST_BODY:
                raise Fault(Kind.TRANSIENT, f"the answer is longer than {LONGEST_BODY:,} bytes")
    finally:
        await response.aclose()
    return bytes(parts)


def fault_of_error(error: OpenAIError, secrets: tuple[str, ...], sent: str = "") -> Fault:
    """What an error of the client means; `sent` is the text of the request."""
    if isinstance(error, APIStatusError):
        return _of_status(error, secrets, sent)
    if isinstance(error, APIConnectionError):
        cause = error.__cause__
        what = type(cause).__name__ if cause is not None else "no connection"
        return Fault(Kind.TRANSIENT, f"the connection failed ({what})")
    return Fault(Kind.TRANSIENT, f"the client failed: {scrubbed(str(error), secrets)}")


def _of_status(error: APIStatusError, secrets: tuple[str, ...], sent: str) -> Fault:
    body = error.body if isinstance(error.body, dict) else {}
    told = body.get("error") if isinstance(body.get("error"), dict) else body
    places = (told.get("message") if isinstance(told, dict) else None, body.get("error"), body.get("detail"))
    whole = str(error.body if error.body is not None else "")
    message = next((text for text in places if isinstance(text, str)), whole)
    code = told.get("code") or told.get("type") if isinstance(told, dict) else None
    return fault_of_status(
        error.status_code, str(code) if code else None, message, error.response.headers, secrets=secrets, sent=sent
    )


def read_reply(body: bytes, headers: Mapping[str, str], seconds: float, secrets: tuple[str, ...]) -> Reply:
    """The reply in the body of a chat completion. Raises Fault where it is none."""
    try:
        completion = COMPLETION.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Fault(Kind.TRANSIENT, "the body of the answer is no chat completion") from None
    if completion.error and not completion.choices:
        error = completion.error if isinstance(completion.error, dict) else {"message": str(completion.error)}
        code = error.get("code")
        status = int(str(code)) if str(code).isdigit() and 400 <= int(str(code)) < 600 else 500
        raise fault_of_status(status, str(code or ""), str(error.get("message") or ""), headers, secrets=secrets)
    choice = completion.choices[0] if completion.choices else _Choice()
    message = choice.message or _Message()
    usage = completion.usage or _Usage()
    return Reply(
        content=_content(message),
        finish_reason=choice.finish_reason or "",
        refusal=scrubbed(message.refusal, secrets) if message.refusal else None,
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        seconds=seconds,
        requests=_allowance(headers, "requests"),
        tokens=_allowance(headers, "tokens"),
    )


def _content(message: _Message) -> str:
    for call in message.tool_calls or ():
        arguments = call.function.arguments if call.function else None
        if isinstance(arguments, dict):
            return msgspec.json.encode(arguments).decode()
        if arguments:
            return arguments
    if isinstance(message.content, list):
        return "".join(str(part.get("text", "")) for part in message.content if isinstance(part, dict))
    return message.content or ""


def _allowance(headers: Mapping[str, str], what: str) -> Allowance | None:
    """Requests or tokens that may still be used, by the rate-limit headers; None where they do not tell."""
    try:
        limit = float(headers[f"x-ratelimit-limit-{what}"])
        remaining = float(headers[f"x-ratelimit-remaining-{what}"])
    except (KeyError, ValueError):
        return None
    if limit <= 0:
        return None
    # The headers count by the minute, or by anything else: then the time in which the rest comes back shows it.
    reset = duration(headers.get(f"x-ratelimit-reset-{what}", ""))
    refill = (limit - remaining) / reset if reset and reset > 0 else 0.0
    return Allowance(limit, remaining, max(limit / 60, refill))
