"""A small web server for the site on this machine: right types, no listing of folders, nothing but the site's files."""

from __future__ import annotations

import functools
import http.server
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from assets.errors import InputError, StorageError
from assets.site import addresses
from assets.site.media_types import media_type

if TYPE_CHECKING:
    from http import HTTPStatus

LOOPBACK = "127.0.0.1"


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder but for those whose path has a part that begins with a dot."""

    server_version = "almanac"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def guess_type(self, path: object) -> str:
        """The type of a file by its ending."""
        return media_type(str(path))

    def send_head(self) -> object:  # type: ignore[override]
        """The headers of an answer; 404 for folders without an index and for what is not published."""
        path = unquote(urlsplit(self.path).path)
        if any(part.startswith(".") for part in path.split("/")):
            self.send_error(404, "Not Found")
            return None
        return super().send_head()

    def list_directory(self, _path: object) -> None:
        """No folder is listed."""
        self.send_error(404, "Not Found")

    def end_headers(self) -> None:
        """Adds that a type is what it says, and that a page is asked for again when it may have changed."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_request(self, code: HTTPStatus | int | str = "-", size: int | str = "-") -> None:
        """Says nothing of requests: who reads what stays with the reader."""

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def site_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of a site's folder on this machine, not started yet; port 0 takes a free one.

    Raises InputError where there is no site, and StorageError where the port cannot be had.
    """
    if not (folder / addresses.INDEX).is_file():
        raise InputError(f"there is no site in {folder} yet: make it with `almanac site`.")
    handler = functools.partial(SiteHandler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        raise StorageError(
            f"cannot listen on port {port}: {error.strerror or error}; take another with --port."
        ) from error
