"""Pictures for docs/, of the sample: `python -m tests.site.screenshots HOME`, after `almanac run` there.

The site's pages, a digest's Markdown as a viewer shows it, and Dagster's UI. Look at each before it is committed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, sync_playwright

from assets.site import addresses
from assets.site.serve import LOOPBACK, site_server
from orchestration.instance import prepare_instance
from orchestration.settings import load_settings
from tests.site.test_browser import PROGRAMS

DOCS = Path(__file__).parents[2] / "docs"
DAY, PAPER = "2025-09-04", "2509.90045"
PICTURES = (
    ("site-day", addresses.day_page(DAY), 1280, 900, "light"),
    ("site-paper", addresses.paper_page(PAPER), 1280, 900, "light"),
    ("site-year", addresses.overview_page(2025, "cs.LG"), 1280, 900, "light"),
    ("site-trends", addresses.TRENDS, 1280, 900, "light"),
    ("site-phone", addresses.day_page(DAY), 360, 740, "dark"),
)
VIEWER = """
<!doctype html><meta charset="utf-8"><style>
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1f1f1f; max-width: 860px; margin: 30px auto }
h1, h2 { border-bottom: 1px solid #ddd; padding-bottom: 8px } a { color: #0a4ea3 } summary { color: #555 }
blockquote { border-left: 4px solid #ccc; margin-left: 0; padding-left: 16px; color: #555 }
</style>
"""
"""What stands around a digest: a plain viewer of Markdown."""

DAGSTER = (
    ("asset-graph", "/asset-groups", "text=listings", 1700),
    ("checks", "/assets/summaries?view=checks&checkDetail=summaries_are_complete", "text=Latest execution", 1330),
)


def main(home: Path) -> None:
    """Takes each picture and puts it into docs/."""
    os.environ["ALMANAC_HOME"] = str(home)
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        of_site(browser, home / "site")
        page = browser.new_page(viewport={"width": 960, "height": 1150})
        page.set_content(VIEWER + MarkdownIt().render((home / f"digests/{DAY}.md").read_text(encoding="utf-8")))
        page.screenshot(path=DOCS / "digest.png")
        with dagster_ui() as address:
            of_dagster(browser, address)
        browser.close()


def of_site(browser: Browser, site: Path) -> None:
    """The pages of the site."""
    with site_server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, path, width, height, scheme in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"http://{LOOPBACK}:{server.server_port}/{path}")
            page.screenshot(path=DOCS / f"{name}.png")
            page.close()
        server.shutdown()


def of_dagster(browser: Browser, address: str) -> None:
    """Pages of Dagster's UI, which is ready when a text is there and nothing is loaded any more."""
    for name, path, ready, width in DAGSTER:
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.goto(address + path, timeout=120_000)
        page.wait_for_selector(ready, timeout=120_000)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(3_000)  # the graph is laid out and moves into its place
        page.screenshot(path=DOCS / f"{name}.png")
        page.close()


@contextmanager
def dagster_ui() -> Iterator[str]:
    """Dagster's web server on the home, without the daemon, which might begin runs."""
    settings = load_settings()
    environment = os.environ | prepare_instance(settings.home_folder, settings.dagster_postgres_url)
    environment |= {"DAGSTER_HOME": str(settings.home_folder.dagster)}
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    arguments = ["-m", "dagster_webserver", "-m", "orchestration.definitions", "-h", LOOPBACK, "-p", str(port)]
    server = subprocess.Popen([sys.executable, *arguments], env=environment, start_new_session=True)
    try:
        while server.poll() is None:
            with socket.socket() as asking:
                asking.settimeout(1)
                if asking.connect_ex((LOOPBACK, port)) == 0:
                    break
        yield f"http://{LOOPBACK}:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
