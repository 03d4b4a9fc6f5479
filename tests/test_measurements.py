"""Each measurement has its place in the page of measurements, and `--write` touches nothing else."""

from __future__ import annotations

import re

import pytest

from benchmarks.__main__ import BENCHMARKS, PAGE, write

PLACE = re.compile(r"<!-- (?!end)(\w+) -->\n((?:(?!<!-- ).)*)<!-- end -->\n", re.DOTALL)


def test_every_measurement_has_one_place_that_ends_before_the_next_begins() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert sorted(found[1] for found in PLACE.finditer(page)) == sorted(BENCHMARKS)
    assert page.count("<!-- ") == 2 * len(BENCHMARKS)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_new_figures_replace_those_of_their_own_place(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (old,) = (found[2] for found in PLACE.finditer(page) if found[1] == name)
    assert write(page, name, "new figures") == page.replace(
        f"<!-- {name} -->\n{old}<!-- end -->", f"<!-- {name} -->\nnew figures\n<!-- end -->"
    )
