"""A database of advisories on 127.0.0.1 that speaks OSV's protocol: one query a package and version."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Pin = tuple[str, str]
"""Name and version of a package."""


def advisory(name: str, identifier: str, summary: str, *, fixed: str | None, aliases: tuple[str, ...] = ()) -> Any:
    """An advisory in OSV's schema about all versions of a package before `fixed`, or about all."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return {
        "schema_version": "1.7.0",
        "id": identifier,
        "aliases": list(aliases),
        "summary": summary,
        "published": "2026-11-02T10:00:00Z",
        "affected": [
            {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        ],
    }


class Advisories:
    """What the database knows, and what it was asked."""

    def __init__(self, port: int, known: Mapping[Pin, Any], status: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1/query"
        self.known = known
        self.status = status
        self.asked: list[Pin] = []


@contextmanager
def advisory_server(known: Mapping[Pin, Any], status: int = 200) -> Iterator[Advisories]:
    """A running database with an advisory for each of these pins, which answers with this HTTP status."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert query["package"]["ecosystem"] == "PyPI"
            pin = query["package"]["name"], query["version"]
            database.asked.append(pin)
            found = database.known.get(pin)
            body = json.dumps({"vulns": [found]} if found else {}).encode()
            self.send_response(database.status if self.path == "/v1/query" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        database = Advisories(server.server_port, known, status)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield database
        finally:
            server.shutdown()
            thread.join()
