"""The whole flow on the embedded sample: everything that comes in goes out, and says where from."""

import json
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from assets.digests.schema import DIGESTS
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.overviews.topics import load_topics
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.catalog import open_catalog
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import open_instance
from tests.orchestration.conftest import DAYS, Run


def test_the_sample_makes_its_announcement_days_and_no_other(sample_lake: Lake) -> None:
    assert tuple(sample_lake.keys(RAW_LISTINGS)) == DAYS
    assert tuple(sample_lake.keys(DIGESTS)) == DAYS


def test_every_listed_record_is_a_paper_or_a_rejection(sample_lake: Lake) -> None:
    for day in DAYS:
        listed, papers, rejected = (sample_lake.row_count(t, day) for t in (RAW_LISTINGS, PAPERS, REJECTED_PAPERS))
        assert listed == papers + rejected


def test_the_ledger_of_every_day_adds_up(sample_lake: Lake) -> None:
    ledger = sample_lake.read(LISTING_LEDGER, DAYS)
    assert set(ledger["unexplained"]) == {0}
    whole = ledger.filter(category="all")
    assert whole["kept"].to_list() == [sample_lake.row_count(PAPERS, day) for day in DAYS]
    assert whole["fetched"].to_list() == [sample_lake.row_count(LISTING_RECEIPTS, day) for day in DAYS]


def test_the_broken_records_of_the_sample_are_rejected_with_their_rule(sample_lake: Lake) -> None:
    rejected = sample_lake.read(REJECTED_PAPERS, DAYS)
    assert set(rejected["rule"]) == {"not_empty", "known_category", "valid_id", "duplicate"}
    assert rejected.height == 7
    assert all(reason.endswith(".") for reason in rejected["reason"])


def test_every_paper_is_in_its_days_digest_once(sample_home: Home, sample_lake: Lake) -> None:
    for day in DAYS:
        markdown_file, json_file = sample_home.digest(day)
        digest = json.loads(json_file.read_text())
        shown = [paper["id"] for section in digest["sections"] for paper in section["papers"]]
        assert sorted(shown) == sorted(sample_lake.read(PAPERS, [day])["paper_id"])
        assert all(f"https://arxiv.org/abs/{paper}" in markdown_file.read_text() for paper in shown)


def test_every_summary_says_that_it_is_extractive(sample_lake: Lake) -> None:
    summaries = sample_lake.read(SUMMARIES, DAYS)
    assert set(summaries["status"]) == {"extractive"}
    assert summaries["tldr"].null_count() == 0


def test_the_sample_is_recognisable_as_invented(sample_home: Home) -> None:
    assert "invented" in sample_home.digest(DAYS[0])[0].read_text()[:1500]


def test_each_followed_category_has_its_overview(sample_home: Home, sample_lake: Lake) -> None:
    overviews = sample_lake.read(OVERVIEWS, ["2025"])
    assert overviews["category"].to_list() == ["cs.LG", "stat.ML"]
    for category, markdown in overviews.select("category", "markdown").iter_rows():
        assert sample_home.overview("2025", category)[0].read_text() == markdown
        assert "as of" in markdown.lower()


def test_each_month_has_its_topic_pages_and_its_article(sample_home: Home, sample_lake: Lake) -> None:
    for month in ("2025-08", "2025-09"):
        pages = sample_lake.read(TOPIC_PAGES, [month])
        assert pages["topic"].to_list() == [topic.key for topic in load_topics()]
        for topic, markdown, text in pages.select("topic", "markdown", "json").iter_rows():
            files = sample_home.topic_page(month, topic)
            assert [path.read_text() for path in files] == [markdown, text]
        article = sample_lake.read(TREND_ARTICLES, [month])
        assert [path.read_text() for path in sample_home.article(month)] == [*article.select("markdown", "json").row(0)]
        assert json.loads(article["json"][0])["coverage"]["words"] >= 600


def test_the_warehouse_shows_every_table(sample_home: Home) -> None:
    with open_catalog(sample_home.warehouse) as connection:
        names = {row[0] for row in connection.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
        counts = connection.sql(
            "SELECT day, papers FROM (SELECT day, count(*) AS papers FROM papers GROUP BY day)"
            " JOIN digests USING (day) WHERE papers <> primary_papers + cross_lists"
        ).fetchall()
    assert {"raw_listings", "papers", "rejected_papers", "summaries", "digests", "overviews"} <= names
    assert {"topic_pages", "trend_articles"} <= names
    assert {"listing_receipts", "listing_ledger"} <= names
    assert {"category_daily", "category_monthly", "category_yearly", "term_trends"} <= names
    assert counts == []


def test_the_category_counts_are_those_of_the_digests(sample_home: Home) -> None:
    with open_catalog(sample_home.warehouse) as connection:
        counted = connection.sql(
            "SELECT day, sum(papers) FROM category_daily WHERE category IN ('cs.LG', 'stat.ML')"
            " GROUP BY day ORDER BY day"
        ).fetchall()
        shown = connection.sql("SELECT day, primary_papers FROM digests ORDER BY day").fetchall()
    assert counted == shown


def test_dagster_knows_every_day_and_every_check(sample_home: Home) -> None:
    with open_instance(sample_home) as instance:
        for asset in ("raw_listings", "papers", "rejected_papers", "summaries", "category_daily", "daily_digest"):
            assert set(instance.get_materialized_partitions(dg.AssetKey(asset))) == set(DAYS)
        check = dg.AssetCheckKey(dg.AssetKey("summaries"), "summaries_are_complete")
        history = instance.event_log_storage.get_asset_check_execution_history(check, limit=50)
        assert {record.partition for record in history} >= set(DAYS)
        record = instance.fetch_materializations(dg.AssetKey("papers"), limit=1).records[0]
        assert record.asset_materialization is not None
        assert {"dagster/partition_row_count", "preview"} <= record.asset_materialization.metadata.keys()


def test_making_a_day_again_gives_the_same_bytes(sample_home: Home, almanac: Run) -> None:
    files = [path for day in DAYS for path in sample_home.digest(day)] + list(sample_home.overview("2025", "cs.LG"))
    before = {path: path.read_bytes() for path in files}
    told = almanac("run", DAYS[0], home=sample_home.root)
    assert told.code == 0, told.err
    assert {path: path.read_bytes() for path in files} == before


def test_a_finished_range_is_left_as_it_is(sample_home: Home, almanac: Run) -> None:
    written = {day: sample_home.digest(day)[0].stat().st_mtime_ns for day in DAYS}
    told = almanac("backfill", DAYS[0], DAYS[-1], home=sample_home.root)
    assert told.code == 0, told.err
    assert "being finished: 5 days" in told.out
    assert "weekend" in told.out
    assert "Labor Day" in told.out
    assert {day: sample_home.digest(day)[0].stat().st_mtime_ns for day in DAYS} == written


@pytest.mark.parametrize("output", ["table", "csv", "json"])
def test_queries_answer_in_each_format(sample_home: Home, almanac: Run, output: str) -> None:
    told = almanac("query", "SELECT 40 + 2 AS answer FROM papers LIMIT 1", "--format", output, home=sample_home.root)
    assert told.code == 0
    assert "answer" in told.out
    assert "42" in told.out


def test_status_tells_complete_pending_and_quiet_days(sample_home: Home, almanac: Run) -> None:
    told = almanac("status", "2025-08-27", "2025-09-05", home=sample_home.root)
    lines = {line.split()[0]: line for line in told.out.splitlines() if line.strip()}
    assert all("complete" in lines[day] for day in DAYS)
    assert "pending" in lines["2025-08-27"]
    assert "Labor Day" in lines["2025-09-02"]
    assert "Saturday" in lines["2025-08-30"]
    assert "5 complete" in told.out


def test_the_frames_of_the_lake_have_their_tables_columns(sample_lake: Lake) -> None:
    for table in (RAW_LISTINGS, LISTING_RECEIPTS, PAPERS, REJECTED_PAPERS, LISTING_LEDGER, SUMMARIES, DIGESTS):
        frame = pl.read_parquet(sample_lake.partition_file(table, DAYS[0]), hive_partitioning=False)
        assert frame.schema == table.polars_schema


@pytest.mark.parametrize(
    "question",
    ["PIVOT category_daily ON category USING sum(papers)", "DESCRIBE papers", "SELECT title AS query FROM papers"],
)
def test_questions_of_every_kind_are_answered(sample_home: Home, almanac: Run, question: str) -> None:
    told = almanac("query", question, "--format", "csv", home=sample_home.root)
    assert told.code == 0, told.err
    assert len(told.out.splitlines()) > 2


def test_a_home_that_was_moved_keeps_working(sample_home: Home, almanac: Run, tmp_path: Path) -> None:
    moved = Home(shutil.copytree(sample_home.root, tmp_path / "moved"))

    told = almanac("query", "SELECT count(DISTINCT day) AS days FROM papers", "--format", "csv", home=moved.root)

    assert told.out == "days\n5\n", told.err
    with open_catalog(moved.warehouse) as connection:
        (views,) = connection.sql("SELECT string_agg(sql, ' ') FROM duckdb_views() WHERE NOT internal").fetchall()
    assert str(moved.root) in views[0]
    assert str(sample_home.root) not in views[0]


def test_the_exported_file_answers_as_the_warehouse_does(sample_home: Home, almanac: Run, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    told = almanac("export", str(path), home=sample_home.root)
    assert told.code == 0, told.err
    assert "5 announcement days" in told.out
    again = almanac("export", str(path), home=sample_home.root)
    assert (again.code, "--force" in again.err) == (1, True)
    with duckdb.connect(str(path), read_only=True) as taken, open_catalog(sample_home.warehouse) as warehouse:
        names = "SELECT table_name FROM information_schema.tables ORDER BY ALL"
        assert taken.sql(names).fetchall() == warehouse.sql(names).fetchall()
        for (name,) in taken.sql(names).fetchall():
            question = f'SELECT * FROM "{name}" ORDER BY ALL'  # noqa: S608 - a name that DuckDB itself gave
            assert taken.sql(question).fetchall() == warehouse.sql(question).fetchall(), name
        kinds = taken.sql("SELECT DISTINCT table_type FROM information_schema.tables WHERE table_name = 'papers'")
        assert kinds.fetchall() == [("BASE TABLE",)]


def test_the_site_holds_every_day_and_paper_of_the_sample(sample_home: Home, sample_lake: Lake) -> None:
    places = {"index.html", "years/2025/index.html", "categories/cs.LG/index.html", "trends/index.html", "sitemap.xml"}
    places |= {"status/index.html", "feeds/cs.LG.atom", "feeds/cs.LG.rss", "feeds/cs.LG.json"}
    places |= {f"days/{day}/index.html" for day in DAYS}
    places |= {f"papers/{paper}/index.html" for paper in sample_lake.read(PAPERS, DAYS)["paper_id"]}
    assert [place for place in sorted(places) if not (sample_home.site / place).is_file()] == []


def test_the_site_is_brought_up_to_date_and_published(sample_home: Home, almanac: Run, tmp_path: Path) -> None:
    pages = {path: path.stat().st_mtime_ns for path in sample_home.site.rglob("*.html")}
    again = almanac("site", home=sample_home.root)
    assert (again.code, again.err) == (0, "")
    assert {path: path.stat().st_mtime_ns for path in sample_home.site.rglob("*.html")} == pages
    told = almanac("publish", "www", home=sample_home.root)
    assert told.code == 0
    assert "new or changed" in told.out
    assert (tmp_path / "www" / "days" / DAYS[-1] / "index.html").is_file()
    refused = almanac("publish", "gs://bucket", home=sample_home.root)
    assert (refused.code, refused.err.count("\n")) == (1, 1)


def test_a_home_without_a_site_says_how_to_make_one(almanac: Run, tmp_path: Path) -> None:
    told = almanac("serve", "--port", "0", home=tmp_path / "home")
    assert told.code == 1
    assert "make it with `almanac site`" in told.err
