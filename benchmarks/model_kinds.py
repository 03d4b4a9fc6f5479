"""Every kind of fault against 189 papers of 30 January 2026: `python -m benchmarks.model_kinds [--quick] [KIND …]`.

Two requests in five suffer the fault, hanging ones one in fifty. A paper fails where its row is pending or incomplete
by the rule of the asset check; a row is corrupt where a text is not what the endpoint's model meant.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.judgement import incomplete_papers, text_problems
from assets.summaries.schema import SUMMARIES
from benchmarks.model_endpoint import endpoint, judge, papers_of_a_day, print_table, served, texts_of
from benchmarks.model_options import scale_of
from tests.emulators.llm.behaviour import CONTENT, FORMAT, OF_THE_PAPER, TRANSIT

KINDS = (*TRANSIT, *FORMAT, *CONTENT, *OF_THE_PAPER)

SHARE, SHARE_OF_HANGING = 0.4, 0.02
STATUSES = ("complete", "repaired", "extractive", "pending")


def main() -> None:
    """One row for each kind."""
    frame = papers_of_a_day(max(19, int(189 * scale_of(__doc__))))
    rows: list[list[object]] = []
    for kind in [kind for kind in sys.argv[1:] if kind in KINDS] or KINDS:
        share = SHARE_OF_HANGING if kind in ("hang", "drip") else SHARE
        with (
            endpoint("--latency", "0.05", "--fault", f"{kind}={share}") as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            made = OpenAISummarizer(EngineSettings(model="emulated", journal=Path(folder), base_url=url))
            start = time.monotonic()
            texts = made.summarize(frame, ["en"], SUMMARIES.empty())
            seconds = time.monotonic() - start
            counted = served(url)
        statuses = dict(texts["status"].value_counts().iter_rows())
        failed = len(incomplete_papers(frame, texts, ["en"]))
        corrupt = max(judge(frame, texts_of(texts))[1], len(text_problems(frame, texts)))
        rows.append(
            [
                kind, counted["faults"].get(kind, 0), *(statuses.get(status, 0) for status in STATUSES), failed,
                corrupt, counted["requests"], seconds,
            ]
        )  # fmt: skip
    print(f"{frame.height} papers, each kind of fault in {SHARE:.0%} of the requests ({SHARE_OF_HANGING:.0%} hang)")
    print_table(["fault", "struck", *STATUSES, "failed", "corrupt", "requests", "seconds"], rows)


if __name__ == "__main__":
    main()
