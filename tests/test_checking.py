"""What a check and a preview say in Dagster's UI, which renders Markdown: the texts of papers and models do nothing."""

from __future__ import annotations

import polars as pl
import pytest

from assets.checking import Verdict
from assets.materialization import frame_metadata, markdown_line, plain_line
from tests.digests.reading import read

ATTACKS = (
    "![x](http://evil.example/p.png)",
    "a [link](http://evil.example), ![x][1] and <http://evil.example>",
    "2601.00001: the title\n\n# heading\n\n![x](http://evil.example/p.png)",
    "# a heading",
    "- a list",
    "1. another",
    "> said",
    "=== --- ***",
    "<img src=http://evil.example/p.png> &lt;img&gt; <!-- hidden",
    "`code` and ``` more ~~~ of it",
    "a | b \\| c \\\\| d",
    "*strong* __of__ x_i ~~struck~~",
    "[1]: http://evil.example",
    "\\![x](http://evil.example/p.png) \\",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_problem_is_a_line_of_a_list_and_reads_as_it_was_written(attack: str) -> None:
    seen = " ".join(attack.split())
    reading = read(Verdict([attack, "2601.00002: no summary"]).metadata()["named"].value)
    assert (reading.html, reading.links, reading.marks) == ([], [], set())
    assert reading.blocks == ["bullet_list", "list_item", "paragraph", "list_item", "paragraph"]
    assert reading.words.splitlines() == [seen, "2601.00002: no summary"]
    assert plain_line(markdown_line(attack)) == seen


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_description_is_a_paragraph_and_reads_as_it_was_written(attack: str) -> None:
    description = Verdict([attack, "2601.00002: no summary"], advice="Run it again.").description
    seen = f"{' '.join(attack.split())} (and 1 more) Run it again."
    reading = read(description)
    assert (reading.html, reading.links, reading.marks, reading.blocks) == ([], [], set(), ["paragraph"])
    assert reading.words == f"{seen}\n"
    assert plain_line(description) == seen


def test_a_name_with_underscores_stays_as_it_is() -> None:
    assert (
        markdown_line("summaries_are_complete: `model_1` and _x_") == r"summaries_are_complete: \`model_1\` and \_x\_"
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_preview_is_a_table_and_its_cells_read_as_they_were_written(attack: str) -> None:
    frame = pl.DataFrame({"title": [attack], "pages": [12]})
    reading = read(frame_metadata(frame)["preview"].value)
    assert (reading.html, reading.links, reading.marks) == ([], [], set())
    assert [block for block in reading.blocks if block in ("td", "th", "image", "heading")] == ["th", "th", "td", "td"]
    assert reading.words.splitlines() == ["title", "pages", " ".join(attack.split()), "12"]
