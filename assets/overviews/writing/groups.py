"""A group's papers told by a model: notes, plan, text, check and judge, repair; else the sentence that rules made.

Each paper keeps exactly one sentence, so coverage and citations are those of the page without a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.overviews.parts import Sentence
from assets.overviews.writing import prompts
from assets.overviews.writing.prompts import Source

if TYPE_CHECKING:
    from assets.overviews.writing.asking import Asker, ModelWriter

Check = Callable[[Sentence], str | None]
"""Why a sentence may not be published; None where it may."""
REPAIRS = 2
LONGEST = 400
"""Characters of a sentence that a model may write."""


@dataclass(frozen=True)
class Group:
    """A topic, its papers, and the sentence that rules made of each."""

    topic: str
    papers: Sequence[Source]
    by_rules: dict[str, Sentence]


@dataclass
class Report:
    """What the model's part of a page came to."""

    model: str
    written: int = 0
    repaired: int = 0
    by_rules: int = 0
    taken_back: int = 0
    """Sentences that were accepted alone and did not go with the rest of the page; their papers are told by rules."""
    asked: int = 0
    unanswered: int = 0
    cost_usd: float | None = 0.0
    stopped: str | None = None
    rejected: list[dict[str, str]] = field(default_factory=list)
    """Sentences that the check or the judge refused, with the reason."""

    @property
    def on_the_page(self) -> int:
        """Sentences of the model that the page holds."""
        return self.written + self.repaired - self.taken_back

    def as_json(self) -> dict[str, Any]:
        """For the page's JSON."""
        return {**vars(self)}


def write_groups(
    writer: ModelWriter, page: str, groups: Sequence[Group], check: Check
) -> tuple[list[list[Sentence]], Report]:
    """The sentences of each group in the order of its plan, one a paper, and the report."""
    report = Report(writer.name)

    async def work(asker: Asker) -> list[list[Sentence]]:
        told = await asyncio.gather(*(_group(asker, group, check, report) for group in groups))
        report.asked, report.unanswered = asker.asked, asker.unanswered
        report.stopped = asker.stopped
        report.cost_usd = round(sum(asker.costs), 6) if len(asker.costs) >= asker.asked - asker.unanswered else None
        return list(told)

    sentences = writer.converse(page, work)
    report.rejected.sort(key=lambda entry: (entry["text"], entry["reason"]))
    return sentences, report


async def _group(asker: Asker, group: Group, check: Check, report: Report) -> list[Sentence]:
    sources = {paper.id: paper for paper in group.papers}
    noted = _pairs(await asker.ask(prompts.notes(group.topic, group.papers)), "notes", "note", sources)
    written: dict[str, str] = {}
    order = list(sources)
    if noted:
        planned = _pairs(await asker.ask(prompts.plan(group.topic, noted)), "plan", "point", noted)
        # A paper that the plan forgets is put at its end: no paper is lost on the way.
        planned |= {paper: note for paper, note in noted.items() if paper not in planned}
        order = [*planned, *(paper for paper in sources if paper not in planned)]
        who = {paper: source.authors for paper, source in sources.items()}
        answer = await asker.ask(prompts.text(group.topic, list(planned.items()), noted, who))
        written = _pairs(answer, "sentences", "text", sources)
    accepted = await _accepted(asker, written, sources, check, report)
    report.written += len(accepted)
    for _ in range(REPAIRS):
        failing = {paper: text for paper, text in written.items() if paper not in accepted}
        if not failing:
            break
        answers = await asyncio.gather(
            *(
                asker.ask(prompts.repair(text, reason_of(report, text), sources[paper]))
                for paper, text in failing.items()
            )
        )
        anew = {paper: _text(answer or {}, "text") for paper, answer in zip(failing, answers, strict=True)}
        written |= {paper: text for paper, text in anew.items() if text}
        mended = await _accepted(asker, {p: t for p, t in anew.items() if t}, sources, check, report)
        report.repaired += len(mended)
        accepted |= mended
    report.by_rules += len(sources) - len(accepted)
    return [Sentence(accepted[p], citations=(p,)) if p in accepted else group.by_rules[p] for p in order]


async def _accepted(
    asker: Asker, written: dict[str, str], sources: dict[str, Source], check: Check, report: Report
) -> dict[str, str]:
    """The sentences that pass the check and that the judge then confirms one by one, by paper.

    A judge that is silent or not understood confirms nothing.
    """
    passed = {}
    for paper, text in written.items():
        reason = "is longer than a sentence" if len(text) > LONGEST else check(Sentence(text, citations=(paper,)))
        if reason is None:
            passed[paper] = text
        else:
            report.rejected.append({"text": text, "reason": reason})
    if not passed:
        return {}
    verdicts = _verdicts(await asker.ask(prompts.judge(list(passed.items()), sources)))
    for number, (paper, text) in enumerate(list(passed.items())):
        if (reason := _held_against(verdicts.get(number, []))) is not None:
            report.rejected.append({"text": text, "reason": reason})
            del passed[paper]
    return passed


def _verdicts(answer: dict[str, Any] | None) -> dict[int, list[object]]:
    """Number of a sentence → what the judge said of it, in whatever form; nothing for an answer that is none."""
    entries = answer.get("verdicts") if answer else None
    found: dict[int, list[object]] = {}
    for entry in entries if isinstance(entries, list) else []:
        number = entry.get("number") if isinstance(entry, dict) else None
        if isinstance(number, int) and not isinstance(number, bool):
            found.setdefault(number, []).append(entry.get("supported"))
    return found


def _held_against(verdicts: Sequence[object]) -> str | None:
    """Why a sentence with these verdicts may not stand: only a plain yes, and nothing beside it, lets it pass."""
    if any(verdict is False for verdict in verdicts):
        return "is not supported by the abstract, says the judge"
    if not verdicts or any(verdict is not True for verdict in verdicts):
        return "was not confirmed by the judge"
    return None


def reason_of(report: Report, text: str) -> str:
    """Why a sentence was rejected last."""
    return next((entry["reason"] for entry in reversed(report.rejected) if entry["text"] == text), "is not supported")


def _pairs(answer: dict[str, Any] | None, key: str, value: str, known: dict[str, Any]) -> dict[str, str]:
    """Paper → text from a list of an answer; papers that were not asked about, and second texts, are left out."""
    entries = answer.get(key) if answer else None
    found: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else []:
        paper = entry.get("paper") if isinstance(entry, dict) else None
        if isinstance(paper, str) and paper in known and paper not in found and (text := _text(entry, value)):
            found[paper] = text
    return found


def _text(entry: dict[str, Any], name: str) -> str:
    text = entry.get(name)
    return " ".join(text.split()) if isinstance(text, str) else ""
