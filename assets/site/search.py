"""The search index over the pages of the papers, made by pagefind's own program.

The program comes with the Python package `pagefind_bin`. It cannot add to an index, so the index is made of parts: a
month of the latest year each, a whole earlier year each, or a piece of one that has many papers. Only a part whose
pages changed is made again, and the browser asks all parts at once. The latest part stands in `pagefind/` itself, the
others below it; `pagefind/parts.json` names them.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import StorageError
from assets.site import addresses
from assets.site.manifest import PRIVATE, fingerprint_of, put
from assets.warehouse.files import storage_error

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "pagefind"
MODULES = ("pagefind_bin", "pagefind_bin_extended")
ENTRY = "pagefind-entry.json"
"""The file of a part that names all others: it is replaced last."""

PARTS = "parts.json"
LAYOUT = "2"
"""Changes when the addresses in the index do."""

MISSING = (
    "pagefind’s program is not installed: install the package pagefind_bin, or put pagefind on the PATH, and make the "
    "site again."
)

PAGES_AT_MOST = 12_000
"""Pages of a part, unless a single day has more: the program takes some 90 kB of memory for each."""

Pages = dict[str, str]
"""Pages, from the site's folder, with the hashes of their bytes."""


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
    return (site / FOLDER / ENTRY).is_file()


def parts_of(days: Mapping[str, Pages]) -> dict[str, Pages]:
    """The parts with their pages, from the pages of each day, in order.

    A part holds a month of the latest day's year, or an earlier year. What is more than PAGES_AT_MOST goes on in a
    further part, day by day, so that those before stay as they are.
    """
    latest = max(days, default="")
    parts: dict[str, Pages] = {}
    numbers: dict[str, int] = {}
    for day, pages in days.items():
        period = day[:7] if day[:4] == latest[:4] else day[:4]
        number = numbers.setdefault(period, 1)
        if (part := parts.get(_part(period, number))) and len(part) + len(pages) > PAGES_AT_MOST:
            numbers[period] = number = number + 1
        parts.setdefault(_part(period, number), {}).update(pages)
    return {name: pages for name, pages in parts.items() if pages}


def _part(period: str, number: int) -> str:
    """Parts of a period sort in their order."""
    return period if number == 1 else f"{period}.{number:02}"


def bring_up_to_date(site: Path, parts: Mapping[str, Pages]) -> int:
    """Makes the parts whose pages changed, and removes those that are no more; how many were made.

    Raises StorageError with what the program said where it failed; then the old part stays. The caller has seen that
    there is a program.
    """
    record = site / PRIVATE / "search.json"
    try:
        known: dict[str, str] = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    latest = max(parts)
    made = 0
    for name, pages in sorted(parts.items()):
        place = site / FOLDER if name == latest else site / FOLDER / name
        fingerprint = fingerprint_of(LAYOUT, pages, name == latest)
        if known.get(name) == fingerprint and (place / ENTRY).is_file():
            continue
        make_part(site, pages, place)
        known[name] = fingerprint
        put(record, json.dumps(known).encode())
        made += 1
    others = sorted(set(parts) - {latest}, reverse=True)
    for gone in known.keys() - parts.keys():
        del known[gone]
        put(record, json.dumps(known).encode())
    for folder in (site / FOLDER).iterdir():
        if folder.is_dir() and folder.name[:1].isdigit() and folder.name not in others:
            shutil.rmtree(folder)
    put(site / FOLDER / PARTS, json.dumps(others).encode())
    return made


def make_part(site: Path, pages: Mapping[str, str], place: Path) -> None:
    """Makes the index of some pages and puts it into its place. Raises StorageError."""
    executable = program()
    if executable is None:
        raise StorageError(MISSING)
    stage, fresh = site / PRIVATE / "search.pages", site / PRIVATE / "search.new"
    for folder in (stage, fresh):
        shutil.rmtree(folder, ignore_errors=True)
    for page in pages:
        target = stage / staged(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(site / page, target)
        except OSError:  # a file system without hard links
            shutil.copyfile(site / page, target)
    told = subprocess.run(
        [str(executable), "--site", str(stage), "--output-path", str(fresh), "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode or not (fresh / ENTRY).is_file():
        said = " ".join((told.stderr or told.stdout).split())[-300:] or f"exit code {told.returncode}"
        raise StorageError(f"the search index of {site} could not be made: pagefind says {said}.")
    _replace(place, fresh)
    for folder in (stage, fresh):
        shutil.rmtree(folder)


def staged(page: str) -> str:
    """A page as pagefind is given it, and as its address ends in the index: `papers/2601.20868.html`.

    A folder less for each of a month's thousands of pages; search.js leads to the page itself.
    """
    return f"{page.removesuffix(f'/{addresses.INDEX}')}.html"


def _replace(place: Path, fresh: Path) -> None:
    """Puts the files of a new part into its place: a reader finds the old part or the new one, and all files of it."""
    # pagefind brings interfaces of its own, which these pages do not use.
    files = [
        path.relative_to(fresh)
        for path in sorted(fresh.rglob("*"), key=lambda path: (path.name == ENTRY, path))
        if path.is_file() and "ui" not in path.stem.split("-") and path.stem != "pagefind-highlight"
    ]
    for file in files:
        try:
            # The hashes in the names are short: another page may have the name of one that is gone.
            if (place / file).is_file() and filecmp.cmp(fresh / file, place / file, shallow=False):
                continue
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (fresh / file).replace(place / file)
        except OSError as error:
            raise storage_error(error, place / file) from error
    kept = {file.as_posix() for file in files}
    for name in ("", "fragment/", "index/", "filter/"):
        if (place / name).is_dir():
            with os.scandir(place / name) as entries:
                gone = [entry.path for entry in entries if entry.is_file() and f"{name}{entry.name}" not in kept]
            for path in gone:
                if not path.endswith(f"/{PARTS}"):
                    Path(path).unlink()
