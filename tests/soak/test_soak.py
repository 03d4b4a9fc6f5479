"""A day of the soak, by `make soak`: a minute on a quiet machine. `python -m benchmarks.soak` lets 250 pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.soak import soak

pytestmark = pytest.mark.soak


def test_days_pass_with_faults_and_kills_and_each_is_complete_once(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if "soak" not in request.config.getoption("markexpr"):
        pytest.skip("a day on a clock that jumps, with a daemon that is killed, takes a minute: run `make soak`")
    account = soak(tmp_path, days=1, kills=1, seed=1, papers_a_day=4)
    assert (account.missing, account.wrong, account.incomplete) == ([], [], [])
    assert (account.paid_twice, account.told_twice) == ([], [])
    assert account.days == 1
    assert account.papers > 0
    assert account.kills == 1
