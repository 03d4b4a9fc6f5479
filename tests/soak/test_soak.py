"""A day of the soak, with a kill; `python -m benchmarks.soak` lets 250 pass."""

from __future__ import annotations

from pathlib import Path

from tests.soak.soak import soak


def test_days_pass_with_faults_and_kills_and_each_is_complete_once(tmp_path: Path) -> None:
    account = soak(tmp_path, days=1, kills=1, seed=1, papers_a_day=4)
    assert (account.missing, account.wrong, account.incomplete, account.behind) == ([], [], [], [])
    assert (account.paid_twice, account.told_twice) == ([], [])
    assert account.days == 1
    assert account.papers > 0
    assert account.kills == 1
