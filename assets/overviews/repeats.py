"""Whether a page says the same twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

ALIKE = 0.6
"""Share of runs of three words in common (of the shorter sentence's) from which two sentences say the same."""


@dataclass
class Said:
    """What the page has said so far: runs of three words → the sentences that hold them."""

    contents: list[tuple[int, frozenset[str], str | None]] = field(default_factory=list)
    """Of each sentence: its runs, the topics that it quotes, the paper under whose title it stands."""
    holders: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))

    def repeats(self, text: str, topics: frozenset[str], under: str | None) -> bool:
        """Whether an earlier sentence says the same; now this one is among them.

        Numbers about different topics are not the same, however alike in form, and neither is what stands under the
        titles of different papers.
        """
        runs = _shingles(text)
        shared = Counter(holder for run in runs for holder in self.holders.get(run, ()))
        found = any(
            self.contents[other][1:] == (topics, under)
            and common >= ALIKE * max(1, min(len(runs), self.contents[other][0]))
            for other, common in shared.items()
        )
        for run in runs:
            self.holders[run].append(len(self.contents))
        self.contents.append((len(runs), topics, under))
        return found


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+(?:[.,]\d+)*", text.lower())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
