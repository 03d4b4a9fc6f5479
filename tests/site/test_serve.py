"""Serving: right types, and nothing private."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.errors import InputError, StorageError
from assets.site.serve import LOOPBACK, site_server
from tests.site.conftest import Made


@pytest.fixture(scope="module")
def port(made: Made) -> Iterator[int]:
    with site_server(made.site, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def get(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """The answer to a path as it is sent, not tidied up by a client."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/days/2026-01-30/", "text/html; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/site.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/feeds/cs.LG.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/cs.LG.rss", "application/rss+xml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/trends/papers-per-day.csv", "text/csv; charset=utf-8"),
    ],
)
def test_a_file_is_served_with_its_type(port: int, path: str, kind: str) -> None:
    status, headers, body = get(port, path)
    assert (status, headers["Content-Type"]) == (200, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body


@pytest.mark.parametrize(
    "path",
    ["/.almanac/lock", "/%2ealmanac/lock", "/../lake/", "/..%2f..%2fetc/passwd", "/assets/", "/nothing/", "/papers"],
)
def test_nothing_else_is_served(port: int, path: str) -> None:
    status, _, body = get(port, path)
    assert status in (301, 404)
    assert b"Directory listing" not in body
    assert b"root:" not in body


def test_a_folder_without_a_site_and_a_port_in_use_are_told(tmp_path: Path, made: Made, port: int) -> None:
    with pytest.raises(InputError, match="make it with `almanac site`"):
        site_server(tmp_path, 0)
    with pytest.raises(StorageError, match=f"cannot listen on port {port}: Address already in use; take another"):
        site_server(made.site, port)
