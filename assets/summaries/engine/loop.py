"""Coroutines run to their end, from anywhere; a signal ends them where they wait, and nowhere else.

A handler that raises wherever the interpreter happens to be may raise in the middle of a write or of another handler's
clean-up: then a traceback is printed, or the signal is lost. Here a signal cancels the work, which closes what it has
open, and only then does what the caller does at a signal happen.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def in_loop(work: Callable[[], Coroutine[None, None, T]]) -> T:
    """Runs a coroutine to its end, also where the caller is inside a loop already (a notebook).

    In the main thread, a SIGINT or SIGTERM ends it. Then the handler that was set before is called, or
    KeyboardInterrupt is raised.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _interruptible(work) if threading.current_thread() is threading.main_thread() else asyncio.run(work())
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(work())).result()


def _interruptible(work: Callable[[], Coroutine[None, None, T]]) -> T:
    before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in SIGNALS}
    came: list[signal.Signals] = []

    async def listening() -> T:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())

        def stop(number: signal.Signals) -> None:
            came.append(number)
            task.cancel()

        for number in SIGNALS:
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers.
                loop.add_signal_handler(number, stop, number)
        return await task

    try:
        result = asyncio.run(listening())
    except asyncio.CancelledError:
        if not came:
            raise
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
    if not came:
        return result
    handler = before[came[0]]
    if callable(handler):
        handler(came[0], None)
    raise KeyboardInterrupt
