"""The search index over the pages of the papers, made by pagefind's own program.

The program comes with the Python package `pagefind_bin`. It reads every page each time (it cannot add to an index), so
it runs only when a page of a paper changed. The index is put into its place as a whole.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import StorageError
from assets.site.manifest import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "pagefind"
MODULES = ("pagefind_bin", "pagefind_bin_extended")
PAGES = "papers/**/index.html"
MISSING = (
    "pagefind’s program is not installed: install the package pagefind_bin, or put pagefind on the PATH, and make the "
    "site again."
)


def program() -> Path | None:
    """pagefind's program: of the installed package, else from the PATH; None where there is neither."""
    for name in MODULES:
        try:
            found = Path(import_module(name).get_executable())
        except (ImportError, FileNotFoundError):
            continue
        return found
    on_path = shutil.which("pagefind")
    return Path(on_path) if on_path else None


def is_there(site: Path) -> bool:
    """Whether a site has an index."""
    return (site / FOLDER / "pagefind.js").is_file()


def make_index(site: Path, pages: str = PAGES, options: Sequence[str] = ()) -> None:
    """Makes the index of a site's papers anew and puts it into its place.

    Raises StorageError with what the program said where it failed; then the old index stays. The caller has seen
    that there is a program.
    """
    executable = program()
    if executable is None:
        raise StorageError(MISSING)
    fresh, old = site / PRIVATE / "pagefind.new", site / PRIVATE / "pagefind.old"
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    told = subprocess.run(
        [str(executable), "--site", str(site), "--output-path", str(fresh), "--glob", pages, "--quiet", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode or not (fresh / "pagefind.js").is_file():
        said = " ".join((told.stderr or told.stdout).split())[-300:] or f"exit code {told.returncode}"
        raise StorageError(f"the search index of {site} could not be made: pagefind says {said}.")
    # pagefind brings interfaces of its own, which these pages do not use.
    for ready in [*fresh.glob("pagefind-*ui*"), *fresh.glob("pagefind-highlight*")]:
        ready.unlink()
    place = site / FOLDER
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)
