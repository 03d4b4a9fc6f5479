"""A budget of more than a page: questions about pages count against it, and are not asked once it is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.overviews.writing.asker import Asker, Tab
from assets.overviews.writing.asking import ModelWriter
from assets.overviews.writing.prompts import Source, notes
from assets.summaries.engine.caps import of_thirty_days, spent_since
from assets.summaries.engine.settings import EngineSettings, Price
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving

PAPERS = [
    Source(f"2601.0000{number}", f"A title {number}", "Ada Ono", f"We count {number} sheep and find that they sleep.")
    for number in (1, 2)
]


def test_pages_and_what_else_is_asked_stay_below_one_budget(tmp_path: Path) -> None:
    with serving(Behaviour()) as endpoint:

        def ask(page: str, paper: Source, usd: float) -> tuple[dict[str, Any] | None, str | None]:
            settings = EngineSettings(
                model="emulated", base_url=endpoint.base_url, journal=tmp_path,
                prices={"emulated": Price(1.0, 4.0)}, caps=(of_thirty_days(usd),),
            )  # fmt: skip

            async def work(asker: Asker) -> tuple[dict[str, Any] | None, str | None]:
                return await Tab(asker).ask(notes([paper])), asker.stopped

            return ModelWriter(settings).converse(page, work)

        one, other = PAPERS
        answer, stopped = ask("2026-01", one, 1.0)
        assert answer is not None
        assert stopped is None
        spent = spent_since(tmp_path, 0.0)
        assert 0 < spent < 0.01
        # Another month has no budget of its own; what it asked before costs nothing and is there.
        assert ask("2026-02", other, spent) == (None, of_thirty_days(spent).reached)
        assert ask("2026-02", one, spent) == (answer, None)
        assert spent_since(tmp_path, 0.0) == spent
        assert ask("2026-02", other, 1.0)[0] is not None
        assert sum(endpoint.served.steps.values()) == 2
