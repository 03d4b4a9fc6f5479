"""How far a day is reaches the bar at once and the log every few seconds."""

from assets.materialization import Silence
from assets.summaries.engine.progress import Progress
from assets.summaries.telling import LOG_SECONDS, Teller


class Bar(Silence):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, int, int, str]] = []

    def working(self, asset: str, partition: str, done: int, total: int, note: str) -> None:
        self.heard.append((asset, partition, done, total, note))


def moment(seconds: float, done: int, papers: int = 1000) -> Progress:
    return Progress(done, papers, 7, 12_000, 3_400, 0.0123, seconds, 9.0, 2, 1)


def told(seconds: list[float], papers: int = 1000) -> tuple[list[str], Bar]:
    lines: list[str] = []
    bar = Bar()
    tell = Teller("2026-01-30", lines.append, bar)
    for at in seconds:
        tell(moment(at, int(papers * at / seconds[-1]), papers))
    return lines, bar


def test_the_bar_hears_every_word_with_tokens_and_dollars() -> None:
    _, bar = told([2.0, 4.0, 6.0])
    assert [heard[:4] for heard in bar.heard] == [
        ("summaries", "2026-01-30", 333, 1000),
        ("summaries", "2026-01-30", 666, 1000),
        ("summaries", "2026-01-30", 1000, 1000),
    ]
    note = bar.heard[0][4]
    assert "7 requests in flight" in note
    assert "12,000 + 3,400 tokens" in note
    assert "0.0123 USD" in note


def test_a_short_day_and_an_idle_day_leave_no_line_in_the_log() -> None:
    assert told([0.1])[0] == []
    assert told([2.0, LOG_SECONDS - 0.1])[0] == []
    assert told([60.0], papers=0)[0] == []


def test_a_long_day_leaves_a_line_every_few_seconds_that_says_all() -> None:
    lines, _ = told([float(at) for at in range(0, 62, 2)])
    assert 8 <= len(lines) <= 12
    assert lines[0].startswith("2026-01-30: ")
    for word in ("of 1000 papers", "in flight", "tokens", "USD", "s left"):
        assert word in lines[0]


def test_a_night_leaves_some_hundred_lines() -> None:
    lines, _ = told([float(at) for at in range(0, 10 * 3600, 2)])
    assert len(lines) < 500
