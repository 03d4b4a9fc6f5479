"""The audit of the pins, over a database of advisories on this machine that speaks OSV's protocol."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.emulators.advisories import advisory, advisory_server

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PINS = """\
kettle==1.4.0 \\
    --hash=sha256:00
Tea.Pot==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:01 \\
    --hash=sha256:02
"""
TWIN = """\
tea-pot==2.1.0 ; sys_platform == 'win32' \\
    --hash=sha256:03
"""
LEAK = advisory("tea-pot", "PYSEC-2026-7", "It drips", fixed="2.0.3", aliases=("CVE-2026-0007",))


def audit(url: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the audit as `make audit` does, against a database at an address."""
    environment = {**os.environ, "PIP_AUDIT_OSV_URL": url}
    command = [sys.executable, ".ci/audit.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock file of two packages."""
    path = tmp_path / "requirements.lock"
    path.write_text(PINS)
    return path


def as_locked(paths: Sequence[Path]) -> set[tuple[str, str]]:
    """Names as the lock files write them, with versions."""
    return {found for path in paths for found in re.findall(r"^(\S+?)==(\S+)", path.read_text(), re.MULTILINE)}


def test_every_version_that_the_project_pins_is_asked_for_once() -> None:
    with advisory_server({}) as database:
        ended = audit(database.url, *LOCKS)
    assert ended.returncode == 0, ended.stderr
    assert len(LOCKS) == 5
    assert sorted(database.asked) == sorted(as_locked(LOCKS))


def test_a_known_vulnerability_fails_with_the_version_that_mends_it(lock: Path) -> None:
    lock.write_text(PINS + TWIN)
    with advisory_server({("tea-pot", "2.0"): LEAK}) as database:
        ended = audit(database.url, lock)
    assert ended.returncode == 1
    assert ended.stderr == (
        "tea-pot 2.0, PYSEC-2026-7 (CVE-2026-0007): It drips. 2.0.3 mends it: pin it by `make lock`"
        " (requirements.lock).\n"
    )
    assert set(database.asked) == {("kettle", "1.4.0"), ("tea-pot", "2.0"), ("tea-pot", "2.1.0")}


def test_a_vulnerability_that_no_version_mends_can_be_accepted_with_a_reason(lock: Path, tmp_path: Path) -> None:
    known = {("kettle", "1.4.0"): advisory("kettle", "GHSA-aaaa-bbbb-cccc", "It whistles", fixed=None)}
    reasons = tmp_path / "accepted.txt"
    with advisory_server(known) as database:
        refused = audit(database.url, lock)
        reasons.write_text("# what does not concern us\nGHSA-aaaa-bbbb-cccc  nobody is near enough to hear it\n")
        passed = audit(database.url, lock, "--accepted", reasons)
        reasons.write_text("GHSA-aaaa-bbbb-cccc\n")
        without_reason = audit(database.url, lock, "--accepted", reasons)
    assert refused.returncode == 1
    assert "no version mends it yet" in refused.stderr
    assert (passed.returncode, passed.stderr) == (0, "")
    assert without_reason.returncode == 1
    assert without_reason.stderr == "accepted.txt, line 1: write why GHSA-aaaa-bbbb-cccc is accepted behind it.\n"


def test_a_database_that_does_not_answer_is_told_in_one_sentence_and_fails_nothing(lock: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        nobody = audit(f"http://127.0.0.1:{unused.getsockname()[1]}/v1/query", lock)
    with advisory_server({}, status=503) as database:
        ill = audit(database.url, lock)
    for ended, reason in ((nobody, "ConnectionError"), (ill, "HTTPError")):
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.startswith("Not audited: the database of advisories at http://127.0.0.1:")
        assert ended.stdout.endswith(f" cannot be asked ({reason}).\n")
        assert ended.stdout.count("\n") == 1


@pytest.mark.parametrize("line", ["kettle>=1.4", "-e .", "kettle==1.x!"])
def test_a_line_that_pins_nothing_fails_instead_of_being_passed_over(lock: Path, line: str) -> None:
    lock.write_text(f"{PINS}{line}\n")
    ended = audit("http://127.0.0.1:9/", lock)
    assert ended.returncode == 1
    assert ended.stderr.startswith("requirements.lock, line 6: ")
