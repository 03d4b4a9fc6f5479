"""The version of the checks stands for all that takes part in judging, and for nothing else."""

from pathlib import Path

from assets.summaries import completeness, limits
from assets.summaries.checks_version import checks_version, judging_files


def test_it_covers_the_checks_their_thresholds_and_their_words_and_no_summarizer() -> None:
    files = judging_files()
    names = {path.name for path in files}
    checks = list((Path(limits.__file__).parent / "checks").glob("*.py"))
    assert {Path(completeness.__file__), Path(limits.__file__), *checks} <= set(files)
    assert "common_words.txt" in names
    assert not names & {"extract.py", "summarizer.py", "assets.py", "repair.py"}
    assert not any("engine" in path.parts for path in files)


def test_it_is_short_and_stays() -> None:
    assert len(checks_version()) == 12
    assert checks_version() == checks_version()
