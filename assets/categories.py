"""arXiv's categories: which codes exist, which of them are the same, and which ones are followed.

The facts stand in taxonomy.json beside this module. They come from arXiv's own taxonomy
(arxiv-base, `arxiv/taxonomy/definitions.py`, commit 0f94fa0 of 29 June 2026), without its test
archives: every category with its name, its archive and whether it takes papers today; the six
aliases (`cs.NA` is `math.NA`); and the archives of the 1990s that later became categories of
another archive (`cmp-lg` is `cs.CL` now).

A code is *canonical* when it is neither an alias nor such a subsumed archive. All that the almanac
stores and shows is canonical; what the source gave is kept beside it.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from assets.errors import SettingsError

SETTING = "ALMANAC_CATEGORIES"

_SEPARATORS = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class _Taxonomy:
    categories: tuple[str, ...]
    """The canonical codes: archive by archive, in arXiv's own order."""
    names: dict[str, str]
    """Code of a category, an alias or an archive → its name; the category's where both exist."""
    canonical: dict[str, str]
    """Every code that may stand on a record → the canonical one."""
    by_archive: dict[str, tuple[str, ...]]
    """Archive → its categories, made canonical."""


@functools.cache
def _taxonomy() -> _Taxonomy:
    facts = json.loads(Path(__file__).with_name("taxonomy.json").read_text(encoding="utf-8"))
    same_as: dict[str, str] = {**facts["aliases"], **facts["subsumed"]}
    canonical = {code: same_as.get(code, code) for code in facts["categories"]}
    by_archive: dict[str, dict[str, None]] = {archive: {} for archive in facts["archives"]}
    for code, category in facts["categories"].items():
        by_archive[category["archive"]][canonical[code]] = None
    return _Taxonomy(
        categories=tuple(code for code in facts["categories"] if canonical[code] == code),
        names={code: entry["name"] for part in ("archives", "categories") for code, entry in facts[part].items()},
        canonical=canonical,
        by_archive={archive: tuple(codes) for archive, codes in by_archive.items()},
    )


def all_categories() -> tuple[str, ...]:
    """All canonical categories, those that take no new papers (`astro-ph`, `q-bio`) included, in arXiv's order."""
    return _taxonomy().categories


@functools.cache
def archives() -> frozenset[str]:
    """All archives, past and present: what stands before the slash of an old identifier (`hep-th`, `cmp-lg`)."""
    return frozenset(_taxonomy().by_archive)


def canonical(code: str) -> str | None:
    """The canonical category of a code on a record; None where it is no category of arXiv's.

    Letters must be as arXiv writes them: arXiv never varies them, and what stands among the
    categories of a record without being one (ACM's `I.2.7`, MSC's `68T50`) is free text.
    """
    return _taxonomy().canonical.get(code)


@functools.cache
def spellings(category: str) -> tuple[str, ...]:
    """All codes that stand for a canonical category on records, its own among them: math.NA and cs.NA."""
    return tuple(code for code, same_as in _taxonomy().canonical.items() if same_as == category)


def parse_given(text: str) -> list[str]:
    """The canonical categories of a record's `categories` field, in order, each once.

    Anything else in the field is left out; the list is empty where nothing in it is a category.
    """
    codes = (canonical(token) for token in _SEPARATORS.split(text))
    return list(dict.fromkeys(code for code in codes if code is not None))


def name(code: str) -> str:
    """The English name of a category, an alias or an archive: `cs.LG` is "Machine Learning".

    Raises KeyError for a code that is none of these.
    """
    return _taxonomy().names[code]


def archive(code: str) -> str:
    """The archive of a canonical category: `cs` of `cs.LG`, `hep-th` of `hep-th`."""
    return code.partition(".")[0]


def followed(setting: str) -> frozenset[str] | None:
    """The canonical categories that a value of ALMANAC_CATEGORIES names; None stands for all.

    Words are separated by commas or spaces, and upper and lower case do not matter. A word is a
    category, an alias, an archive (all categories that it lists, so `cs` holds `math.NA`, which
    is `cs.NA`), or `all`. Raises SettingsError for an unknown word and for a value without words.
    """
    taxonomy = _taxonomy()
    meanings: dict[str, tuple[str, ...]] = {code.lower(): (same,) for code, same in taxonomy.canonical.items()}
    for archive_code, codes in taxonomy.by_archive.items():
        meanings[archive_code] = codes
    words = [word for word in _SEPARATORS.split(setting) if word]
    if not words:
        raise SettingsError(
            f"{SETTING} is empty: name at least one category (cs.LG), an archive (cs), or write all for everything."
        )
    for word in words:
        if word.lower() not in meanings and word.lower() != "all":
            raise SettingsError(f"{SETTING} names {word!r}, which is no category or archive of arXiv's{_hint(word)}.")
    if any(word.lower() == "all" for word in words):
        return None
    return frozenset(code for word in words for code in meanings[word.lower()])


def _hint(word: str) -> str:
    """The known codes that look most like a word, as the end of a sentence."""
    taxonomy = _taxonomy()
    known = {code.lower(): code for code in [*taxonomy.by_archive, *taxonomy.canonical, "all"]}
    close = [known[code] for code in difflib.get_close_matches(word.lower(), known, n=3, cutoff=0.5)]
    if not close:
        return "; arxiv.org/category_taxonomy lists them"
    return f"; the closest {'is' if len(close) == 1 else 'are'} {', '.join(close)}"
