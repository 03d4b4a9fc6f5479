"""Prints what the engine of model calls does against an emulated endpoint, which runs as a process of its own.

    python -m benchmarks.model_engine [clean] [faulty] [window] [quota] [kills] [kinds] [many] [--scale 0.1]

- clean: 189 papers, 300 ms an answer;
- faulty: 1,000 papers, lognormal latency of median 600 ms, 10 requests/s, 3 % HTTP 500, 2 % hang, 4 % bad JSON, 2 % cut
  off; beside it a plain client with ten retries, and `instructor` and `litellm` where they are installed;
- window: 60 papers at 30 requests a minute in fixed windows, nothing said about waiting;
- quota: 189 papers, `insufficient_quota` after 66 answers, then a second run;
- kills: a day that is killed with SIGKILL again and again;
- kinds: every kind of fault, two attempts in five;
- many: 20,000 papers in one process: seconds and memory by quarter.

`--scale` shrinks papers and waiting alike. Papers are those of the listing beside the checkout, else the sample.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import zstandard

from assets.papers.schema import PAPERS
from assets.papers.tex import to_text
from assets.summaries.engine.answers import read_answer
from assets.summaries.engine.prompt import messages, schema
from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.fields import FIELDS
from assets.summaries.judgement import incomplete_papers, text_problems
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LISTING = ROOT.parent / "shared" / "data" / "listings" / "2025-cs.LG+stat.ML.jsonl.zst"
SAMPLE = ROOT / "assets" / "listings" / "sample" / "papers.jsonl"
BENCHMARKS = ("clean", "faulty", "window", "quota", "kills", "kinds", "many")


def papers(count: int) -> pl.DataFrame:
    """Rows of PAPERS, numbered anew where the source has fewer."""
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        turn = f" {len(rows)}" if rows else ""
        for line in _lines():
            record = json.loads(line)
            title, abstract = to_text(record["title"] or ""), to_text(record["abstract"] or "")
            if len(rows) < count and title and len(abstract) > 300:
                number = f"2601.{len(rows):05}"
                day = dt.date(2026, 1, 30)
                rows.append({"day": day, "paper_id": number, "version": 1, "title": title + turn, "abstract": abstract})
    return PAPERS.frame(rows)


def _lines() -> Iterator[str]:
    if LISTING.exists():
        with zstandard.open(LISTING, "rt", encoding="utf-8") as lines:
            yield from lines
    else:
        yield from SAMPLE.read_text(encoding="utf-8").splitlines()


@contextlib.contextmanager
def endpoint(*options: str) -> Iterator[str]:
    """The address of an emulated endpoint with these options."""
    command = [sys.executable, "-m", "tests.emulators.llm", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def served(url: str) -> dict[str, Any]:
    """What the endpoint has served."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/_served") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def measure(name: str, frame: pl.DataFrame, url: str, folder: Path, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Summarizes the papers and prints a line about it."""
    summarizer = OpenAISummarizer(EngineSettings(model="emulated", journal=folder, base_url=url))
    start, cpu = time.monotonic(), time.process_time()
    rows = summarizer.summarize(frame, ["en"], before if before is not None else SUMMARIES.empty())
    seconds, cpu = time.monotonic() - start, time.process_time() - cpu
    report = summarizer.report
    assert report is not None
    print(
        f"{name:28} {seconds:7.1f} s  {report.statuses}  incomplete {len(incomplete_papers(frame, rows, ['en']))}  "
        f"corrupt {len(text_problems(frame, rows))}  requests {report.requests}  429s {report.limited}  "
        f"hedged {report.hedged}  CPU {1000 * cpu / max(report.requests, 1):.1f} ms/request"
        + (f"  stopped: {report.stopped}" if report.stopped else "")
    )
    return rows


def clean(scale: float) -> None:
    """A clean endpoint."""
    with endpoint("--latency", "0.3") as url, tempfile.TemporaryDirectory() as folder:
        measure("clean, 300 ms", papers(max(1, int(189 * scale))), url, Path(folder))


FAULTY = (
    *("--latency", "0.6", "--sigma", "0.5", "--requests-per-second", "10", "--fault", "error_500=0.03"),
    *("--fault", "hang=0.02", "--fault", "single_backslash=0.04", "--fault", "truncated=0.02"),
)


def faulty(scale: float) -> None:
    """Faults and a limit that nobody tells; other clients beside the engine."""
    frame = papers(max(20, int(1_000 * scale)))
    for name, options in (("429 says how long", ("--retry-after",)), ("429 says nothing", ())):
        with endpoint(*FAULTY, *options) as url, tempfile.TemporaryDirectory() as folder:
            measure(f"faulty, {name}", frame, url, Path(folder))
            counted = served(url)
            attempts = counted["requests"]
            print(f"{'':28} bound {attempts / 10:7.1f} s for {attempts} requests that were let in")
    for peer in ("openai", "instructor", "litellm"):
        if importlib.util.find_spec(peer) is None:
            print(f"{peer:28} is not installed")
            continue
        with endpoint(*FAULTY, "--retry-after") as url:
            asyncio.run(compare(peer, frame, url))


async def compare(peer: str, frame: pl.DataFrame, url: str) -> None:
    """Another client, used as its documentation shows: ten retries, everything gathered at once."""
    wanted: dict[str, tuple[str, ...]] = {"en": FIELDS}
    shape = {"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": schema(wanted)}}
    semaphore = asyncio.Semaphore(64)

    async def one(title: str, abstract: str) -> str:
        asked: Any = messages(title, abstract, wanted)
        async with semaphore:
            if peer == "litellm":
                import litellm  # type: ignore[import-not-found,unused-ignore]

                answer = await litellm.acompletion(
                    "openai/emulated",
                    asked,
                    api_base=url,
                    api_key="none",
                    num_retries=10,
                    response_format=shape,
                    timeout=30,
                )
            else:
                answer = await client.chat.completions.create(model="emulated", messages=asked, response_format=shape)
            return str(answer.choices[0].message.content or "")

    from openai import AsyncOpenAI

    client: Any = AsyncOpenAI(api_key="none", base_url=url, max_retries=10, timeout=30)
    if peer == "instructor":
        import instructor  # type: ignore[import-not-found,unused-ignore]

        client = instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA)
    start = time.monotonic()
    rows = list(zip(frame["title"], frame["abstract"], strict=True))
    answers = await asyncio.gather(*(one(*row) for row in rows), return_exceptions=True)
    seconds = time.monotonic() - start
    missing = sum(isinstance(answer, BaseException) for answer in answers)
    broken = 0
    for (title, abstract), text in zip(rows, answers, strict=True):
        if isinstance(text, str):
            try:
                value = json.loads(text)
            except ValueError:
                missing += 1
                continue
            reading = read_answer(json.dumps(value), wanted, title, abstract, cut=False).readings["en"]
            broken += bool(reading.bad) or any("\t" in str(part) or "\x0c" in str(part) for part in value.values())
    refused = served(url)["faults"].get("limited", 0)
    print(f"{peer:28} {seconds:7.1f} s  missing {missing}  damaged {broken}  429s {refused}")


def window(scale: float) -> None:
    """Thirty requests a minute, and no word about waiting."""
    limit = f"30/{60 * scale}"
    with endpoint("--latency", "0.3", "--requests-per-window", limit) as url, tempfile.TemporaryDirectory() as folder:
        measure(f"30 requests in {60 * scale:.0f} s", papers(60), url, Path(folder))


def quota(scale: float) -> None:
    """The quota ends, and is filled up again."""
    count, end = max(9, int(189 * scale)), max(3, int(66 * scale))
    frame = papers(count)
    with tempfile.TemporaryDirectory() as folder:
        with endpoint("--latency", "0.3", "--quota", str(end)) as url:
            first = measure(f"quota ends after {end}", frame, url, Path(folder))
        with endpoint("--latency", "0.3") as url:
            measure("and the next run", frame, url, Path(folder), first)
            print(f"{'':28} the next run made {served(url)['answers']} of {count - end} requests")


KILLED = """
import sys
from pathlib import Path
from assets.summaries.schema import SUMMARIES
from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from benchmarks.model_engine import papers
url, folder, count = sys.argv[1:]
summarizer = OpenAISummarizer(EngineSettings(model="emulated", journal=Path(folder), base_url=url))
summarizer.summarize(papers(int(count)), ["en"], SUMMARIES.empty()).write_parquet(Path(folder) / "rows.parquet")
"""


def kills(scale: float) -> None:
    """SIGKILL, again and again; an answer is paid twice where it was in the journal and is asked for again."""
    import sqlite3

    wanted, count = max(2, int(20 * scale)), max(40, int(400 * scale))
    with endpoint("--latency", "0.3") as url, tempfile.TemporaryDirectory() as folder:
        result, journal = Path(folder) / "rows.parquet", Path(folder) / "answers.sqlite"
        done, in_journal, again, lost = 0, 0, 0, 0
        while not result.exists():
            process = subprocess.Popen([sys.executable, "-c", KILLED, url, folder, str(count)], cwd=ROOT)
            before, known = served(url)["answers_by_paper"], in_journal
            if done < wanted:
                while served(url)["answers"] < sum(before.values()) + count // (wanted + 2) and process.poll() is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.02)
                process.send_signal(signal.SIGKILL)
                done += 1
            process.wait()
            time.sleep(0.5)  # What was on its way arrives, and counts as lost.
            with contextlib.closing(sqlite3.connect(journal)) as database:
                in_journal = database.execute("SELECT count(*) FROM answers").fetchone()[0]
            answers = sum(served(url)["answers_by_paper"].values()) - sum(before.values())
            lost += answers - (in_journal - known)
        rows = pl.read_parquet(result)
        again = served(url)["answers"] - in_journal - lost
        print(
            f"{done} kills: {rows.height} of {count} rows, answers of the journal paid twice {again}, "
            f"answers on their way when the process died {lost}"
        )


def kinds(scale: float) -> None:
    """Every kind of fault."""
    from tests.emulators.llm.behaviour import KINDS

    frame = papers(max(20, int(189 * scale)))
    for kind in KINDS:
        share = "0.02" if kind == "hang" else "0.4"
        with (
            endpoint("--latency", "0.05", "--fault", f"{kind}={share}") as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            measure(kind, frame, url, Path(folder))


def many(scale: float) -> None:
    """A great many papers in one process, in four equal parts."""
    quarter = max(50, int(5_000 * scale))
    frame = papers(4 * quarter)
    with endpoint("--latency", "0.05") as url, tempfile.TemporaryDirectory() as folder:
        for part in range(4):
            measure(f"quarter {part + 1}", frame.slice(part * quarter, quarter), url, Path(folder))
            print(f"{'':28} largest so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Reads the command line and runs the benchmarks that it names."""
    parser = argparse.ArgumentParser(description="The engine of model calls against an emulated endpoint.")
    parser.add_argument("benchmarks", nargs="*", metavar=f"{{{','.join(BENCHMARKS)}}}")
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    if unknown := set(given.benchmarks) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    for name in given.benchmarks or BENCHMARKS:
        globals()[name](given.scale)


if __name__ == "__main__":
    main()
