"""Answers to the steps in which an overview's section is written: notes, plan, text, judge, repair.

All are made from the papers, notes and items in the prompt, by rules, so that an honest answer passes the check.
"""

from __future__ import annotations

import html
import random
import re
from typing import Any

from tests.emulators.llm.texts import summary

STEP = re.compile(r"<step>(\w+)</step>")
_PAPER = re.compile(
    r'<paper id="([^"]+)">\n<title>(.*?)</title>\n<authors>(.*?)</authors>\n<abstract>(.*?)</abstract>', re.DOTALL
)
_NOTE = re.compile(r'<note paper="([^"]+)">(.*?)</note>', re.DOTALL)
_ITEM = re.compile(r'<item paper="([^"]+)" authors="(.*?)">')
_SENTENCE = re.compile(r'<sentence number="(\d+)" paper="([^"]+)">(.*?)</sentence>', re.DOTALL)
_WORD = re.compile(r"[a-z]{4,}")
LEAST_SHARED = 0.5
"""Share of a sentence's longer words that its abstract must hold for the emulated judge."""


def answer(step: str, prompt: str) -> dict[str, Any]:
    """What an honest model answers."""
    papers = {found[0]: found[1:] for found in _PAPER.findall(prompt)}
    noted = {paper: html.unescape(note) for paper, note in _NOTE.findall(prompt)}
    if step == "notes":
        return {"notes": [{"paper": paper, "note": _note(*found)} for paper, found in papers.items()]}
    if step == "plan":
        return {"plan": [{"paper": paper, "point": note[:80]} for paper, note in reversed(noted.items())]}
    if step == "text":
        written = [{"paper": paper, "text": _told(who, noted[paper])} for paper, who in _ITEM.findall(prompt)]
        return {"sentences": written}
    if step == "judge":
        return {
            "verdicts": [
                {"number": int(number), "supported": _supported(text, papers[paper][2])}
                for number, paper, text in _SENTENCE.findall(prompt)
            ]
        }
    (found,) = papers.values()
    return {"text": _told(found[1], _note(*found))}


def spoil(fault: str, step: str, value: dict[str, Any], generator: random.Random) -> dict[str, Any]:
    """The answer with a fault of what it says."""
    if fault == "invented_paper":
        for entry in next((part for part in value.values() if isinstance(part, list)), []):
            if "paper" in entry:
                entry["paper"] = f"2599.{generator.randrange(10**5):05}"
    elif step == "judge":
        value["verdicts"] = "all of them are fine"
    else:
        entries = [value] if "text" in value else next(iter(value.values()))
        name = {"notes": "note", "plan": "point"}.get(step, "text")
        for entry in entries:
            if fault == "other_number":
                entry[name] = f"{entry[name].rstrip('.')}, by {generator.randrange(2000, 9999)}.7 points."
            else:
                entry[name] = (
                    f"{entry[name].split(',')[0]} ripen cheese slowly where humid cellars keep the summer heat"
                    " outside sleepy mountain villages."
                )
    return value


def _note(title: str, authors: str, abstract: str) -> str:
    del authors
    return str(summary(title, abstract, "en")["tldr"])


def _told(who: str, note: str) -> str:
    return f"According to {who}, {note[0].lower()}{note[1:]}"


def _supported(text: str, abstract: str) -> bool:
    words = set(_WORD.findall(text.lower()))
    known = set(_WORD.findall(abstract.lower()))
    return not words or len(words & known) >= LEAST_SHARED * len(words)
