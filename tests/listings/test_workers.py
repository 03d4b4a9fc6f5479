"""Parts of a piece of work on other cores: all done, errors told, and no process left over."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.listings.workers import WorkerDiedError, each


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.parametrize("workers", [1, 2])
def test_every_part_is_done_once(workers: int) -> None:
    before = children()
    assert sorted(each(operator.mul, ((number, 10) for number in range(30)), workers)) == [n * 10 for n in range(30)]
    assert children() == before


def test_other_processes_do_the_work() -> None:
    found = set(each(os.getpid, (() for _ in range(6)), 2))
    assert os.getpid() not in found
    assert len(found) <= 2
    assert set(each(os.getpid, [()], 1)) == {os.getpid()}


def test_no_more_parts_are_taken_than_there_are_processes_for() -> None:
    taken = 0

    def parts() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for number in range(20):
            taken += 1
            yield number, number

    for done, _ in enumerate(each(operator.add, parts(), 2), 1):
        assert taken <= done + 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_part_is_raised_here_and_ends_the_work(workers: int) -> None:
    before = children()
    with pytest.raises(ZeroDivisionError):
        list(each(operator.truediv, ((1, number) for number in (2, 1, 0, 3)), workers))
    assert children() == before


def test_a_process_that_was_killed_is_told_in_a_sentence() -> None:
    with pytest.raises(WorkerDiedError, match="was killed, perhaps for lack of memory: run again"):
        list(each(os._exit, [(9,)], 2))
