"""A mistake in a model is one sentence with its file and its line, when the models are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.errors import ModelError
from tests.aggregates.lakes import load, the_models

DAILY = "SELECT\n    day,\n    count(*) AS papers\nFROM papers\nGROUP BY day\n"

MISTAKES: dict[str, tuple[dict[str, str], str, str]] = {
    "unknown table": (
        {"marts/a.sql": "SELECT\n    day\nFROM paper\n"},
        "marts/a.sql:3",
        r"no table or model paper \(did you mean papers\?\)",
    ),
    "unknown table in a subquery": (
        {"marts/a.sql": "SELECT day\nFROM papers\nWHERE paper_id IN (\n  SELECT paper_id FROM sumaries)"},
        "marts/a.sql:4",
        r"did you mean summaries\?",
    ),
    "unknown column": (
        {"marts/a.sql": "SELECT\n    day,\n    titel\nFROM papers"},
        "marts/a.sql:3",
        'Referenced column "titel" not found',
    ),
    "unknown column of a view": (
        {"staging/v.sql": "SELECT day FROM papers", "marts/a.sql": "SELECT day,\n  v.title\nFROM v"},
        "marts/a.sql:2",
        "title",
    ),
    "unknown function": (
        {"marts/a.sql": "SELECT day,\n\n  lenght(title) AS n\nFROM papers"},
        "marts/a.sql:3",
        "lenght does not exist",
    ),
    "wrong type": (
        {"marts/a.sql": "SELECT day,\n  title\n  + day AS n\nFROM papers"},
        "marts/a.sql:3",
        "No function matches",
    ),
    "field of what has none": (
        {"marts/a.sql": "-- first\nSELECT\n  day,\n  title.length AS n\nFROM papers"},
        "marts/a.sql:4",
        "title",
    ),
    "column that is not grouped": (
        {"marts/a.sql": "SELECT day,\n  title,\n  count(*) AS n\nFROM papers\nGROUP BY day"},
        "marts/a.sql:2",
        "GROUP BY",
    ),
    "syntax": ({"marts/a.sql": "SELECT day\nFORM papers x\nWHERE"}, "marts/a.sql:", "syntax error"),
    "empty file": ({"marts/a.sql": "-- nothing yet\n"}, "marts/a.sql:1", "no statement"),
    "two statements": (
        {"marts/a.sql": "-- the first\nSELECT day FROM papers;\n\nSELECT 1 AS n;\n"},
        "marts/a.sql:4",
        "a second statement begins here",
    ),
    "not a SELECT": ({"marts/a.sql": "\nDROP TABLE papers"}, "marts/a.sql:2", "not a SELECT"),
    "a change instead of rows": ({"staging/a.sql": "DELETE FROM papers"}, "staging/a.sql:1", "not a SELECT"),
    "reads a file": (
        {"marts/a.sql": "SELECT day\nFROM read_parquet('/tmp/*.parquet')"},
        "marts/a.sql:2",
        "reads files",
    ),
    "reads a file by its name alone": (
        {"marts/a.sql": "SELECT day\nFROM 'papers.parquet'"},
        "marts/a.sql:2",
        "no table or model papers.parquet",
    ),
    "table of a schema": ({"marts/a.sql": "SELECT day\nFROM main.papers"}, "marts/a.sql:2", "the table's name alone"),
    "no period": (
        {"marts/a.sql": "SELECT\n    title,\n    day\nFROM papers"},
        "marts/a.sql:2",
        r"first column is title \(VARCHAR\), which is no period",
    ),
    "period of another type": (
        {"marts/a.sql": "SELECT\n    year(day) AS year\nFROM papers"},
        "marts/a.sql:2",
        r"first column is year \(BIGINT\)",
    ),
    "type that the lake has not": (
        {"marts/a.sql": "SELECT day,\n  INTERVAL 1 DAY AS gap\nFROM papers"},
        "marts/a.sql:2",
        "gap, is of type INTERVAL",
    ),
    "column twice": (
        {"marts/a.sql": "SELECT day,\n  title AS word,\n  doi AS word\nFROM papers"},
        "marts/a.sql:3",
        "two columns are named word",
    ),
    "circle": (
        {
            "marts/a.sql": "SELECT day\nFROM b",
            "marts/b.sql": "SELECT day\nFROM c",
            "marts/c.sql": "SELECT day\nFROM a",
        },
        ".sql:2",
        "circle: (a reads b reads c reads a|b reads c reads a reads b|c reads a reads b reads c);",
    ),
    "reads itself": ({"marts/a.sql": "SELECT day\nFROM a"}, "marts/a.sql:2", "circle: a reads a;"),
    "name of a table": ({"marts/papers.sql": DAILY}, "marts/papers.sql:1", "the table papers has this name already"),
    "name of another model": (
        {"staging/a.sql": DAILY, "marts/a.sql": DAILY},
        "marts/a.sql:1",
        "the model .*staging/a.sql has this name already",
    ),
    "name that is none": ({"marts/by-day.sql": DAILY}, "marts/by-day.sql:1", "letters, digits and underscores"),
    "documentation of nothing": (
        {"marts/daily.sql": DAILY, "marts/dayly.yaml": "description: x"},
        "marts/dayly.yaml:1",
        r"no model dayly.sql beside it \(did you mean daily\?\)",
    ),
}

DOC_MISTAKES: dict[str, tuple[str, int, str]] = {
    "unknown column": (
        "description: x\ncolumns:\n  papres: how many\n",
        3,
        r"no column papres \(did you mean papers\?\)",
    ),
    "test of an unknown column": ("tests:\n  - not_null: [day, paper]\n", 2, "no column paper "),
    "unknown part": ("description: x\ntest: []\n", 2, "no part 'test'"),
    "unknown test": ("columns:\n  papers:\n    tests: [notnull]\n", 3, "no test 'notnull'"),
    "unknown test with a value": ("tests:\n  - uniqe: [day]\n", 2, "no part 'uniqe'"),
    "same key twice": ("columns:\n  day: a\n  day: b\n", 3, "'day' stands here a second time"),
    "unknown materialization": ("materialization: table\n", 1, "one of view, table per day, table per month"),
    "table of another period": (
        "description: x\nmaterialization: table per month\n",
        2,
        "cannot be a table per month: its first column is day",
    ),
    "history that is no number": ("description: x\nhistory: last\n", 2, "number of earlier periods"),
    **{
        f"value that is none: {value}": (
            f"columns:\n  papers:\n    tests:\n      - accepted_values: [1, {value}]\n",
            4,
            f"no value of the kind {kind}",
        )
        for value, kind in {
            "!foo x": "!foo",
            "!foo [1]": "!foo",
            "2026-13-45": "timestamp",
            "!!timestamp soon": "timestamp",
            "!!int abc": "int",
            "!!int ''": "int",
            "!!float abc": "float",
            "!!bool perhaps": "bool",
            "!!binary ä": "binary",
        }.items()
    },
    "history that is no value": ("history: !!int few\n", 1, "no value of the kind int: 'few'"),
    "history below nothing": ("history: -1\n", 1, "number of earlier periods"),
    "broken YAML": ("description: x\ncolumns: [\n", 3, "mend the YAML"),
    "a list for a mapping": ("- description: x\n", 1, "must be a mapping"),
    "same test twice": ("tests:\n  - unique: [day]\n  - unique: [day]\n", 3, "already on line 2"),
    "accepted values of no column": ("tests:\n  - accepted_values: [1]\n", 2, "must be the test of a column"),
    "accepted values of another type": (
        "columns:\n  papers:\n    tests:\n      - accepted_values: [many]\n",
        4,
        "not all Int64",
    ),
    "relationship to an unknown table": (
        "columns:\n  day:\n    tests:\n      - relationships: {table: paper, column: day}\n",
        4,
        r"no table paper in the lake \(did you mean papers\?\)",
    ),
    "relationship to an unknown column": (
        "columns:\n  day:\n    tests:\n      - relationships: {table: papers, column: dy}\n",
        4,
        "papers has no column dy",
    ),
    "expression of an unknown column": ("tests:\n  - expression: papres > 0\n", 2, '"papres" not found'),
    "expression that does not parse": ("tests:\n  - expression: papers >\n", 2, "expression"),
    "name of a test that is none": ("tests:\n  - {name: a-b, unique: [day]}\n", 2, "letters, digits and underscores"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_sql_names_file_and_line(mistake: str, tmp_path: Path) -> None:
    files, place, words = MISTAKES[mistake]

    with pytest.raises(ModelError, match=words) as caught:
        load(tmp_path, files)

    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mistake", DOC_MISTAKES)
def test_a_mistake_in_the_yaml_names_file_and_line(mistake: str, tmp_path: Path) -> None:
    yaml, line, words = DOC_MISTAKES[mistake]

    with pytest.raises(ModelError, match=words) as caught:
        load(tmp_path, {"marts/daily.sql": DAILY, "marts/daily.yaml": yaml})

    assert f"daily.yaml:{line}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tests_of_a_view_that_would_belong_to_no_table_are_told(tmp_path: Path) -> None:
    files = {
        "staging/v.sql": "SELECT strftime(day, '%Y-%m') AS month, paper_id FROM papers",
        "staging/v.yaml": "columns:\n  month: the month\n  paper_id:\n    tests: [not_null]\n",
    }

    with pytest.raises(
        ModelError, match=r"v\.yaml:4: v is by month, and what it reads is not.*would belong to no table"
    ):
        load(tmp_path, files)


def test_an_unknown_model_is_told_with_the_closest_name() -> None:
    with pytest.raises(ModelError, match=r"no model 'category_dayly' \(did you mean category_daily\?\)"):
        the_models()["category_dayly"]
