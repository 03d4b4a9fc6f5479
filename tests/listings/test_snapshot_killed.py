"""An index that is killed at any moment goes on where it stopped, and ends as if it had never been."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from assets.errors import InputError
from assets.listings import snapshot_build
from assets.listings.snapshot import SnapshotSource
from benchmarks.synthetic_snapshot import lines_of, months
from tests.listings.corpus import lines, record, submitted

SIZES = {"BLOCK_BYTES": 1 << 16, "ROWS_AT_ONCE": 60}
"""So that a file of some MB has many blocks and many groups of months."""

PROGRAM = """
import sys
from pathlib import Path
from assets.listings import snapshot_build
from assets.listings.snapshot import SnapshotSource
path, root, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for setting in sys.argv[4:]:
    name, _, value = setting.partition("=")
    setattr(snapshot_build, name, int(value))
snapshot_build.WORTH_WORKERS = 0
snapshot_build.useful_workers = lambda: workers
print(len(SnapshotSource(path, root).days()))
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 records from all years, out of order, with lines between them that say nothing of their day."""
    path = tmp_path_factory.mktemp("snapshot") / "snapshot.jsonl"
    every = [line for month in months(30_000)[::20] for _, line in lines_of(month)]
    draw = random.Random(1)
    draw.shuffle(every)
    for place in range(0, len(every), 50):
        every[place] = draw.choice([b"torn\n", b'{"title": "of no day"}\n', b"\n"])
    path.write_bytes(b"".join(every))
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], dict[str, bytes]]:
    """What an undisturbed run makes of a form of the snapshot."""

    def make(path: Path) -> dict[str, bytes]:
        root = tmp_path_factory.mktemp("whole")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in SIZES.items():
                patch.setattr(snapshot_build, name, value)
            SnapshotSource(path, root).days()
        return contents(root)

    return make


def contents(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def start(path: Path, root: Path, workers: int, mark: str = "") -> subprocess.Popen[str]:
    settings = [f"{name}={value}" for name, value in SIZES.items()]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(root), str(workers), *settings],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TEST_MARK": mark},
    )


def killed_at(process: subprocess.Popen[str], root: Path, files: int) -> bool:
    """Kills the process when there are so many finished pieces of work; False where it was done before."""
    while process.poll() is None:
        if sum(file.suffix == ".json" for file in root.glob(".building-*/*")) >= files:
            process.kill()
            process.communicate()
            return process.returncode == -9
        time.sleep(0.001)
    process.communicate()
    return False


def marked(mark: str) -> list[str]:
    """Processes of this machine that carry a mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TEST_MARK={mark}".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("form", ["plain", "Zstandard"])
def test_an_index_killed_again_and_again_is_byte_for_byte_that_of_one_run(
    snapshot: Path, whole: Callable[[Path], dict[str, bytes]], tmp_path: Path, form: str
) -> None:
    path = tmp_path / "snapshot"
    text = snapshot.read_bytes()
    path.write_bytes(text if form == "plain" else zstandard.compress(text))
    expected = whole(path)
    assert len(expected) > 12
    root = tmp_path / "index"
    kills = 0
    # In either pass: there are some 35 blocks, then some 15 groups of months.
    for files in (1, 12, 45) if form == "plain" else (15,):
        kills += killed_at(start(path, root, 1), root, files)
    assert kills >= (2 if form == "plain" else 1)
    last = start(path, root, 1)
    assert last.communicate(timeout=60)[0].strip()
    assert last.returncode == 0
    assert contents(root) == expected


def test_processes_that_help_end_with_the_one_that_was_killed_and_harm_nothing(
    snapshot: Path, whole: Callable[[Path], dict[str, bytes]], tmp_path: Path
) -> None:
    mark, root = uuid.uuid4().hex, tmp_path / "index"
    assert killed_at(start(snapshot, root, 2, mark), root, 5)
    last = start(snapshot, root, 2, mark)
    assert last.communicate(timeout=60)[0].strip()
    assert contents(root) == whole(snapshot)
    deadline = time.monotonic() + 20
    while left := marked(mark):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_what_is_done_is_not_done_again(snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "index"
    assert killed_at(start(snapshot, root, 1), root, 12)
    for name, value in SIZES.items():
        monkeypatch.setattr(snapshot_build, name, value)
    done = {file.name: file.stat().st_mtime_ns for file in root.glob(".building-*/*.arrow")}
    assert len(done) >= 12
    seen: list[int] = []

    class _StopError(Exception):
        pass

    def stop(read: int, _of: int) -> None:
        seen.append(read)
        raise _StopError

    with pytest.raises(_StopError):
        SnapshotSource(snapshot, root, stop).days()
    assert seen[0] > 12 * (SIZES["BLOCK_BYTES"] - 6000)
    assert {file.name: file.stat().st_mtime_ns for file in root.glob(".building-*/*.arrow")}.items() >= done.items()


def test_work_that_a_power_cut_damaged_is_done_anew(
    snapshot: Path, whole: Callable[[Path], dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "index"
    assert killed_at(start(snapshot, root, 1), root, 40)
    for file in root.glob(".building-*/*.arrow"):
        file.write_bytes(bytes(file.stat().st_size))
    for name, value in SIZES.items():
        monkeypatch.setattr(snapshot_build, name, value)
    SnapshotSource(snapshot, root).days()
    assert contents(root) == whole(snapshot)


def test_unfinished_work_is_kept_for_its_file_alone(tmp_path: Path) -> None:
    root, building = tmp_path / "index", {}
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("same", "changed", "gone", "other")}
    for name, path in paths.items():
        path.write_text(lines(record("2503.00001", submitted(3))))
        with pytest.raises(KeyboardInterrupt):
            SnapshotSource(path, root, _interrupt).days()
        building[name] = next(folder for folder in root.glob(".building-*") if folder not in building.values())
    paths["changed"].write_text(lines(record("2503.00002", submitted(4))))
    paths["gone"].unlink()
    SnapshotSource(paths["other"], root).days()
    assert list(root.glob(".building-*")) == [building["same"]]
    SnapshotSource(paths["same"], root).days()
    assert not list(root.glob(".building-*"))


def _interrupt(_done: int, _of: int) -> None:
    raise KeyboardInterrupt


def test_a_file_that_changes_meanwhile_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path, root = tmp_path / "listing.jsonl", tmp_path / "index"
    path.write_text(lines(record("2503.00001", submitted(3))))

    def change(_done: int, _of: int) -> None:
        path.write_text(lines(*(record(f"2503.0000{number}", submitted(3)) for number in (1, 2))))

    with pytest.raises(InputError, match="changed while it was indexed: run again when it is complete"):
        SnapshotSource(path, root, change).days()
    assert [file.name for file in root.iterdir()] == [".lock"]
