"""Serving and publishing: right types, nothing private, and a copy that follows the site."""

from __future__ import annotations

import http.client
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.errors import InputError, SettingsError, StorageError
from assets.site import addresses
from assets.site.publish import RECORD, files_of, folder_of, publish
from assets.site.serve import LOOPBACK, site_server
from tests.site.conftest import Made
from tests.site.corpus import DAYS


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


def test_a_copy_holds_the_site_and_nothing_private(made: Made, tmp_path: Path) -> None:
    done = publish(made.site, tmp_path / "www")
    assert done.files == done.copied == len([*files_of(made.site)])
    assert not [path for path in (tmp_path / "www").rglob(".*") if path.name != RECORD]
    assert (tmp_path / "www" / addresses.day_page(DAYS[0])).read_bytes() == (
        made.site / addresses.day_page(DAYS[0])
    ).read_bytes()


def test_a_second_copy_takes_what_changed_and_removes_what_left(made: Made, tmp_path: Path) -> None:
    site, target = tmp_path / "site", tmp_path / "www"
    shutil.copytree(made.site, site)
    publish(site, target)
    (target / "of-the-user.html").write_text("mine")
    (site / "index.html").write_text("another")
    shutil.rmtree(site / "papers" / "math")
    done = publish(site, target)
    assert (done.copied, done.removed) == (1, 1)
    assert (target / "index.html").read_text() == "another"
    assert not (target / "papers" / "math").exists()
    assert (target / "of-the-user.html").read_text() == "mine"


def test_a_site_is_not_published_into_itself_nor_to_what_is_no_folder(made: Made, tmp_path: Path) -> None:
    for target in (made.site, made.site / "copy", made.site.parent):
        with pytest.raises(InputError, match="hold one another"):
            publish(made.site, target)
    with pytest.raises(InputError, match="make it with `almanac site`"):
        publish(tmp_path / "nothing", tmp_path / "www")
    with pytest.raises(SettingsError, match="cannot publish to 's3://bucket/site'"):
        folder_of("s3://bucket/site", tmp_path)
    assert folder_of("www", tmp_path) == tmp_path / "www"
    assert folder_of("file:///srv/www", tmp_path) == Path("/srv/www")
