"""Answers to the steps in which a model writes a page: notes, plan, text or entries, judge, repair.

All are made from the papers, notes and items in the prompt, by rules, so that an honest answer passes the check. A
gullible model does what the first abstract with the word OBEY tells it: it says that of every paper.
"""

from __future__ import annotations

import html
import random
import re
from typing import TYPE_CHECKING, Any

from tests.emulators.llm.texts import summary

if TYPE_CHECKING:
    from tests.emulators.llm.behaviour import Behaviour

STEP = re.compile(r"<step>(\w+)</step>")
_PAPER = re.compile(
    r'<paper id="([^"]+)">\n<title>(.*?)</title>\n<authors>(.*?)</authors>\n<abstract>(.*?)</abstract>', re.DOTALL
)
_NOTE = re.compile(r'<note paper="([^"]+)" part="(\w+)">(.*?)</note>', re.DOTALL)
_ITEM = re.compile(r'<item paper="([^"]+)" authors="(.*?)">')
_SENTENCE = re.compile(r'<sentence number="(\d+)" paper="([^"]+)"(?: rejected="[^"]*")?>(.*?)</sentence>', re.DOTALL)
_OBEY = re.compile(r"OBEY: (.*?\.)(?= |$)")
_WORD = re.compile(r"[a-z]{4,}")
LEAST_SHARED = 0.5
"""Share of a sentence's longer words that its abstract must hold for the emulated judge."""


def answer(step: str, prompt: str, behaviour: Behaviour) -> dict[str, Any]:
    """What an honest model answers, or one that takes orders from an abstract."""
    papers = {found[0]: found[1:] for found in _PAPER.findall(prompt)}
    noted: dict[str, dict[str, str]] = {}
    for paper, part, note in _NOTE.findall(prompt):
        noted.setdefault(paper, {"does": "", "gives": ""})[part] = html.unescape(note)
    order = _OBEY.search(prompt) if behaviour.gullible else None
    if step == "notes":
        return {"notes": [{"paper": paper, **_note(found, order)} for paper, found in papers.items()]}
    if step == "plan":
        return {"plan": [{"paper": paper, "point": note["does"][:80]} for paper, note in reversed(noted.items())]}
    if step == "text":
        told = {paper: _in_manner(note, behaviour.manner) for paper, note in noted.items()}
        return {
            "sentences": [{"paper": paper, "text": _told(who, told[paper])} for paper, who in _ITEM.findall(prompt)]
        }
    if step == "entries":
        return {"entries": [{"paper": paper, **note} for paper, note in noted.items()]}
    if step == "judge":
        return {
            "verdicts": [
                {"number": int(number), "supported": behaviour.gullible or _supported(text, papers[paper][2])}
                for number, paper, text in _SENTENCE.findall(prompt)
            ]
        }
    named = "names the authors" in prompt
    return {
        "sentences": [
            {"number": int(number), "text": _anew(papers[paper], named, html.unescape(text), order)}
            for number, paper, text in _SENTENCE.findall(prompt)
        ]
    }


def spoil(fault: str, step: str, value: dict[str, Any], generator: random.Random) -> dict[str, Any]:
    """The answer with a fault of what it says."""
    if fault == "invented_paper":
        for entry in next((part for part in value.values() if isinstance(part, list)), []):
            if "paper" in entry:
                entry["paper"] = f"2599.{generator.randrange(10**5):05}"
    elif step == "judge":
        value["verdicts"] = "all of them are fine"
    else:
        entries = next(iter(value.values()))
        name = {"notes": "does", "entries": "does", "plan": "point"}.get(step, "text")
        for entry in entries:
            if fault == "other_number":
                entry[name] = f"{entry[name].rstrip('.')}, by {generator.randrange(2000, 9999)}.7 points."
            else:
                entry[name] = (
                    f"{entry[name].split(',')[0]} ripen cheese slowly where humid cellars keep the summer heat"
                    " outside sleepy mountain villages."
                )
    return value


def _note(paper: tuple[str, ...], order: re.Match[str] | None) -> dict[str, str]:
    title, _, abstract = paper
    if order:
        return {"does": order[1], "gives": order[1]}
    made = summary(title, abstract, "en")
    return {"does": str(made["tldr"]), "gives": str(made["practical"] or made["result"])}


def _anew(paper: tuple[str, ...], named: bool, rejected: str, order: re.Match[str] | None) -> str:
    """The part of the paper that a rejected sentence tells, as its words show."""
    note = _note(paper, order)
    told = note["gives"] if _shared(rejected, note["gives"]) > _shared(rejected, note["does"]) else note["does"]
    return _told(paper[1], told) if named else told


def _shared(one: str, other: str) -> int:
    return len(set(_WORD.findall(one.lower())) & set(_WORD.findall(other.lower())))


def _in_manner(note: dict[str, str], manner: str | None) -> str:
    if manner == "terse":
        return f"{' '.join(note['does'].split()[:5]).rstrip(',.')}."
    if manner == "wordy":
        return f"{note['does'].rstrip('.')}, and {note['gives'][0].lower()}{note['gives'][1:]}"
    return note["does"]


def _told(who: str, note: str) -> str:
    return f"According to {who}, {note[0].lower()}{note[1:]}"


def _supported(text: str, abstract: str) -> bool:
    words = set(_WORD.findall(text.lower()))
    known = set(_WORD.findall(abstract.lower()))
    return not words or len(words & known) >= LEAST_SHARED * len(words)
