"""An endpoint that answers what a test gives it, word for word, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]
"""The request's body → status and body of the answer."""


@dataclass
class Answering:
    """Where it listens and what it was asked."""

    base_url: str
    asked: list[dict[str, Any]] = field(default_factory=list)


def completion(content: object) -> tuple[int, bytes]:
    """A text, or an object as JSON, as a chat completion."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 10, "completion_tokens": 10}
    return 200, json.dumps({"choices": [choice], "usage": usage}).encode()


def refusal(status: int, message: str, **more: str) -> tuple[int, bytes]:
    """An error as endpoints tell it."""
    return status, json.dumps({"error": {"message": message, **more}}).encode()


@contextlib.contextmanager
def answering(answer: Answer) -> Iterator[Answering]:
    """Serves on a free port of this machine until the block ends."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.asked.append(body)
            status, content = answer(body)
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Answering(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
