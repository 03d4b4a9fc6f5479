"""How fast the site is made, how large it is, and what a new day costs:

    python -m benchmarks.site [--days 30] [--papers 200]

Invented days are put into a lake of their own, each with as many papers, whose texts have the length, the formulas and
the variety of words of real ones and a summary in all fields as a model writes it. Then: a day's page alone; the whole
site with a page for every paper; the site again with nothing new; one more day; the search index by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assets.aggregates.models import Models
from assets.aggregates.run import run_model
from assets.calendar.days import is_announcement_day
from assets.digests.digest import build_digest
from assets.digests.json_form import digest_json
from assets.digests.schema import DIGESTS
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.site import search
from assets.site.assets import marts_of
from assets.site.build import Built, build_site
from assets.site.daily import Neighbours, day_html
from assets.site.documents import read_digest
from assets.site.feeds import SITE_FEEDS
from assets.site.manifest import PRIVATE
from assets.site.mathematics import mathml
from assets.site.options import Options
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.tables import load_almanac_models

FIRST = dt.date(2025, 1, 1)
FOLLOWED = frozenset({"cs.LG", "stat.ML"})
FORMULAS = (
    r"$O(n^{-1/2})$",
    r"$\epsilon$-greedy",
    r"$d$-dimensional",
    r"$\mathcal{L}(\theta)$",
    r"$\sqrt{\frac{d}{n}}$",
)
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ro",
    "su",
    "ta",
    "bra",
    "dri",
    "sta",
)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30, help="announcement days of the site")
    parser.add_argument("--papers", type=int, default=200, help="papers of a day")
    given = parser.parse_args()
    models = load_almanac_models()
    days = announcement_days(given.days + 1)
    with tempfile.TemporaryDirectory(prefix="almanac-site-") as folder:
        lake, site = Lake(Path(folder) / "lake"), Path(folder) / "site"
        chance = random.Random(7)
        words = ["".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3, 4)))) for _ in range(20_000)]
        names = frequent_authors(chance, words, given.days * given.papers)
        for day in days[:-1]:
            write_day(lake, models, day, given.papers, words, names)
        print(f"{given.days} days of {given.papers} papers")
        one_page(lake, days[-2])
        tell("the whole site", *built(site, lake, models))
        files = [path for path in site.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"  {len(files):,} files, {size / 1e6:,.0f} MB")
        tell("again, nothing new", *built(site, lake, models))
        write_day(lake, models, days[-1], given.papers, words, names)
        tell("one more day", *built(site, lake, models))
        (site / PRIVATE / "search.json").unlink()
        start = time.perf_counter()
        done = build_site(site, lake, marts_of(models), Options(FOLLOWED, url="https://example.org/"))
        index = sum(path.stat().st_size for path in (site / search.FOLDER).rglob("*") if path.is_file())
        seconds = time.perf_counter() - start
        print(f"the search index anew: {seconds:.1f} s, {index / 1e6:.1f} MB; {done.written} other files")
    peak, children = (
        resource.getrusage(who).ru_maxrss / 1e3 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"peak memory: {peak:,.0f} MB, pagefind's program {children:,.0f} MB")


def frequent_authors(chance: random.Random, words: Sequence[str], papers: int) -> list[str]:
    """Names of authors who have a page: as many for the papers as in the 34,660 of cs.LG and stat.ML of 2025."""
    return [f"{chance.choice(words).title()} {chance.choice(words).title()}" for _ in range(papers * 3 // 8)]


def announcement_days(number: int) -> list[str]:
    """The first announcement days of 2025."""
    every = (FIRST + dt.timedelta(days=count) for count in range(number * 2 + 10))
    return [day.isoformat() for day in every if is_announcement_day(day)][:number]


def one_page(lake: Lake, day: str) -> None:
    """A day's page alone: wall and CPU time of ten, formulas set anew each time, after one; and its weight."""
    text = str(lake.read(DIGESTS, [day])["json"].item())
    seconds, used = [], []
    html = ""
    for _ in range(11):
        mathml.cache_clear()
        start, cpu = time.perf_counter(), time.process_time()
        html = day_html(read_digest(text), Neighbours(None, None), Options(FOLLOWED), SITE_FEEDS)
        seconds.append(time.perf_counter() - start)
        used.append(time.process_time() - cpu)
    weight = len(gzip.compress(html.encode()))
    print(
        f"a day's page: {min(seconds[1:]):.3f} to {max(seconds[1:]):.3f} s "
        f"({min(used[1:]):.3f} to {max(used[1:]):.3f} s CPU), "
        f"the first with its templates compiled {seconds[0]:.3f} s, {len(html.encode()) / 1e3:,.0f} kB, "
        f"{weight / 1e3:,.0f} kB gzipped"
    )


def built(site: Path, lake: Lake, models: Models) -> tuple[float, float, Built]:
    """Makes the site: wall time, CPU time of this process, what was done."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = build_site(site, lake, marts_of(models), Options(FOLLOWED, url="https://example.org/"))
    return time.perf_counter() - wall, time.process_time() - cpu, done


def tell(what: str, wall: float, cpu: float, done: Built) -> None:
    """A line about a build."""
    print(
        f"{what}: {wall:.1f} s ({cpu:.1f} s CPU without pagefind), {done.written:,} files written, {done.units:,} units"
    )


def write_day(lake: Lake, models: Models, day: str, number: int, words: Sequence[str], names: Sequence[str]) -> None:
    """Writes a day of invented papers with its summaries, digest and marts."""
    chance = random.Random(day)
    date = dt.date.fromisoformat(day)
    papers = [paper(chance, date, place, words, names) for place in range(number)]
    rows = PAPERS.frame(papers)
    summaries = SUMMARIES.frame([summary(chance, row, words) for row in papers])
    lake.write(PAPERS, day, rows)
    lake.write(SUMMARIES, day, summaries)
    digest = build_digest(date, rows, summaries, REJECTED_PAPERS.empty(), FOLLOWED, "en")
    page = {"day": date, "title": digest.title, "primary_papers": number, "cross_lists": 0, "markdown": ""}
    lake.write(DIGESTS, day, DIGESTS.frame([{**page, "json": digest_json(digest)}]))
    for name in ("category_daily", "summary_completeness"):
        lake.write(models[name].table, day, run_model(models[name], models, lake, day))


def sentence(chance: random.Random, words: Sequence[str], length: int, formula: float = 0.1) -> str:
    """A sentence of invented words; common ones are common, as in a language."""
    parts = [words[min(int(chance.paretovariate(0.6)), len(words) - 1)] for _ in range(length)]
    if chance.random() < formula:
        parts.insert(length // 2, chance.choice(FORMULAS))
    return " ".join(parts).capitalize() + "."


def paper(
    chance: random.Random, day: dt.date, place: int, words: Sequence[str], names: Sequence[str]
) -> dict[str, Any]:
    """A row of `papers`."""
    title = sentence(chance, words, 9).rstrip(".")
    # Of five authors two are frequent, and three have one paper or two: there, two authors a paper have a page.
    frequent = chance.sample(names, chance.randint(0, 4))
    others = [f"{chance.choice(words).title()} {chance.choice(words).title()}-{day:%j}" for _ in range(3)]
    authors = list(dict.fromkeys([*frequent, *others]))
    own = "cs.LG" if chance.random() < 0.9 else "stat.ML"
    return {
        "day": day, "paper_id": f"{day:%y%m}.{day.day:02}{place:03}", "version": 1, "title": title, "title_tex": title,
        "abstract": " ".join(sentence(chance, words, 22) for _ in range(8)), "authors": authors, "authors_tex": authors,
        "categories": [own, "cs.AI"], "categories_given": f"{own} cs.AI", "primary_category": own,
        "announced_by": "listed", "is_withdrawn": False, "source": "invented", "versions": [], "listing": "new",
    }  # fmt: skip


def summary(chance: random.Random, row: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """A row of `summaries` with all fields."""
    lengths = {"tldr": 25, "motivation": 30, "method": 35, "result": 35, "conclusion": 25, "practical": 30}
    return {
        "day": row["day"], "paper_id": row["paper_id"], "version": 1, "language": "en",
        **{name: sentence(chance, words, length) for name, length in lengths.items()},
        "keywords": chance.sample(words, 6), "status": "complete", "model": "a-model", "abstract_hash": "0" * 64,
        "cost_usd": 0.001, "attempts": 1, "created_at": dt.datetime.combine(row["day"], dt.time(2), dt.UTC),
    }  # fmt: skip


if __name__ == "__main__":
    main()
