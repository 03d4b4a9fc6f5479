"""A signal ends the work where it waits, what was open is closed, and the caller's own handler has its say."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from assets.summaries.engine.loop import SIGNALS, in_loop


class HandledError(BaseException):
    """What the handler of these tests raises."""


def handler(number: int, _: object) -> None:
    raise HandledError(number)


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in SIGNALS}
    yield
    for number, old in before.items():
        signal.signal(number, old)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_closes_what_is_open_before_the_callers_handler_is_called(number: signal.Signals) -> None:
    told: list[str] = []

    async def wait() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            told.append("closed")

    with pytest.raises(HandledError) as caught:
        in_loop(wait)
    assert told == ["closed"]
    assert caught.value.args == (number,)
    assert [signal.getsignal(one) for one in SIGNALS] == [handler, handler]


def test_a_handler_that_only_takes_note_does_not_let_the_work_pass_for_done() -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)

    async def wait() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    with pytest.raises(KeyboardInterrupt):
        in_loop(wait)


def test_work_without_a_signal_gives_its_result_and_its_error_inside_a_loop_and_outside() -> None:
    async def seven() -> int:
        await asyncio.sleep(0)
        return 7

    async def fails() -> int:
        raise ValueError("no")

    async def inside() -> int:
        return in_loop(seven)

    assert in_loop(seven) == 7
    assert asyncio.run(inside()) == 7
    with pytest.raises(ValueError, match="no"):
        in_loop(fails)
    assert signal.getsignal(signal.SIGINT) is handler
