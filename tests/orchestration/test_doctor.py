"""What the examination asks, and whom."""

from __future__ import annotations

import datetime as dt
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assets.summaries.engine.endpoint import open_client
from orchestration.doctor import examine
from orchestration.resources import engine_settings
from orchestration.settings import load_settings


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that notes whom it is asked to connect with, and connects with nobody."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Refusal)


class Refusal(socketserver.StreamRequestHandler):
    """Answers one request."""

    def handle(self) -> None:
        """Reads the request's head and refuses it."""
        assert isinstance(self.server, Proxy)
        self.server.asked.append(self.rfile.readline().decode().split()[1])
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextmanager
def proxied(patch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy for all that this process asks."""
    with Proxy() as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        for name in ("HTTPS_PROXY", "https_proxy"):
            patch.setenv(name, f"http://127.0.0.1:{proxy.server_address[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            patch.delenv(name, raising=False)
        yield proxy
        proxy.shutdown()


def test_an_address_that_is_set_to_nothing_is_openais_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As deploy/example.env has it, and Docker's env_file hands it on.
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key")
    settings = load_settings(home=tmp_path / "home", source="sample", model="some-model")
    assert str(open_client(engine_settings(settings)).base_url) == "https://api.openai.com/v1/"
    with proxied(monkeypatch) as proxy:
        found = {finding.subject: finding for finding in examine(settings, dt.datetime.now(dt.UTC))}
    assert proxy.asked == ["api.openai.com:443"]
    assert found["summarizer"].level == "fault"
