"""The asks of one paper: all fields at once, then only what is bad, then another model, then the abstract itself.

Everything here follows from the paper, the row that it had and the answers, so a run that was killed and starts again
asks the same questions and finds their answers in the journal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from assets.summaries.checks import off_topic, off_topic_fields
from assets.summaries.completeness import is_complete
from assets.summaries.engine.answers import filled_up, read_answer, repeated
from assets.summaries.engine.ask import Ask
from assets.summaries.engine.budget import tokens_of_messages
from assets.summaries.engine.decoding import without_thoughts
from assets.summaries.engine.faults import Fault
from assets.summaries.engine.plan import FAILED, answer_key, groups
from assets.summaries.engine.prompt import PROMPT_VERSION, addresses_a_model, messages
from assets.summaries.extract import MODEL_NAME, RULES_VERSION, summarize
from assets.summaries.fields import (
    FIELDS,
    KEYWORDS,
    REQUIRED_FIELDS,
    TEXT_FIELDS,
    not_stated_reason,
    not_written_reason,
)
from assets.summaries.summarizer import EMBEDDED_LANGUAGE, abstract_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.summaries.engine.journal import Entry
    from assets.summaries.engine.prompt import Wanted
    from assets.summaries.engine.settings import EngineSettings

TOUCHES_TEXT = frozenset(("tex", "cut", "inner quotes"))
"""Mendings of the answer's form that touch the texts in it."""
LONGEST_ANSWER = 64_000
"""Characters of an answer that are looked at: three languages, every letter escaped, take half as many."""


@dataclass
class Draft:
    """What is known of a paper's summary in one language."""

    language: str
    fields: dict[str, object] = field(default_factory=dict)
    bad: dict[str, tuple[str, str]] = field(default_factory=dict)
    history: dict[str, str] = field(default_factory=dict)
    """Field → what was mended about it."""
    model: str | None = None
    """The model of which the first good text is."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The fields that the next model is asked for: what is bad, or all of them while there is none."""
        return tuple(name for name in FIELDS if name in self.bad) if self.fields and self.bad else FIELDS

    def begin_anew(self) -> None:
        """For a draft of which it cannot be said what is bad."""
        self.fields, self.history, self.model = {}, {}, None


@dataclass
class Used:
    """What the answers of a paper took, all attempts."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    requests: int = 0
    seconds: float = 0.0

    def add(self, entry: Entry, day: str) -> None:
        """Books an answer; one that was paid for on another day's account costs nothing here."""
        if entry.day != day:
            return
        self.input_tokens += entry.input_tokens or 0
        self.output_tokens += entry.output_tokens or 0
        self.requests += entry.requests
        self.seconds += entry.seconds
        if entry.cost_usd is None or self.cost_usd is None:
            self.cost_usd = None
        else:
            self.cost_usd += entry.cost_usd

    def shared(self, languages: int) -> dict[str, object]:
        """The columns of one of so many rows."""
        return {
            "input_tokens": self.input_tokens // languages,
            "output_tokens": self.output_tokens // languages,
            "cost_usd": None if self.cost_usd is None else self.cost_usd / languages,
            "attempts": self.requests,
            "seconds": self.seconds,
        }


class Asker(Protocol):
    """Where answers come from: requests of their own, or batches."""

    settings: EngineSettings

    async def answer(self, ask: Ask) -> Entry:
        """The answer, in the journal already. Raises Fault of kind PAPER, or Stopped."""


class Paper:
    """One paper (a row of PAPERS) and the languages in which it needs a summary."""

    def __init__(self, calls: Asker, paper: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]) -> None:
        self.calls = calls
        self.title: str = paper["title"]
        self.abstract: str = paper["abstract"]
        self.paper_id: str = paper["paper_id"]
        self.day = str(paper["day"])
        self.hash = abstract_hash(self.abstract)
        self.before = before
        """Language → the row that the partition has now, where its abstract is the same."""

    async def summarize(self, languages: Sequence[str]) -> dict[str, dict[str, object]]:
        """Language → the columns of its row. Raises Stopped where nothing can be asked any more."""
        rows: dict[str, dict[str, object]] = {}
        for group in groups(languages):
            rows |= await self.group(group)
        return rows

    async def group(self, languages: Sequence[str]) -> dict[str, dict[str, object]]:
        """The same for languages that one request may fill."""
        rows: dict[str, dict[str, object]] = {}
        used = Used()
        why: list[str] = []
        drafts = {language: Draft(language) for language in languages}
        spare: dict[str, dict[str, object]] = {}
        for model in self.calls.settings.models if self.abstract.strip() else ():
            left = [language for language in languages if language not in rows]
            if not left:
                break
            reason = await self._asks(model, [drafts[language] for language in left], used)
            for language in left:
                lacks = self._lacks(drafts[language])
                if row := self._finished(drafts[language], lacks):
                    # The next model, if there is one, is asked for a field that this one could not write.
                    (spare if lacks else rows)[language] = row
            if any(language not in rows for language in left):
                why.append(f"{model}: {reason or _complaints([drafts[name] for name in left if name not in rows])}")
        for language in languages:
            if language not in rows:
                told = "; ".join(why).replace("; ", ", ") or "the abstract is empty"
                rows[language] = spare.get(language) or self._fallen(language, told)
        return {language: {**rows[language], **used.shared(len(languages))} for language in languages}

    async def _asks(self, model: str, asked: Sequence[Draft], used: Used) -> str | None:
        """Fills drafts by all asks of a model; why it could not be asked, where it could not."""
        settings = self.calls.settings
        drafts = {draft.language: draft for draft in asked}
        languages = list(drafts)
        wanted: Wanted = {language: draft.wanted for language, draft in drafts.items()}
        rejected: dict[str, str] = {}
        tokens = settings.output_tokens * len(languages)
        reason: str | None = None
        for number in range(settings.asks):
            told = messages(self.title, self.abstract, wanted, rejected)
            key = answer_key(self.hash, model, number, wanted, rejected, self.before)
            ask = Ask(
                key, self.day, self.paper_id, self.hash, model, told, wanted, tokens, tokens_of_messages(told), number
            )
            try:
                entry = await self.calls.answer(ask)
            except Fault as fault:
                return fault.reason
            used.add(entry, self.day)
            if entry.refusal or entry.finish_reason == "content_filter":
                return "the model refused the abstract"
            content = without_thoughts(entry.content)
            cut = entry.finish_reason == "length" or len(content) > LONGEST_ANSWER
            if cut:
                tokens *= 2
            answer = read_answer(content[:LONGEST_ANSWER], wanted, self.title, self.abstract, cut=cut)
            reason = None if answer.usable else "the answer held nothing that can be read"
            for language, reading in answer.readings.items():
                draft = drafts[language]
                draft.fields |= reading.good
                draft.bad = dict(reading.bad)
                if draft.model is None and any(reading.good.get(name) for name in TEXT_FIELDS):
                    draft.model = model
                if model != draft.model:
                    draft.history |= {name: f"by {model}" for name in reading.good if name != KEYWORDS}
                for name in TOUCHES_TEXT.intersection(answer.mended):
                    draft.history.setdefault("form", name)
                self._settle(draft)
                self._excuse(draft)
            wanted = {
                language: tuple(draft.bad)
                for language, draft in drafts.items()
                if any(name != KEYWORDS for name in draft.bad)
            }
            if not wanted:
                return None
            several = len(languages) > 1
            rejected = {}
            for language, names in wanted.items():
                for name in names:
                    fault_name, complaint = drafts[language].bad[name]
                    drafts[language].history[name] = fault_name
                    if answer.usable:
                        rejected[f"{language}.{name}" if several else name] = complaint
        return reason

    def _settle(self, draft: Draft) -> None:
        """What only shows once the fields stand beside each other."""
        # First of all: an overlap with an alien text is no reason to drop the text and keep the alien one.
        if draft.language == EMBEDDED_LANGUAGE:
            told = {name: text for name in TEXT_FIELDS if isinstance(text := draft.fields.get(name), str)}
            alien = off_topic_fields(told, self.title, self.abstract)
            for name in (name for name, text in told.items() if name in alien or self._is_alien(text)):
                del draft.fields[name]
                draft.bad[name] = ("off_topic", "is not about this abstract")
        for name in repeated(draft.fields):
            draft.history[name] = "overlap"
            if name in REQUIRED_FIELDS:
                del draft.fields[name]
                draft.bad[name] = ("overlap", "says what another field says")
            else:
                # An empty field is better than a repeated one.
                draft.fields[name] = None

    def _is_alien(self, text: str) -> bool:
        """Whether one text of any field, long enough to tell, is about something else: one more ask is worth it."""
        return off_topic([text], self.title, self.abstract)

    def _lacks(self, draft: Draft) -> dict[str, str]:
        """Optional field → what is wrong with its texts, where the abstract says something for it."""
        bad = {
            name: kind for name, (kind, _) in draft.bad.items() if name in TEXT_FIELDS and name not in REQUIRED_FIELDS
        }
        own = summarize(self.title, self.abstract).texts() if bad else {}
        return {name: kind for name, kind in bad.items() if kind != "missing" or own.get(name) is not None}

    def _finished(self, draft: Draft, lacks: Mapping[str, str]) -> dict[str, object] | None:
        """The row of a draft, where it is complete but for optional fields."""
        fields = {name: draft.fields.get(name) for name in FIELDS}
        own = summarize(self.title, self.abstract).texts() if any(name in TEXT_FIELDS for name in draft.bad) else {}
        for name, (fault, _) in draft.bad.items():
            if name == KEYWORDS:
                # The good terms of the model come first.
                fields[name] = filled_up(fields[name], self.title, self.abstract)
            elif name in REQUIRED_FIELDS and (own.get(name) is not None or fault != "missing"):
                return None
        stated = not_stated_reason(name for name in TEXT_FIELDS if not fields[name] and name not in lacks)
        reason = "; ".join(part for part in (stated, not_written_reason(lacks)) if part) or None
        verdict = is_complete(
            fields, title=self.title, abstract=self.abstract, reason=reason, language=draft.language, extractive=False
        )
        if not verdict.complete or draft.model is None:
            draft.bad |= {
                found.field: (found.kind, found.reason) for found in verdict.findings if found.severity == "error"
            }
            draft.begin_anew()
            return None
        history = {name: what for name, what in draft.history.items() if name not in lacks}
        if KEYWORDS in draft.bad:
            history[KEYWORDS] = "from term statistics"
        notes = [f"repaired: {', '.join(f'{name} ({what})' for name, what in history.items())}"] if history else []
        if addresses_a_model(self.title, self.abstract):
            notes.append("the abstract holds words that address a model")
        return {
            **fields,
            "status": "repaired" if history or lacks else "complete",
            "reason": "; ".join(part for part in (reason, *notes) if part) or None,
            "model": draft.model,
            "prompt_version": PROMPT_VERSION,
            **self._provenance(),
        }

    def _excuse(self, draft: Draft) -> None:
        """Takes "nothing to say" for an answer about a required field where the abstract has too few statements."""
        missing = [name for name, (fault, _) in draft.bad.items() if fault == "missing" and name in REQUIRED_FIELDS]
        if missing and set(draft.bad) <= {*missing, KEYWORDS} and self._is_excused(draft):
            for name in missing:
                draft.fields[name] = None
                del draft.bad[name]

    def _is_excused(self, draft: Draft) -> bool:
        """Whether the summary is complete without a required field; its texts have been checked before."""
        # Keywords are never what it fails for: term statistics fill them up.
        fields = {name: draft.fields.get(name) for name in TEXT_FIELDS}
        verdict = is_complete(
            fields,
            title=self.title,
            abstract=self.abstract,
            reason=not_stated_reason(name for name in TEXT_FIELDS if not fields[name]),
            language=draft.language,
            extractive=False,
        )
        return verdict.complete

    def _fallen(self, language: str, why: str) -> dict[str, object]:
        """The row where no model could write it: the abstract's own sentences, and labelled so."""
        if language != EMBEDDED_LANGUAGE:
            return {"status": "pending", "reason": f"{FAILED} ({why})", **self._provenance()}
        extract = summarize(self.title, self.abstract)
        return {
            **extract.texts(),
            "keywords": list(extract.keywords),
            "status": "extractive",
            "reason": "; ".join(part for part in (extract.reason, f"{FAILED} ({why})") if part),
            "model": MODEL_NAME,
            "prompt_version": RULES_VERSION,
            **self._provenance(),
        }

    def _provenance(self) -> dict[str, object]:
        return {"abstract_hash": self.hash, "created_at": dt.datetime.now(dt.UTC)}


def _complaints(drafts: Sequence[Draft]) -> str:
    told = sorted({f"{name} ({fault})" for draft in drafts for name, (fault, _) in draft.bad.items()})
    return ", ".join(told) or "not complete"
