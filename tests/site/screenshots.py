"""Pictures of the site for docs/, of the sample: `python -m tests.site.screenshots HOME`, after `almanac run` there."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from assets.site import addresses
from assets.site.serve import LOOPBACK, site_server
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


def main(site: Path) -> None:
    """Takes each picture and puts it into docs/."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    with site_server(site, 0) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, path, width, height, scheme in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"http://{LOOPBACK}:{server.server_port}/{path}")
            page.screenshot(path=DOCS / f"{name}.png")
            page.close()
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "site")
