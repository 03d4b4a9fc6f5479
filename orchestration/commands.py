"""What the commands that make days do: choose the days, run Dagster, tell what was made and where."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets.calendar.days import latest_announced_day, parse_day, parse_range, why_no_announcement
from assets.digests.schema import DIGESTS
from assets.digests.wording import count
from assets.listings.assets import made_with
from assets.listings.sample import SampleSource
from assets.listings.schema import RAW_LISTINGS
from assets.listings.snapshot import SnapshotSource
from assets.overviews.schema import OVERVIEWS, TREND_ARTICLES
from assets.papers.schema import LISTING_LEDGER
from assets.partitions import month_of, year_of
from assets.summaries.engine.caps import of_a_command, spent_since
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.console import ERR, FAILED, OUT, ProgressBar
from orchestration.importing import Import, edition_notes
from orchestration.instance import open_instance
from orchestration.last_words import STOPPED, explained, last_words, waiting_days
from orchestration.resources import listing_source, prepare_home, summarizer
from orchestration.runs import IMPORTED, Outcome, Runner
from orchestration.sample_home import keep_apart
from orchestration.settings import Settings, load_settings
from orchestration.stale import stale
from orchestration.status import day_status, every_date
from orchestration.tables import all_tables, load_almanac_models

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from assets.aggregates.models import Models
    from assets.listings.source import ListingSource
    from assets.warehouse.table import Period

FAULTY_INPUT = 3


@dataclass(frozen=True)
class Session:
    """What a command that makes partitions works with."""

    settings: Settings
    lake: Lake
    models: Models
    source: ListingSource
    runner: Runner
    bar: ProgressBar
    spent_before: float
    """US dollars that models had cost the home when the command began."""

    @property
    def spent(self) -> float:
        """US dollars that models have cost the home since the command began."""
        return spent_since(self.settings.home_folder.answers, 0.0) - self.spent_before

    def finished(self, days: Sequence[dt.date]) -> set[dt.date]:
        """Those of the days that are complete, made with today's settings, and known to Dagster."""
        wanted = made_with(self.settings.source, self.settings.preferences())
        recorded = self.runner.recorded("daily_digest")
        return {
            day
            for day in days
            if day.isoformat() in recorded and day_status(self.lake, day, wanted).state == "complete"
        }

    def imported(self, days: Sequence[str]) -> set[str]:
        """Those of the days of which an import of this very file made what stands before the summaries, and no more.

        A day whose accounts do not add up is none of them: it is made again from its listing.
        """
        if not isinstance(self.source, SnapshotSource) or self.runner.summarizer.asks_together:
            return set()
        notes = edition_notes(self.source, self.settings.preferences())
        recorded = set.intersection(*map(self.runner.recorded, IMPORTED)) if days else set()
        return {
            day
            for day in days
            if day in recorded
            and notes.items() <= self.lake.notes(RAW_LISTINGS, day).items()
            and not self.lake.has(SUMMARIES, day)
            and not self.lake.columns(LISTING_LEDGER, day, ["unexplained"])["unexplained"].ne(0).any()
        }

    def days(
        self,
        keys: Sequence[str],
        around: Sequence[str],
        roll_up: bool,
        tags: Mapping[str, str] | None = None,
        imported: Collection[str] = (),
    ) -> Outcome:
        """Makes days, then every month and year that holds one of `around` and is older than its days, and the site.

        Of those that are `imported` only what is not imported.
        """
        rest = self.runner.after_import if imported else []
        self.bar.expect((len(keys) - len(imported)) * self.runner.asset_count("day") + len(imported) * len(rest))
        outcome = self.runner.make("day", [key for key in keys if key not in imported], tags=tags)
        if imported:
            outcome.add(self.runner.make("day", sorted(imported), rest, tags))
        if roll_up:
            periods: tuple[Period, ...] = ("month", "year")
            for period in periods:
                older = list(stale(self.lake, self.models, period, around))
                self.bar.expect(len(older) * self.runner.asset_count(period))
                outcome.failed |= self.runner.make(period, older).failed
            if self.settings.site:
                self.bar.expect(1)
                outcome.failed |= self.runner.make_site()
        return outcome


@contextmanager
def session(settings: Settings, max_cost: float | None = None) -> Iterator[Session]:
    """Opens the source, the home, Dagster's instance and a progress bar for the length of a command.

    `max_cost` are the US dollars that the whole command may cost, months, years and all.
    """
    with ProgressBar() as bar:
        source = listing_source(settings, bar)
        spent = spent_since(settings.home_folder.answers, 0.0)
        caps = () if max_cost is None else (of_a_command(max_cost, spent),)
        summarizer(settings, caps)
        source.days()  # a source that cannot be read is told before anything is changed
        models = load_almanac_models()
        lake = prepare_home(settings, models, bar.noticed)
        if removed := keep_apart(settings.home_folder, lake, all_tables(models), settings.source):
            OUT.print(f"The sample's {len(removed)} days of invented papers were removed from {settings.home}.")
            prepare_home(settings, models, bar.noticed)
        with open_instance(settings.home_folder, settings.dagster_postgres_url) as instance:
            runner = Runner(settings, instance, bar, caps)
            yield Session(settings, lake, models, source, runner, bar, spent)


def run_day(text: str | None, roll_up: bool) -> int:
    """Makes one day; without a day the latest that the source has, or what is unfinished of the sample."""
    settings = load_settings()
    now = dt.datetime.now(dt.UTC)
    asked = parse_day(text, now) if text is not None else None
    with session(settings) as work:
        if asked:
            days, finished = [asked], set()
        else:
            days = announced(work.source.days() or [latest_announced_day(now)], now)
            days = days if settings.source == SampleSource.name else days[-1:]
            finished = work.finished(days)
        keys = [day.isoformat() for day in days]
        outcome = work.days([day.isoformat() for day in days if day not in finished], keys, roll_up)
    _tell_finished(finished, "almanac run DAY makes a day again")
    return tell(work, outcome, keys, keys)


def announced(days: Sequence[dt.date], now: dt.datetime) -> list[dt.date]:
    """Those of a source's days that arXiv has announced and whose partition exists."""
    latest = latest_announced_day(now)
    return [day for day in days if day <= latest and not why_no_announcement(day)]


def backfill_days(first: str, last: str, again: bool, roll_up: bool, max_cost: float | None = None) -> int:
    """Makes the announcement days of a range, but for those that are finished, for `max_cost` US dollars at most."""
    settings = load_settings()
    days = parse_range(first, last, dt.datetime.now(dt.UTC))
    without = [day for day in every_date(days[0], days[-1]) if why_no_announcement(day)]
    wanted = [day for day in every_date(days[0], days[-1]) if not why_no_announcement(day)]
    with session(settings, max_cost) as work:
        finished = set() if again else work.finished(wanted)
        keys = [day.isoformat() for day in wanted]
        todo = [day.isoformat() for day in wanted if day not in finished]
        outcome = work.days(todo, keys, roll_up, imported=set() if again else work.imported(todo))
    for reason, group in _by_reason(without):
        OUT.print(f"No announcement ({reason}): {', '.join(group)}")
    _tell_finished(finished, "--again makes them again")
    return tell(work, outcome, [key for key in keys if key in outcome.made], keys)


def import_snapshot(file: Path, first: str | None, last: str | None, again: bool) -> int:
    """Reads a snapshot file into raw_listings, papers and rejected_papers, with receipts and ledger."""
    settings = load_settings(source="snapshot", snapshot=file)
    with session(settings) as work:
        now = dt.datetime.now(dt.UTC)
        source = SnapshotSource(file, settings.home_folder.snapshots, work.bar.reading)
        every = source.days()
        held = announced(every, now)
        later = sorted(map(str, set(every).difference(held)))
        if first or last:
            low, high = parse_range(first or str(held[0]), last or str(held[-1]), now)
            held = [day for day in held if low <= day <= high]
        if later:
            work.bar.noticed(f"{file} has records of {', '.join(later)}, which arXiv has not announced: they wait.")
        keys = [day.isoformat() for day in held]
        work.bar.expect(len(keys) * len(IMPORTED))
        preferences, instance = settings.preferences(), work.runner.instance
        importing = Import(
            work.lake, source, preferences, instance, work.bar, lambda days: work.runner.make("day", days, IMPORTED)
        )
        found = importing.make(keys, again)
    outcome = found.outcome
    OUT.print(f"Imported {count(len(outcome.made), 'announcement day')} from {file}.", markup=False)
    if found.left:
        OUT.print(
            f"Left as found, made of this file before: {count(len(found.left), 'day')} (--again makes them again)."
        )
    OUT.print(f"To finish them: ALMANAC_SOURCE=snapshot ALMANAC_SNAPSHOT={file} almanac backfill …", markup=False)
    return tell_failures(work, outcome)


def _by_reason(days: Sequence[dt.date]) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for day in days:
        reason = "weekend" if day.weekday() >= 5 else why_no_announcement(day) or ""
        groups.setdefault(reason, []).append(day.isoformat())
    return list(groups.items())


def _tell_finished(finished: set[dt.date], advice: str) -> None:
    if finished:
        OUT.print(f"Left as found, being finished: {count(len(finished), 'day')} ({advice}).")


def tell(work: Session, outcome: Outcome, shown: Sequence[str], asked: Sequence[str]) -> int:
    """Says what was made of the days `asked` for and where those that are `shown` are; returns the exit code."""
    home = work.settings.home_folder
    if made := sorted(set(shown) - outcome.failed.keys()):
        rows = work.lake.read(DIGESTS, made)
        papers, cross_lists = int(rows["primary_papers"].sum()), int(rows["cross_lists"].sum())
        span = made[0] if len(made) == 1 else f"{made[0]} … {made[-1]}"
        verb = "Made" if outcome.made else "There are"
        OUT.print(
            f"{verb} {count(len(made), 'day')} ({span}):"
            f" {count(papers, 'paper')} and {count(cross_lists, 'cross-list')}.\n"
        )
        OUT.print(f"  digest     {_shown(home.digest(made[-1])[0])}", markup=False)
        month = month_of(made[-1])
        if work.lake.has(TREND_ARTICLES, month):
            OUT.print(f"  article    {_shown(home.article(month)[0])}", markup=False)
            OUT.print(f"  topics     {_shown(home.topic_page(month, 'any')[0].parent)}/", markup=False)
        for year in sorted({year_of(key) for key in made}):
            overviews = work.lake.read(OVERVIEWS, [year])
            for category in overviews.sort("papers", descending=True)["category"].head(3):
                OUT.print(f"  overview   {_shown(home.overview(year, category)[0])}", markup=False)
        if (home.site / "index.html").is_file():
            OUT.print(f"  site       {_shown(home.site / 'index.html')}, or {_command()} serve", markup=False)
        OUT.print(f"  query      duckdb -readonly {_shown(home.warehouse)}", markup=False)
        question = "SELECT day, count(*) AS papers FROM papers GROUP BY day ORDER BY day"
        OUT.print(f'             {_command()} query "{question}"', markup=False)
        OUT.print(f"  Dagster UI {_command()} dev, then http://127.0.0.1:3000\n", markup=False)
    return tell_failures(work, outcome, asked)


def _shown(path: Path) -> Path:
    """A path as a reader would type it: from the working folder where it lies below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _command() -> str:
    """How this command can be called from here."""
    return "almanac" if shutil.which("almanac") else str(_shown(Path(sys.argv[0]).absolute()))


def tell_failures(work: Session, outcome: Outcome, asked: Sequence[str] = ()) -> int:
    """Says what failed and which of the days `asked` for wait for their model; returns the exit code."""
    waiting = waiting_days(work.lake, asked)
    failed = {key: why for key, why in outcome.failed.items() if key not in explained(outcome.failed, waiting)}
    for sentence in work.bar.faults:
        ERR.print(f"almanac: {sentence}", markup=False)
    alike: dict[str, list[str]] = {}
    for key, reason in failed.items():
        alike.setdefault(reason.replace(key, "\0"), []).append(key)
    for reason, keys in alike.items():
        ERR.print(
            f"almanac: {', '.join(keys)} failed: {reason.replace(chr(0), keys[0] if len(keys) == 1 else 'the day')}",
            markup=False,
        )
    for sentence in last_words(work.settings, work.lake, waiting, work.spent):
        ERR.print(f"almanac: {sentence}", markup=False)
    if failed:
        return FAILED
    if waiting:
        return STOPPED
    return FAULTY_INPUT if work.bar.faults else 0
