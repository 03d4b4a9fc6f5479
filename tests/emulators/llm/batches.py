"""Files and batches of the emulated endpoint: JSON Lines in, answers in any order out, and all that goes wrong there.

A batch is worked off when its time is over and somebody asks for it; until then its counts grow. What is answered
before a batch expires or is cancelled is charged for, the rest is not.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from tests.emulators.llm.app import Emulator

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
ENDS = ("completed", "failed", "expired", "cancelled")


@dataclass
class Batch:
    """One batch. Times are seconds of the monotonic clock."""

    id: str
    input_file: str
    metadata: dict[str, str]
    created_at: float
    ends_at: float
    lines: list[dict[str, Any]]
    status: str = "in_progress"
    errors: list[dict[str, Any]] = field(default_factory=list)
    output_file: str | None = None
    error_file: str | None = None
    completed: int = 0
    failed: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the endpoint tells it."""
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "input_file_id": self.input_file,
            "output_file_id": self.output_file,
            "error_file_id": self.error_file,
            "status": self.status,
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
            "created_at": int(self.created_at),
            "metadata": self.metadata,
            "request_counts": {"total": len(self.lines), "completed": self.completed, "failed": self.failed},
        }


class Batches:
    """The part of the emulator under /v1/files and /v1/batches."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.files: dict[str, tuple[str, bytes]] = {}
        """Id → name and content."""
        self.batches: dict[str, Batch] = {}
        self.routes = [
            Route("/v1/files", self.upload, methods=["POST"]),
            Route("/v1/files", self.list_files),
            Route("/v1/files/{id}", self.delete, methods=["DELETE"]),
            Route("/v1/files/{id}/content", self.content),
            Route("/v1/batches", self.create, methods=["POST"]),
            Route("/v1/batches", self.list_batches),
            Route("/v1/batches/{id}", self.retrieve),
            Route("/v1/batches/{id}/cancel", self.cancel, methods=["POST"]),
        ]

    async def upload(self, request: Request) -> Response:
        """Takes a file."""
        if (refused := self._refused(request)) is not None:
            return refused
        kind = request.headers["content-type"]
        body = await request.body()
        message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
        name, content = "", b""
        for part in message.iter_parts():
            given = part.get_payload(decode=True)
            if (filename := part.get_filename()) and isinstance(given, bytes):
                name, content = filename, given
        if len(content) > MOST_BYTES:
            return _error(413, "The file is larger than 200 MB.", "file_too_large")
        number = f"file-{len(self.files) + 1}"
        self.files[number] = (name, content)
        await self._happens("upload")
        if self._breaks("upload"):
            return StreamingResponse(_broken(), headers={"content-length": "500"}, media_type="application/json")
        return JSONResponse(self._file(number))

    async def list_files(self, request: Request) -> Response:
        """All files, the newest first."""
        if (refused := self._refused(request)) is not None:
            return refused
        data = [self._file(number) for number in reversed(self.files)]
        return JSONResponse({"object": "list", "data": data, "has_more": False})

    async def delete(self, request: Request) -> Response:
        """Forgets a file."""
        number = request.path_params["id"]
        if self.files.pop(number, None) is None:
            return _error(404, f"No such File object: {number}", "not_found")
        return JSONResponse({"id": number, "object": "file", "deleted": True})

    async def content(self, request: Request) -> Response:
        """A file's bytes; half of them, the first few times, where that is asked for."""
        if (refused := self._refused(request)) is not None:
            return refused
        found = self.files.get(request.path_params["id"])
        if found is None:
            return _error(404, "No such File object", "not_found")
        await self._happens("download")
        if self._breaks("download"):
            half = found[1][: len(found[1]) // 2]
            return StreamingResponse(_broken(half), headers={"content-length": str(len(found[1]))})
        return Response(found[1], media_type="application/jsonl")

    async def create(self, request: Request) -> Response:
        """Starts a batch of a file."""
        if (refused := self._refused(request)) is not None:
            return refused
        asked = json.loads(await request.body())
        found = self.files.get(asked["input_file_id"])
        if found is None:
            return _error(400, f"No such File object: {asked['input_file_id']}", "invalid_request_error")
        behaviour = self.emulator.behaviour.batches
        if self._breaks("refused creation"):
            return _error(500, "The server had an error", "server_error")
        now = time.monotonic()
        batch = Batch(
            f"batch_{len(self.batches) + 1}", asked["input_file_id"], asked.get("metadata") or {}, now,
            now + behaviour.seconds, [json.loads(line) for line in found[1].splitlines()],
        )  # fmt: skip
        self.batches[batch.id] = batch
        self.emulator.served.batches += 1
        for line in batch.lines:
            self.emulator.served.submitted[line["custom_id"]] += 1
        if problem := self._problem(batch):
            batch.status, batch.errors = "failed", [problem]
            self.emulator.served.faults["batch_failed"] += 1
        await self._happens("creation")
        if self._breaks("creation"):
            return StreamingResponse(_broken(), headers={"content-length": "500"}, media_type="application/json")
        return JSONResponse(batch.as_json())

    async def list_batches(self, request: Request) -> Response:
        """The batches, the newest first, a few at a time."""
        if (refused := self._refused(request)) is not None:
            return refused
        if self._breaks("list"):
            return _error(500, "The server had an error", "server_error")
        numbers = list(reversed(self.batches))
        after, limit = request.query_params.get("after"), int(request.query_params.get("limit", "20"))
        start = numbers.index(after) + 1 if after in numbers else 0
        page = numbers[start : start + limit]
        data = [self.batches[number].as_json() for number in page]
        more = start + limit < len(numbers)
        return JSONResponse({"object": "list", "data": data, "has_more": more, "last_id": page[-1] if page else None})

    async def retrieve(self, request: Request) -> Response:
        """How far a batch is."""
        if (refused := self._refused(request)) is not None:
            return refused
        batch = self.batches.get(request.path_params["id"])
        if batch is None:
            return _error(404, "No batch found with that id.", "not_found")
        if batch.status not in ENDS and time.monotonic() >= batch.ends_at:
            self._end(batch)
        await self._happens("retrieval")
        return JSONResponse(batch.as_json())

    async def cancel(self, request: Request) -> Response:
        """Ends a batch at once; what is done by then is charged for."""
        batch = self.batches[request.path_params["id"]]
        if batch.status not in ENDS:
            self._end(batch, "cancelled")
        return JSONResponse(batch.as_json())

    def _refused(self, request: Request) -> Response | None:
        if self.emulator.behaviour.outage:
            self.emulator.served.faults["outage"] += 1
            return _error(503, "the server is down", "server_error")
        if not self.emulator.behaviour.batches.offered:
            return _error(404, "Not Found", "not_found")
        return self.emulator.key_is_wrong(request)

    async def _happens(self, event: str) -> None:
        self.emulator.served.events[event] += 1
        await asyncio.sleep(self.emulator.behaviour.batches.delays.get(event, 0.0))

    def _breaks(self, what: str) -> bool:
        """Whether this one is to fail, counted per kind."""
        faults = self.emulator.served.faults
        if faults[f"broken {what}"] >= self.emulator.behaviour.batches.broken.get(what, 0):
            return False
        faults[f"broken {what}"] += 1
        return True

    def _problem(self, batch: Batch) -> dict[str, Any] | None:
        """Why the batch is not begun, if so."""
        behaviour = self.emulator.behaviour
        if len(batch.lines) > MOST_REQUESTS:
            return _problem("too_many_tasks", f"The batch has more than {MOST_REQUESTS} requests.")
        if len({line["custom_id"] for line in batch.lines}) < len(batch.lines):
            return _problem("duplicate_custom_id", "A custom_id is used twice.")
        if len({line["body"]["model"] for line in batch.lines}) > 1:
            return _problem("mismatched_model", "All requests of a batch must name one model.")
        if batch.lines[0]["body"]["model"] not in behaviour.models:
            return _problem("model_not_found", f"The model {batch.lines[0]['body']['model']} does not exist.")
        if self._breaks("validation"):
            return _problem("invalid_json_line", "A line is no JSON.", line=1)
        if behaviour.quota is not None and sum(self.emulator.served.answers.values()) >= behaviour.quota:
            return _problem("billing_hard_limit_reached", "Billing hard limit has been reached.")
        most = behaviour.batches.enqueued_tokens
        if most is not None:
            open_now = [other for other in self.batches.values() if other.status not in ENDS]
            if sum(len(json.dumps(line)) // 4 for other in open_now for line in other.lines) > most:
                return _problem("token_limit_exceeded", f"Enqueued token limit reached. Limit: {most} enqueued tokens.")
        return None

    def _end(self, batch: Batch, status: str = "completed") -> None:
        behaviour = self.emulator.behaviour
        rng = random.Random(f"{behaviour.seed}:{batch.id}")
        lines = list(batch.lines)
        rng.shuffle(lines)
        served = self.emulator.served
        if status == "completed" and served.faults["expired"] < behaviour.batches.expired:
            served.faults["expired"] += 1
            status = "expired"
        done = len(lines) if status == "completed" else int(len(lines) * behaviour.batches.answered_share)
        output: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for line in lines[:done]:
            answered = self.emulator.answer_in_batch(line["body"])
            if answered is None:
                served.faults["lost"] += 1
                continue
            code, body = answered
            served.batch_answers[line["custom_id"]] += code == 200
            response = {"status_code": code, "request_id": f"req_{len(output)}", "body": body}
            (output if code == 200 else errors).append(
                {"id": f"batch_req_{len(output)}", "custom_id": line["custom_id"], "response": response, "error": None}
            )
        batch.completed, batch.failed = len(output), len(errors)
        if status != "completed":
            problem = {"code": f"batch_{status}", "message": f"This request could not be executed: {status}."}
            errors += [
                {"id": "batch_req", "custom_id": line["custom_id"], "response": None, "error": problem}
                for line in lines[done:]
            ]
        batch.status = status
        batch.output_file, batch.error_file = self._store("output", output), self._store("errors", errors)

    def _store(self, name: str, lines: list[dict[str, Any]]) -> str | None:
        if not lines:
            return None
        number = f"file-{name}-{len(self.files) + 1}"
        self.files[number] = (name, "".join(f"{json.dumps(line)}\n" for line in lines).encode())
        return number

    def _file(self, number: str) -> dict[str, Any]:
        name, content = self.files[number]
        return {
            "id": number,
            "object": "file",
            "bytes": len(content),
            "created_at": int(time.time()),
            "filename": name,
            "purpose": "batch",
            "status": "processed",
        }


def _problem(code: str, message: str, line: int | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "line": line, "param": None}


def _error(status: int, message: str, code: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": code, "param": None, "code": code}}, status_code=status)


async def _broken(text: bytes = b"{") -> AsyncIterator[bytes]:
    yield text
    raise ConnectionResetError("the connection breaks off on purpose")
