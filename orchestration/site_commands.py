"""What `almanac site`, `almanac serve` and `almanac publish` do."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from assets.digests.wording import count
from assets.site import places
from assets.site.publish import publish
from assets.site.serve import LOOPBACK, site_server
from assets.warehouse.object_store import SCHEME
from orchestration.commands import FAULTY_INPUT, session
from orchestration.console import ERR, FAILED, OUT
from orchestration.settings import load_settings


def make_site() -> int:
    """Brings the site up to date, through Dagster, and says where it is."""
    settings = load_settings()
    with session(settings) as work:
        work.bar.expect(1)
        failed = work.runner.make_site()
    for sentence in [*work.bar.faults, *failed.values()]:
        ERR.print(f"almanac: {sentence}", markup=False)
    if failed:
        return FAILED
    OUT.print(f"The site is in {settings.home_folder.site}; almanac serve shows it.", markup=False)
    return FAULTY_INPUT if work.bar.faults else 0


def serve_site(port: int) -> int:
    """Serves the site until the user stops it."""
    with site_server(load_settings().home_folder.site, port) as server:
        OUT.print(f"The site is at http://{LOOPBACK}:{server.server_port}/ (Ctrl-C stops it).", markup=False)
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def publish_site(target: str) -> int:
    """Copies the site to a folder or to an object store and says what was done."""
    settings = load_settings()
    site = settings.home_folder.site
    if target.startswith(f"{SCHEME}://"):
        place: places.Place = places.bucket(settings.object_store(target, "TARGET"), settings.lake_root)
    else:
        place = places.folder(target, Path.cwd(), site)
    done = publish(site, place)
    OUT.print(
        f"Published {count(done.files, 'file')} to {target}: {done.copied:,} new or changed, {done.removed:,} removed.",
        markup=False,
    )
    return 0
