"""Extracts of many papers on all cores; of few, in the process that asks.

Starting worker processes costs about a second and some 50 MB each, so a process begins to use them when it has made
extracts of PAPERS_ALONE papers itself; then they serve it until it ends. Papers come back in the order in which they
were given, and each extract is what `extract.summarize` makes of it: nothing depends on the number of processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from assets.summaries.extract import Extract, summarize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAPERS_ALONE = 2_000
"""Papers that a process summarizes alone before it starts workers."""
PAPERS_AT_ONCE = 50
"""Papers that a worker gets at once; fewer in all are not worth the way."""

GARBAGE_THRESHOLD = 50_000
"""New objects in a worker before a search for cycles, which extracts leave hardly any of."""

Paper = tuple[str, str]
"""Title and abstract."""
Made = tuple[Extract, float]
"""An extract and the seconds that it took."""


def available_cores() -> int:
    """Cores on which this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Makes extracts, with worker processes once it has made many."""

    def __init__(self, cores: int | None = None, papers_alone: int = PAPERS_ALONE) -> None:
        """`cores`: worker processes at most; None for the cores there are. One core means no workers."""
        self.cores = available_cores() if cores is None else cores
        self.papers_alone = papers_alone
        self._made = 0
        self._pool: ProcessPoolExecutor | None = None

    def extracts(self, papers: Sequence[Paper]) -> Iterator[Made]:
        """The extract of each paper and the seconds that it took, in the same order, as they are made.

        Where processes cannot be started or die, this process does the rest of the work itself.
        """
        self._made += len(papers)
        done = 0
        if self.cores > 1 and self._made > self.papers_alone and len(papers) >= 2 * PAPERS_AT_ONCE:
            parts = [papers[at : at + PAPERS_AT_ONCE] for at in range(0, len(papers), PAPERS_AT_ONCE)]
            try:
                for part in self._start().map(_extracts, parts):
                    for made in part:
                        yield made
                        done += 1
            except (BrokenProcessPool, OSError):
                self.close()
                self.cores = 1
        yield from map(_extract, papers[done:])

    def close(self) -> None:
        """Ends the worker processes, if there are any."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A run of Dagster has threads, and a fork of a process with threads may hang: workers start afresh.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.cores, mp_context=context, initializer=_begin)
        return self._pool


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent and ends with it, also when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a worker keeps are tables of words without a cycle: they are not to be walked through again and again.
    summarize("", "")
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _extract(paper: Paper) -> Made:
    start = time.perf_counter()
    return summarize(*paper), time.perf_counter() - start


def _extracts(papers: Sequence[Paper]) -> list[Made]:
    return list(map(_extract, papers))
