"""Other processes that do parts of a long piece of work on this machine's other cores.

They are started anew, not forked (a fork of a process with threads may hang), without the caller's main
module, and live no longer than the caller: when it ends, however it ends, they end after the part in hand.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from assets.errors import AlmanacError

Result = TypeVar("Result")

MOST_WORKERS = 4
"""Each holds some hundred MB while it works."""

_PROGRAM = "import sys; from assets.listings.workers import serve; serve(int(sys.argv[1]))"


class WorkerDiedError(AlmanacError):
    """A process was ended from outside."""


def useful_workers() -> int:
    """How many processes the machine has cores for; 1 where this one alone is as fast."""
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)))


def each(function: Callable[..., Result], parts: Iterable[tuple[object, ...]], workers: int) -> Iterator[Result]:
    """What a function gives for each part (its arguments), in the order in which they are done.

    With one worker the caller's process does it itself. With more, `function` must be importable by its name,
    and arguments and results must be picklable; the caller takes the next part only when a process is free
    for it. An error of the function is raised here, and no further part is begun. Raises WorkerDiedError where
    a process was killed.
    """
    if workers < 2:
        for part in parts:
            yield function(*part)
        return
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(_worker()) for _ in range(workers)]
        busy: list[Connection] = []
        waiting = iter(parts)
        while True:
            for part in islice(waiting, len(idle)):
                idle[-1].send((function, part))
                busy.append(idle.pop())
            if not busy:
                return
            for ready in wait(busy):
                assert isinstance(ready, Connection)
                busy.remove(ready)
                yield _result(ready)
                idle.append(ready)


def serve(handle: int) -> None:
    """Does the parts that come over a connection until it is closed: the worker's side."""
    with Connection(handle) as caller, contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            function, part = caller.recv()
            try:
                answer = (True, function(*part))
            except Exception as error:
                answer = (False, _portable(error))
            caller.send(answer)


@contextlib.contextmanager
def _worker() -> Iterator[Connection]:
    here, there = multiprocessing.Pipe()
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(there.fileno())],
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
        # One thread each: together they use all cores. A session of their own: Ctrl-C is the caller's affair.
        env={**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"},
        start_new_session=True,
    )
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.wait()


def _result(worker: Connection) -> Any:
    try:
        done, value = worker.recv()
    except (EOFError, ConnectionResetError):
        raise WorkerDiedError(
            "a process that helped was killed, perhaps for lack of memory: run again; what was finished is kept."
        ) from None
    if not done:
        raise value
    return value


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot be sent."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
