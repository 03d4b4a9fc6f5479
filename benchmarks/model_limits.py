"""Limits that end a day for other tools: `python -m benchmarks.model_limits [--quick]`.

- 60 papers at 30 requests a minute in fixed windows, the first of which begins with the first request, so that nobody
  is done before the second one begins; the endpoint says nothing about waiting; other tools beside;
- 189 papers whose quota ends after 66 answers; then the quota is there again and a second run follows.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.schema import SUMMARIES
from benchmarks.model_endpoint import endpoint, judge, papers_of_a_day, print_table, served, texts_of
from benchmarks.model_options import scale_of
from benchmarks.model_race import OURS, PEERS, race

PAPERS, PER_WINDOW = 60, 30
QUOTA = 66


def window(seconds: float) -> None:
    """Thirty requests in each window of so many seconds."""
    frame = papers_of_a_day(PAPERS)
    options = ["--latency", "0.3", "--requests-per-window", f"{PER_WINDOW}/{seconds}"]
    rows: list[list[object]] = []
    for found in race([(tool, options) for tool in (OURS, *PEERS)], frame, 4 * seconds):
        if isinstance(found, tuple):
            rows.append([*found, *"---"])
        else:
            rows.append([found.tool, found.seconds, found.missing, found.damaged, found.limited])
    print(f"{PAPERS} papers, {PER_WINDOW} requests in {seconds:.0f} s, a 429 says nothing")
    print_table(["tool", "seconds", "failed", "damaged", "429s"], rows)


def quota(count: int, end: int) -> None:
    """The quota ends in the middle of a day."""
    frame = papers_of_a_day(count)
    rows: list[list[object]] = []
    before = SUMMARIES.empty()
    with tempfile.TemporaryDirectory() as folder:
        for name, options in ((f"quota ends after {end}", ["--quota", str(end)]), ("the next run", [])):
            with endpoint("--latency", "0.3", *options) as url:
                made = OpenAISummarizer(EngineSettings(model="emulated", journal=Path(folder), base_url=url))
                before = made.summarize(frame, ["en"], before)
                assert made.report is not None
                statuses = dict(before["status"].value_counts().iter_rows())
                done, pending = statuses.get("complete", 0) + statuses.get("repaired", 0), statuses.get("pending", 0)
                damaged = judge(frame, texts_of(before))[1]
                told = made.report.stopped or "-"
                rows.append([name, done, pending, damaged, served(url)["answers"], told])
    print(f"\n{count} papers, insufficient_quota after {end} answers")
    print_table(["run", "done", "pending", "damaged", "answers paid", "why it stopped"], rows)


def main() -> None:
    """Runs both."""
    scale = scale_of(__doc__)
    window(60 * scale)
    quota(max(9, int(189 * scale)), max(3, int(QUOTA * scale)))


if __name__ == "__main__":
    main()
