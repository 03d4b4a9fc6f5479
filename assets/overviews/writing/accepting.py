"""Sentences of a model on their way to the page: the check and the judge read each, and what fails is asked for anew.

Nothing here trusts a model: a sentence that is refused as often as it may be written is left to the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assets.overviews.framing import ADDRESS, FIRST_PERSON, speaks_for_itself
from assets.overviews.parts import Sentence
from assets.overviews.writing import prompts
from assets.overviews.writing.asker import Tab
from assets.overviews.writing.prompts import DOES, Piece, Source
from assets.summaries.checks import check_text

Check = Callable[[Sentence], str | None]
"""Why a sentence may not be published; None where it may."""
Place = tuple[str, str]
"""A paper, and what of it is told."""
REPAIRS = 2
LONGEST = 400
"""Characters of a sentence that a model may write."""
SECOND_PERSON = re.compile(r"\b[Yy]ou(?:rs?|rsel(?:f|ves))?\b")
DRESSED = re.compile(r"[<>]|\]\(|^\s*(?:[#*-]|\d+[.)])\s|\*\*|`")
"""Marks of HTML and Markdown, which no sentence needs."""


@dataclass
class Accepted:
    """What may stand on the page, how many sentences of it took a repair, and what was refused."""

    texts: dict[Place, str] = field(default_factory=dict)
    repaired: set[Place] = field(default_factory=set)
    refused: list[tuple[Piece, str]] = field(default_factory=list)

    def reason(self, piece: Piece) -> str:
        """Why a piece was refused last."""
        return next((reason for one, reason in reversed(self.refused) if one == piece), "is not supported")


async def accept(
    tab: Tab, pieces: Sequence[Piece], papers: Mapping[str, Source], check: Check, *, under_title: bool
) -> Accepted:
    """The pieces that pass, after repairs; at most one for each place.

    `under_title` says that the page shows title and authors above each sentence, so that it need not name them.
    """
    accepted = Accepted()
    waiting = {(piece.paper, piece.part): piece for piece in reversed(pieces)}
    for attempt in range(1 + REPAIRS):
        if attempt:
            failing = [(piece, accepted.reason(piece)) for piece in waiting.values()]
            anew = _rewritten(await tab.ask(prompts.repair(failing, papers, not under_title)), failing)
            if all(anew.get(place, piece) == piece for place, piece in waiting.items()):
                break
            waiting |= anew
        passed = await _passed(tab, list(waiting.values()), papers, check, under_title, accepted)
        accepted.texts |= {place: waiting[place].text for place in passed}
        accepted.repaired |= passed if attempt else set()
        waiting = {place: piece for place, piece in waiting.items() if place not in passed}
        if not waiting:
            break
    return accepted


def _rewritten(answer: dict[str, Any] | None, failing: Sequence[tuple[Piece, str]]) -> dict[Place, Piece]:
    """The sentences of an answer in the places of those that failed; the first for each."""
    found: dict[Place, Piece] = {}
    for entry in entries_of(answer, "sentences"):
        number = entry.get("number")
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(failing):
            piece = failing[number][0]
            if text := text_of(entry, "text"):
                found.setdefault((piece.paper, piece.part), Piece(piece.paper, piece.part, text))
    return found


async def _passed(
    tab: Tab,
    pieces: Sequence[Piece],
    papers: Mapping[str, Source],
    check: Check,
    under_title: bool,
    accepted: Accepted,
) -> set[Place]:
    """The places whose sentence passes the check and is then confirmed by the judge, one by one.

    A sentence that was refused before in the same words is not judged again. A judge that is silent or not
    understood confirms nothing.
    """
    sound = []
    known = {piece for piece, _ in accepted.refused}
    for piece in pieces:
        if piece in known:
            continue
        sentence = Sentence(piece.text, citations=(piece.paper,), under_title=under_title)
        reason = check(sentence) or manners(piece, papers[piece.paper])
        if reason is None:
            sound.append(piece)
        else:
            accepted.refused.append((piece, reason))
    if not sound:
        return set()
    verdicts = await _judged(tab, sound, papers)
    if (unheard := [piece for piece in sound if piece not in verdicts]) and not tab.unfinished:
        # What a broken answer lost is no fault of the sentences; the same question would have the same answer.
        size = len(unheard) if len(unheard) < len(sound) else (len(unheard) + 1) // 2
        for at in range(0, len(unheard), size) if len(sound) > 1 else ():
            verdicts |= await _judged(tab, unheard[at : at + size], papers)
    passed = set()
    for piece in sound:
        if (reason := _held_against(verdicts.get(piece, []))) is not None:
            accepted.refused.append((piece, reason))
        else:
            passed.add((piece.paper, piece.part))
    return passed


def manners(piece: Piece, paper: Source) -> str | None:
    """Why a sentence of a model is none, whatever it says: what the checks of summaries hold against it, and more."""
    text = piece.text
    if len(text) > LONGEST:
        return "is longer than a sentence"
    if ADDRESS.search(text) or DRESSED.search(text):
        return "holds a web address or marks of a markup language"
    if FIRST_PERSON.search(text) or SECOND_PERSON.search(text):
        return "speaks in the first or second person"
    if piece.part == DOES and not speaks_for_itself(text, paper.title):
        return "does not say what the authors or their paper do"
    found = check_text("tldr", text, title=paper.title, abstract=paper.abstract, extractive=False)
    return next((finding.reason for finding in found if finding.severity == "error"), None)


def entries_of(answer: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    """The objects of a list in an answer; none for an answer that is none."""
    found = answer.get(key) if answer else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def text_of(entry: Mapping[str, Any], name: str) -> str:
    """A text of an object on one line; empty where there is none."""
    text = entry.get(name)
    return " ".join(text.split()) if isinstance(text, str) else ""


async def _judged(tab: Tab, pieces: Sequence[Piece], papers: Mapping[str, Source]) -> dict[Piece, list[object]]:
    """Piece → what the judge said of it, in whatever form; nothing for an answer that is none."""
    found: dict[Piece, list[object]] = {}
    for entry in entries_of(await tab.ask(prompts.judge(pieces, papers)), "verdicts"):
        number = entry.get("number")
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(pieces):
            found.setdefault(pieces[number], []).append(entry.get("supported"))
    return found


def _held_against(verdicts: Sequence[object]) -> str | None:
    """Why a sentence with these verdicts may not stand: only a plain yes, and nothing beside it, lets it pass."""
    if any(verdict is False for verdict in verdicts):
        return "is not supported by the abstract, says the judge"
    if not verdicts or any(verdict is not True for verdict in verdicts):
        return "was not confirmed by the judge"
    return None
