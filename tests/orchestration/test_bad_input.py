"""Whatever a user gets wrong is told in one sentence, with an exit code, and nothing half written."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest
import zstandard

from assets.warehouse.home import Home
from tests.orchestration.conftest import Run, Told

DAY = "2026-01-30"


def paper(number: int, **fields: object) -> dict[str, object]:
    """A record in the snapshot's layout."""
    return {
        "id": f"2601.{90000 + number}",
        "authors": "Ada Example",
        "title": f"A study of case {number}",
        "categories": "cs.LG",
        "abstract": (
            f"We study the case number {number} of learning under constraints. We propose a method that sorts examples"
            f" by difficulty {number}. Experiments show that the method reduces the error of the baseline for case"
            f" {number}."
        ),
        "versions": [{"version": "v1", "created": "Wed, 28 Jan 2026 20:00:00 GMT"}],
        "announced": DAY,
        **fields,
    }


def lines(count: int = 5) -> list[str]:
    return [json.dumps(paper(number)) for number in range(1, count + 1)]


def write(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def is_one_sentence(told: Told) -> bool:
    said = told.err.strip().splitlines()
    return len(said) == 1 and said[0].startswith("almanac: ") and said[0].endswith(".") and "Traceback" not in told.err


def nothing_made(home: Path) -> bool:
    lake = home / "lake"
    return not (home / "digests").exists() and not list(lake.glob("papers/day=2*")) and not list(lake.glob("**/.tmp-*"))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-13-01", "is not a date"),
        ("tomorrow", "is not a date"),
        ("2999-01-04", "not announced yet"),
        ("1985-01-01", "before arXiv"),
        ("2026-01-31", "Saturday"),
        ("2026-01-20", "Martin Luther King"),
    ],
)
def test_a_day_that_cannot_be_made(almanac: Run, tmp_path: Path, day: str, said: str) -> None:
    told = almanac("run", day, home=tmp_path / "home")
    assert told.code == 1
    assert is_one_sentence(told)
    assert said in told.err
    assert not (tmp_path / "home").exists()


def test_a_range_that_ends_before_it_begins(almanac: Run, tmp_path: Path) -> None:
    told = almanac("backfill", "2026-01-30", "2026-01-05", home=tmp_path / "home")
    assert told.code == 1
    assert is_one_sentence(told)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"categories": "cs.LG,cs.XX"}, "cs.XX"),
        ({"source": "telepathy"}, "ALMANAC_SOURCE is 'telepathy'"),
        ({"completeness": "most"}, "ALMANAC_COMPLETENESS is 'most'"),
        ({"completeness": "1.5"}, "less than or equal to 1"),
        ({"languages": "en,tlh"}, "ALMANAC_LANGUAGES"),
        ({"lake_url": "ftp://example.org/lake"}, "ALMANAC_LAKE_URL"),
        ({"source": "snapshot"}, "ALMANAC_SNAPSHOT"),
        ({"summarizer": "openai"}, "ALMANAC_MODEL"),
        ({"summarizer": "openai", "model": "m", "max_cost_usd": "1"}, "ALMANAC_PRICES"),
        ({"requests_per_minute": "0"}, "ALMANAC_REQUESTS_PER_MINUTE"),
    ],
)
def test_a_setting_that_does_not_parse(almanac: Run, tmp_path: Path, variables: dict[str, str], said: str) -> None:
    told = almanac("run", DAY, home=tmp_path / "home", **variables)
    assert told.code == 1
    assert is_one_sentence(told)
    assert said in told.err
    assert nothing_made(tmp_path / "home")


def broken_snapshots(folder: Path) -> dict[str, Path]:
    text = "\n".join(lines(400)).encode() + b"\n"
    folder.mkdir(exist_ok=True)
    files = {
        "missing": (folder / "missing.jsonl", None),
        "empty": (folder / "empty.jsonl", b""),
        "array": (folder / "array.json", b"[" + text.replace(b"\n", b",\n") + b"]"),
        "pdf": (folder / "paper.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20),
        "cut gzip": (folder / "cut.jsonl.gz", gzip.compress(text)[:-200]),
        "cut zstd": (folder / "cut.jsonl.zst", zstandard.compress(text)[:-200]),
        "cut plain": (folder / "cut.jsonl", text[:-60]),
    }
    for path, content in files.values():
        if content is not None:
            path.write_bytes(content)
    return {kind: path for kind, (path, _) in files.items()}


@pytest.mark.parametrize("kind", ["missing", "empty", "array", "pdf", "cut gzip", "cut zstd", "cut plain"])
def test_a_snapshot_that_cannot_be_read(almanac: Run, tmp_path: Path, kind: str) -> None:
    path = broken_snapshots(tmp_path / "files")[kind]
    home = tmp_path / "home"
    told = almanac("run", DAY, home=home, source="snapshot", snapshot=path)
    assert told.code == 1
    assert path.name in told.err
    assert "Traceback" not in told.err
    assert nothing_made(home)
    assert not list((home / "snapshots").glob("*/index.json"))


def test_one_broken_line_is_named_rejected_and_costs_no_other_paper(almanac: Run, tmp_path: Path) -> None:
    rows = lines(5)
    rows.insert(2, rows[2][:70])
    home = tmp_path / "home"
    told = almanac("run", DAY, home=home, source="snapshot", snapshot=write(tmp_path / "s.jsonl", rows), completeness=0)
    assert told.code == 3
    assert "line 3 of" in told.err
    assert "s.jsonl" in told.err
    digest = json.loads(Home(home).digest(DAY)[1].read_text())
    assert digest["counts"]["papers"] == 5
    assert digest["counts"]["rejected"] == 1


def test_a_day_that_the_snapshot_does_not_hold(almanac: Run, tmp_path: Path) -> None:
    told = almanac(
        "run", "2025-03-04", home=tmp_path / "home", source="snapshot", snapshot=write(tmp_path / "s.jsonl", lines())
    )
    assert told.code == 1
    assert "2026-01-30" in told.err
    assert "Traceback" not in told.err


def test_a_home_that_is_a_file(almanac: Run, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    told = almanac("run", "2025-08-28", home=tmp_path / "home")
    assert told.code == 1
    assert is_one_sentence(told)
    assert "ALMANAC_HOME" in told.err


def mounted(folder: Path, options: str) -> None:
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small or read-only file system can only be mounted by root")


def test_a_read_only_home(almanac: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    mounted(disk, "ro")
    try:
        told = almanac("run", "2025-08-28", home=disk / "home")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert told.code == 1
    assert is_one_sentence(told)
    assert "read-only" in told.err


def test_a_disk_that_is_full_from_the_start(almanac: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    mounted(disk, "size=16k")
    try:
        told = almanac("run", "2025-08-28", home=disk / "home")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert told.code == 1
    assert is_one_sentence(told)
    assert "disk is full" in told.err


def test_a_disk_that_fills_up_midway_leaves_no_half_partition(almanac: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    mounted(disk, "size=1500k")
    try:
        told = almanac("run", "2025-08-28", home=disk / "home")
        leftovers = list(disk.glob("**/.tmp-*"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert told.code == 1
    assert "Traceback" not in told.err
    assert "full" in told.err
    assert not leftovers


def test_a_wrong_query_is_told(almanac: Run, sample_home: Home) -> None:
    told = almanac("query", "SELECT nothing FROM papers", home=sample_home.root)
    assert told.code == 1
    assert "nothing" in told.err
    assert "Traceback" not in told.err


def test_an_empty_query_is_told(almanac: Run, sample_home: Home) -> None:
    told = almanac("query", " ", home=sample_home.root)
    assert told.code == 1
    assert is_one_sentence(told)


def test_a_query_before_the_first_run(almanac: Run, tmp_path: Path) -> None:
    told = almanac("query", "SELECT 1", home=tmp_path / "home")
    assert told.code == 1
    assert "does not exist yet" in told.err


def test_the_sample_is_refused_beside_real_papers(almanac: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    snapshot = write(tmp_path / "s.jsonl", lines())
    assert almanac("run", DAY, "--no-roll-up", home=home, source="snapshot", snapshot=snapshot).code == 0
    told = almanac("run", home=home, source="sample")
    assert told.code == 1
    assert "invented" in told.err


def test_the_sample_gives_way_to_real_papers(almanac: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert almanac("run", "2025-08-28", "--no-roll-up", home=home, source="sample").code == 0
    snapshot = write(tmp_path / "s.jsonl", lines())
    told = almanac("run", DAY, "--no-roll-up", home=home, source="snapshot", snapshot=snapshot)
    assert told.code == 0, told.err
    assert "invented papers were removed" in told.out
    assert not Home(home).digest("2025-08-28")[0].exists()
    assert [path.name for path in (home / "lake" / "papers").glob("day=2*")] == [f"day={DAY}"]


@pytest.mark.parametrize(
    "question",
    [
        "DROP VIEW papers",
        "COPY papers TO '{home}/taken.csv'",
        "WITH x AS (COPY (SELECT 1) TO '{home}/lake/papers/day=2025-09-01/data.parquet') SELECT 1",
        "FROM query('WITH x AS (COPY (SELECT 1) TO ''{home}/lake/x.csv'') SELECT 1')",
        "EXPLAIN ANALYZE COPY papers TO '{home}/lake/x.csv'",
        "EXPORT DATABASE '{home}/lake/x'",
        "ATTACH '{home}/other.duckdb'",
        "SET enable_external_access = true",
        "SELECT 1; SELECT 2",
    ],
)
def test_a_query_changes_and_writes_nothing(almanac: Run, sample_home: Home, question: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in sample_home.root.rglob("*") if path.is_file()}
    told = almanac("query", question.format(home=sample_home.root), home=sample_home.root)
    assert told.code == 1
    assert "takes one SELECT" in told.err
    assert {path: path.stat().st_mtime_ns for path in sample_home.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "question", ["SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('.env')", "FROM glob('/etc/*')"]
)
def test_a_query_reads_nothing_but_the_lake(almanac: Run, sample_home: Home, question: str) -> None:
    told = almanac("query", question, home=sample_home.root)
    assert told.code == 1
    assert "disabled by configuration" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2024-01-02", "--to", "2024-01-05"), "holds no papers of 2024-01-02 … 2024-01-05"),
        (("--from", "2025-13-01"), "2025-13-01"),
    ],
)
def test_an_export_of_nothing_is_told(
    almanac: Run, sample_home: Home, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    told = almanac("export", str(tmp_path / "taken.duckdb"), *arguments, home=sample_home.root)
    assert told.code == 1
    assert words in told.err
    assert not (tmp_path / "taken.duckdb").exists()


def test_an_export_before_the_first_run_is_told(almanac: Run, tmp_path: Path) -> None:
    told = almanac("export", str(tmp_path / "taken.duckdb"), home=tmp_path / "home")
    assert (told.code, "make a day first" in told.err) == (1, True)
