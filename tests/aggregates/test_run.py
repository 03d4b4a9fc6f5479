"""Running a model for a partition: which files it opens, what it does with what is not there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from assets.aggregates.periods import upstream_keys
from assets.aggregates.run import input_keys, model_relation, run_model, view_sql
from assets.errors import ModelError, StorageError
from assets.papers.schema import PAPERS
from assets.warehouse.connection import connect
from assets.warehouse.lake import Lake
from tests.aggregates.lakes import load, make, paper, records, the_models, write_papers

DAILY = "SELECT day, count(*) AS papers FROM papers GROUP BY day"
MONTHLY = "SELECT strftime(day, '%Y-%m') AS month, count(*) AS papers FROM papers GROUP BY ALL"


def test_a_day_opens_its_own_file_and_no_other(tmp_path: Path) -> None:
    models = the_models()
    lake = Lake(tmp_path)
    for day in ("2026-01-05", "2026-01-06", "2026-01-07"):
        write_papers(lake, day, paper())

    with connect() as connection:
        rows = model_relation(models["category_daily"], models, lake, "2026-01-06", connection)
        plan = rows.explain("analyze")

    assert "Total Files Read: 1" in plan
    assert "day=2026-01-06" in plan.replace("\n", "").replace("│", "").replace(" ", "")
    assert "2026-01-05" not in plan
    assert "2026-01-07" not in plan


def test_a_month_opens_the_days_of_the_month_and_of_its_history(tmp_path: Path) -> None:
    models = load(
        tmp_path / "sql",
        {"marts/m.sql": MONTHLY, "marts/h.sql": MONTHLY, "marts/h.yaml": "history: 2"},
    )
    lake = Lake(tmp_path / "lake")
    for day in ("2025-10-31", "2025-11-03", "2025-12-31", "2026-01-02", "2026-01-30", "2026-02-02"):
        write_papers(lake, day, paper())

    def days(name: str) -> list[str]:
        return [key for key in input_keys(models[name], models, "2026-01")["papers"] if lake.has(PAPERS, key)]

    assert days("m") == ["2026-01-02", "2026-01-30"]
    assert days("h") == ["2025-11-03", "2025-12-31", "2026-01-02", "2026-01-30"]


def test_rows_of_the_history_are_seen_but_not_in_the_partition(tmp_path: Path) -> None:
    sql = """
        SELECT this.month, this.papers, before.papers AS papers_before
        FROM by_month AS this
        LEFT JOIN by_month AS before
            ON before.month = strftime(strptime(this.month, '%Y-%m') - INTERVAL 1 MONTH, '%Y-%m')
    """
    models = load(tmp_path / "sql", {"staging/by_month.sql": MONTHLY, "marts/m.sql": sql, "marts/m.yaml": "history: 1"})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2025-12-30", paper(), paper())
    write_papers(lake, "2026-01-02", paper(), paper(), paper())

    assert run_model(models["m"], models, lake, "2026-01").rows() == [("2026-01", 3, 2)]
    assert run_model(models["m"], models, lake, "2025-12").rows() == [("2025-12", 2, None)]


def test_the_history_of_a_day_is_announcement_days_across_weekends_and_holidays() -> None:
    assert upstream_keys("day", "day", "2026-01-20") == ["2026-01-20"]
    # 17 and 18 January are a weekend; what was submitted on Monday the 19th, a holiday, came later.
    keys = upstream_keys("day", "day", "2026-01-19", 1)
    assert (keys[0], keys[-1]) == ("2026-01-16", "2026-01-19")


@pytest.mark.parametrize(
    ("upstream", "period", "key", "history", "first", "last", "number"),
    [
        ("day", "month", "2024-02", 0, "2024-02-01", "2024-02-29", 29),
        ("day", "month", "2025-12", 0, "2025-12-01", "2025-12-31", 31),
        ("day", "year", "2025", 0, "2025-01-01", "2025-12-31", 365),
        ("day", "year", "2025", 1, "2024-01-01", "2025-12-31", 731),
        ("month", "month", "2026-01", 12, "2025-01", "2026-01", 13),
        ("month", "year", "2026", 0, "2026-01", "2026-12", 12),
        ("month", "day", "2026-01-30", 0, "2026-01", "2026-01", 1),
        ("year", "month", "2026-01", 0, "2026", "2026", 1),
        ("year", "month", "2026-01", 1, "2025", "2026", 2),
        ("year", "year", "2026", 1, "2025", "2026", 2),
        ("year", "day", "2026-01-30", 0, "2026", "2026", 1),
        ("month", "month", "0001-02", 12, "0001-01", "0001-02", 2),
    ],
)
def test_upstream_partitions_are_those_that_lie_in_the_periods_or_hold_them(
    upstream: str, period: str, key: str, history: int, first: str, last: str, number: int
) -> None:
    keys = upstream_keys(upstream, period, key, history)  # type: ignore[arg-type]

    assert (keys[0], keys[-1], len(keys)) == (first, last, number)
    assert keys == sorted(keys)


def test_a_year_table_serves_the_months_in_it(tmp_path: Path) -> None:
    models = load(
        tmp_path / "sql",
        {
            "marts/yearly.sql": "SELECT year(day)::INTEGER AS year, count(*) AS papers FROM papers GROUP BY ALL",
            "staging/by_month.sql": MONTHLY,
            "marts/m.sql": """
                SELECT month, by_month.papers / yearly.papers AS share
                FROM by_month JOIN yearly ON yearly.year = left(month, 4)::INTEGER
            """,
        },
    )
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-02", paper())
    write_papers(lake, "2026-02-02", paper(), paper(), paper())
    make(models, lake, "yearly", "2026")

    assert run_model(models["m"], models, lake, "2026-01").rows() == [("2026-01", 0.25)]


def test_absent_partitions_are_no_rows_with_the_right_columns(tmp_path: Path) -> None:
    models = the_models()

    for mart in models.stored:
        key = {"day": "2026-01-06", "month": "2026-01", "year": "2026"}[mart.table.period]
        rows = run_model(mart, models, Lake(tmp_path), key)
        assert rows.is_empty()
        assert rows.schema == mart.table.polars_schema


def test_an_empty_day_makes_an_empty_partition(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    write_papers(lake, "2026-01-06")

    assert make(models, lake, "category_daily", "2026-01-06").is_empty()
    assert lake.has(models["category_daily"].table, "2026-01-06")


def test_a_column_that_an_old_partition_lacks_is_null_in_it(tmp_path: Path) -> None:
    models = load(tmp_path / "sql", {"marts/m.sql": "SELECT day, paper_id, report_no, version FROM papers"})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper(report_no="R1", version=2))
    file = lake.partition_file(PAPERS, "2026-01-06")
    pl.read_parquet(file).drop("report_no").with_columns(pl.col("version").cast(pl.Int64())).write_parquet(file)

    rows = run_model(models["m"], models, lake, "2026-01-06")

    assert rows.schema == models["m"].table.polars_schema
    assert records(rows, "report_no", "version") == [(None, 2)]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    for day in ("2026-01-05", "2026-01-06"):
        write_papers(lake, day, *(paper(f"cs.LG stat.ML cs.A{n % 7}", authors=n % 5) for n in range(300)))
    mart = models["cross_list_matrix"]

    made = set()
    for _ in range(3):
        lake.write(mart.table, "2026-01", run_model(mart, models, lake, "2026-01"))
        made.add(lake.fingerprint(mart.table, "2026-01"))

    assert len(made) == 1
    rows = lake.read(mart.table, ["2026-01"])
    assert rows.equals(rows.sort(rows.columns))


def test_many_partitions_run_on_one_connection(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    for day, number in (("2026-01-05", 1), ("2026-01-06", 2), ("2026-01-07", 3)):
        write_papers(lake, day, *(paper() for _ in range(number)))

    with connect() as connection:
        counts = [
            run_model(models["category_daily"], models, lake, day, connection)["papers"].to_list()
            for day in ("2026-01-06", "2026-01-05", "2026-01-07", "2026-01-08")
        ]

    assert counts == [[2], [1], [3], []]


def test_times_are_utc_wherever_the_machine_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    models = load(tmp_path / "sql", {"marts/m.sql": "SELECT day, hour(submitted_at) AS hour FROM papers"})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper(submitted_at=dt.datetime(2026, 1, 5, 18, 30, tzinfo=dt.UTC)))

    assert records(run_model(models["m"], models, lake, "2026-01-06"), "hour") == [(18,)]


def test_python_variables_are_no_tables(tmp_path: Path) -> None:
    frame = pl.DataFrame({"day": [dt.date(2026, 1, 6)]})

    with pytest.raises(ModelError, match="no table or model frame"):
        load(tmp_path, {"marts/a.sql": "SELECT day FROM frame"})
    assert frame.height == 1


def test_rows_that_do_not_fit_the_sql_are_told_with_model_and_partition(tmp_path: Path) -> None:
    models = load(tmp_path / "sql", {"marts/m.sql": "SELECT day, title::INTEGER AS number FROM papers"})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper(title="no number"))

    with pytest.raises(ModelError, match=r"m\.sql: m cannot be made for 2026-01-06: .*no number"):
        run_model(models["m"], models, lake, "2026-01-06")


def test_a_broken_partition_is_told(tmp_path: Path) -> None:
    models = load(tmp_path / "sql", {"marts/m.sql": DAILY})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper())
    lake.partition_file(PAPERS, "2026-01-06").write_bytes(b"half a file")

    with pytest.raises((StorageError, ModelError), match="2026-01-06"):
        run_model(models["m"], models, lake, "2026-01-06")


def test_a_view_gives_the_rows_it_would_have(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    write_papers(lake, "2026-01-06", paper("cs.LG stat.ML"))
    write_papers(lake, "2026-01-07", paper("cs.CL"))

    rows = run_model(models["stg_paper_categories"], models, lake, "2026-01-06")

    assert records(rows, "category", "is_primary") == [("cs.LG", True), ("stat.ML", False)]
    assert "the" in run_model(models["stop_words"], models, lake, "")["word"].to_list()


def test_the_text_of_a_view_can_be_put_into_a_statement(tmp_path: Path) -> None:
    models = load(tmp_path, {"staging/v.sql": "-- why\nSELECT day FROM papers -- all of them\n;\n"})

    with connect() as connection:
        connection.execute("CREATE TABLE papers (day DATE)")
        connection.execute(f"CREATE VIEW v AS {view_sql(models['v'])}")

        assert connection.view("v").columns == ["day"]
