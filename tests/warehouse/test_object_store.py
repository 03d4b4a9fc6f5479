"""A lake on a real S3 server: many writers, readers meanwhile, and a sentence for what goes wrong."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import StorageError
from assets.warehouse import duckdb_files
from assets.warehouse.catalog import guard, open_catalog, write_catalog
from assets.warehouse.compaction import pack, settle
from assets.warehouse.duckdb_files import sentence
from assets.warehouse.lake import Lake
from assets.warehouse.listed import Listed
from assets.warehouse.object_store import ObjectStore, examine
from tests.emulators.s3_server import KEY, READER_KEY, S3Server, secret
from tests.warehouse.tables import COUNTS, counts
from tests.warehouse.test_compaction import DAYS as MONTH_DAYS
from tests.warehouse.test_compaction import NOW
from tests.warehouse.test_compaction import told as facts

DAY = "2026-01-30"


@pytest.fixture
def store(s3: S3Server) -> ObjectStore:
    return s3.store(f"tests/{uuid.uuid4().hex}")


def test_a_store_is_examined(store: ObjectStore) -> None:
    examine(store)
    assert list(store.below("")) == []


def told(store: ObjectStore) -> list[str]:
    """The sentences with which reading, listing and writing end."""
    sentences = []
    for act in (
        lambda: store.get("counts/x"),
        lambda: store.tail("counts/x", 8),
        lambda: store.names("counts"),
        lambda: store.holders("counts", "data.parquet"),
        lambda: store.put("counts/x", b"1"),
        lambda: store.replace("counts/x", b"1", ""),
    ):
        with pytest.raises(StorageError) as raised:
            act()
        assert raised.value.__cause__ is None
        sentences.append(str(raised.value))
    return sentences


def test_a_wrong_bucket_is_told(store: ObjectStore) -> None:
    wrong = replace(store, bucket="no-such-bucket")
    with pytest.raises(StorageError, match=r"cannot read s3://no-such-bucket/.* has no such bucket"):
        Lake(wrong).seed(COUNTS)


def test_a_wrong_key_is_told_without_telling_it(store: ObjectStore) -> None:
    for words in told(replace(store, access_key_id="wrong-key")):
        assert "does not know the key: check AWS_ACCESS_KEY_ID" in words
        assert "wrong-key" not in words
    for words in told(replace(store, secret_access_key="wrong-secret")):
        assert "does not accept the key's signature: check AWS_SECRET_ACCESS_KEY" in words
        assert secret(KEY) not in words
    with pytest.raises(StorageError, match="refuses the key"):
        replace(store, secret_access_key="wrong-secret").stat("counts/x")
    assert secret(KEY) not in repr(store)


def test_a_key_that_may_only_read_is_told(s3: S3Server, store: ObjectStore) -> None:
    Lake(store).write(COUNTS, DAY, counts(DAY, 1))
    reader = s3.store(store.prefix, key=READER_KEY)
    assert Lake(reader).read(COUNTS, [DAY]).equals(counts(DAY, 1))
    for act in (lambda: Lake(reader).write(COUNTS, DAY, counts(DAY, 2)), lambda: examine(reader)):
        with pytest.raises(StorageError, match="does not permit it with this key"):
            act()
    assert Lake(store).read(COUNTS, [DAY]).equals(counts(DAY, 1))


def test_a_store_that_is_away_is_told_in_time(store: ObjectStore) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers, and nobody else comes there
        away = replace(store, endpoint=f"http://127.0.0.1:{free.getsockname()[1]}")
        start = time.monotonic()
        for words in told(away):
            assert f"{away.endpoint} does not answer; check AWS_ENDPOINT_URL" in words
    assert time.monotonic() - start < 60


def test_a_server_that_is_no_store_is_told(store: ObjectStore) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # knows no method
        threading.Thread(target=server.serve_forever, daemon=True).start()
        other = replace(store, endpoint=f"http://127.0.0.1:{server.server_port}")
        try:
            with pytest.raises(StorageError, match="answered 501 Not Implemented; check that it is an S3 store"):
                Lake(other).seed(COUNTS)
        finally:
            server.shutdown()


def test_a_store_that_is_listed_once_tells_the_same_and_what_is_written_through_it(store: ObjectStore) -> None:
    lake = Lake(store)
    lake.seed(COUNTS)
    for number, day in enumerate((*MONTH_DAYS, "2026-02-02"), 1):
        lake.write(COUNTS, day, counts(day, *range(number)), {"made with": f"number {number}"})
    assert facts(Lake(Listed(store))) == facts(lake)
    pack(lake, COUNTS, "2026-01")
    for _ in range(2):
        settle(lake, COUNTS, NOW)
        assert facts(Lake(Listed(store))) == facts(lake)

    listed = Lake(Listed(store))
    for day in ("2026-01-05", "2026-02-02"):
        assert listed.has(COUNTS, day)
        listed.write(COUNTS, day, counts(day, 9))
        assert listed.read(COUNTS, [day])["papers"].to_list() == [9]
    listed.remove(COUNTS, "2026-02-02")
    assert not listed.has(COUNTS, "2026-02-02")


@pytest.fixture
def open_lake(store: ObjectStore, path: Path) -> Lake:
    lake = Lake(store)
    lake.write(COUNTS, DAY, counts(DAY, 1))
    write_catalog(path, lake, [COUNTS])
    return lake


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM read_blob('s3://papers/elsewhere/secret')",
        "SELECT * FROM read_blob('{lake}/../elsewhere/secret')",
        "SELECT * FROM glob('s3://papers/*')",
        "SELECT * FROM read_blob('{lake}x/secret')",
        "COPY (SELECT 1) TO '{lake}/counts/day=2026-01-30/data.parquet' (FORMAT parquet)",
        "COPY (SELECT 1) TO '{lake}/new.parquet' (FORMAT parquet)",
        "COPY (SELECT 1) TO '{outside}.csv'",
        "ATTACH '{lake}/new.duckdb' AS new",
        "SET enable_external_access = true",
    ],
)
def test_a_guarded_query_reads_the_lake_alone_and_writes_nothing(
    s3: S3Server, open_lake: Lake, path: Path, question: str
) -> None:
    s3.store("elsewhere").put("secret", b"secret")
    outside = path.with_name("outside.txt")
    outside.write_text("secret")
    before = list(s3.store("").below("tests"))
    with open_catalog(path, open_lake) as connection:
        guard(connection, open_lake)
        assert connection.sql("SELECT papers FROM counts").fetchall() == [(1,)]
        try:
            rows = connection.execute(question.format(lake=open_lake.url, outside=outside)).fetchall()
        except duckdb.Error:
            rows = []
    assert "secret" not in str(rows)
    assert list(s3.store("").below("tests")) == before
    assert open_lake.read(COUNTS, [DAY]).equals(counts(DAY, 1))
    assert not Path(f"{outside}.csv").exists()


def test_a_large_file_is_read_in_ranges_of_one_version(store: ObjectStore, path: Path) -> None:
    lake = Lake(store)
    write_catalog(path, lake, [COUNTS])
    numbers = pl.int_range(700_000, eager=True).hash(seed=1) // 2**8
    rows = pl.DataFrame({"day": dt.date.fromisoformat(DAY), "papers": numbers}, schema=COUNTS.polars_schema)
    lake.write(COUNTS, DAY, rows)
    found = store.stat(lake.partition(COUNTS, DAY))
    assert found
    assert found.size > duckdb_files.WHOLE_BYTES
    with open_catalog(path, lake) as connection:
        asked = connection.sql("SELECT count(*), max(papers), bit_xor(papers) FROM counts").fetchall()
        assert asked == [(700_000, numbers.max(), numbers.cast(pl.Int64).bitwise_xor())]
        file = duckdb_files.Ranges(store, lake.partition(COUNTS, DAY), found)
        assert file.read(4) == b"PAR1"
        lake.write(COUNTS, DAY, counts(DAY, 7))
        assert connection.sql("SELECT papers FROM counts").fetchall() == [(7,)]
        with pytest.raises(StorageError, match="was replaced meanwhile: ask again"):
            file.read(4)


def test_a_query_on_a_store_that_went_away_ends_with_the_sentence(store: ObjectStore, path: Path) -> None:
    lake = Lake(store)
    write_catalog(path, lake, [COUNTS])
    away = Lake(replace(store, secret_access_key="renewed"))
    with open_catalog(path, away) as connection, pytest.raises(duckdb.Error) as raised:
        connection.sql("SELECT * FROM counts").fetchall()
    assert "check AWS_SECRET_ACCESS_KEY" in (sentence(raised.value) or "")


WRITER = """
import sys
from assets.warehouse.lake import Lake
from assets.warehouse.listed import Listed
from assets.warehouse.object_store import ObjectStore
from tests.warehouse.tables import COUNTS, counts
bucket, prefix, endpoint, region, key, secret, number = sys.argv[1:]
lake, number = Lake(ObjectStore(bucket, prefix, endpoint, region, key, secret)), int(number)
print("ready", flush=True)
sys.stdin.readline()
for turn in range(1, 6):
    for month in ("2026-01", "2026-02"):
        day = f"{month}-{number + 1:02}"
        lake.write(COUNTS, day, counts(day, *[turn] * 50))
"""


def test_four_writers_lose_no_day_of_open_and_closed_months_and_readers_see_no_error(
    store: ObjectStore, path: Path
) -> None:
    """January is closed, so its days are in one object that all writers change; February is open."""
    lake = Lake(store)
    days = [f"{month}-{number + 1:02}" for month in ("2026-01", "2026-02") for number in range(4)]
    for day in days:
        lake.write(COUNTS, day, counts(day, *[0] * 50))
    write_catalog(path, lake, [COUNTS])
    pack(lake, COUNTS, "2026-01")
    settle(lake, COUNTS, NOW)
    settle(lake, COUNTS, NOW)
    address = [store.bucket, store.prefix, store.endpoint, store.region, store.access_key_id, store.secret_access_key]
    command = [sys.executable, "-c", WRITER, *map(str, address)]
    root = Path(__file__).parents[2]
    writers = [
        subprocess.Popen([*command, str(number)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin
            writer.stdin.write("go\n")
            writer.stdin.flush()
        latest, reads = dict.fromkeys(days, 0), 0
        with open_catalog(path, lake) as connection:
            while not reads or any(writer.poll() is None for writer in writers):
                rows = connection.sql(
                    "SELECT day::VARCHAR, count(*), min(papers), max(papers) FROM counts GROUP BY ALL"
                ).fetchall()
                reads += 1
                assert {row[0] for row in rows} == set(days)
                for day, count, low, high in rows:
                    assert (count, low) == (50, high), day
                    assert low >= latest[day], day
                    latest[day] = low
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 4
    assert lake.read(COUNTS, days)["papers"].unique().to_list() == [5]
    assert lake.keys(COUNTS) == days
