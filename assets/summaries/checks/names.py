"""Names and acronyms of a text, and whether the paper holds them in some form."""

from __future__ import annotations

import re

NAME = re.compile(r"(?<![A-Za-z0-9.])\d?[A-Za-z][A-Za-z0-9]*(?:[-–.‑][A-Za-z0-9]+)*")
CAPITALS = re.compile(r"[A-Z]")
WORD_PARTS = re.compile(r"[a-z0-9]+")
SHORT = 3
"""Letters up to which a name must be a word of the paper: in the middle of others it stands everywhere."""
_COMMONPLACE = """
    ai ml nlp llm llms gpu gpus cpu cpus sota 2d 3d usa uk eu us ood iid cnn rnn api apis html json url pdf phd pde
    pdes ode odes svm pca mlp gan gans rl qa dna rna
"""
COMMONPLACE = frozenset(_COMMONPLACE.split())
"""What a reader may be told in short whatever the abstract calls it."""


def names_of(text: str) -> list[str]:
    """The names of a text: words with two capitals or more ("BERT", "GPT-4", "LoRA"), each once, in order."""
    found: dict[str, None] = {}
    for piece in text.split():
        if piece.islower() or "\\" in piece or len(CAPITALS.findall(piece)) < 2:
            continue
        for word in NAME.findall(piece):
            if len(CAPITALS.findall(word)) > 1:
                found[word] = None
    return list(found)


class KnownNames:
    """What a paper's text, in lower case, offers for its names."""

    def __init__(self, lower: str) -> None:
        words = WORD_PARTS.findall(lower)
        self.words = frozenset(words)
        self.squeezed = "".join(words)
        self.initials = "".join([word[0] for word in words])

    def holds(self, name: str) -> bool:
        """Whether the paper has the name, a form of it, or the words that it is short for."""
        whole = _squeezed(name)
        if self._holds(whole) or (len(whole) > 2 and whole.endswith("s") and self._holds(whole[:-1])):
            return True
        parts = [part for part in re.split(r"[-–.‑]", name) if part]
        # Of a compound ("BEV-localized") the names in it must be known.
        return len(parts) > 1 and all(not CAPITALS.search(part) or self._holds(_squeezed(part)) for part in parts)

    def _holds(self, name: str) -> bool:
        if name in COMMONPLACE or name in self.words:
            return True
        if len(name) > SHORT and name in self.squeezed:
            return True
        return name.isalpha() and len(name) > 1 and name in self.initials


def _squeezed(name: str) -> str:
    """Lower-case letters and digits only."""
    return "".join(WORD_PARTS.findall(name.lower()))


def unknown_names(text: str, known: KnownNames) -> list[str]:
    """The names of the text that the paper does not hold."""
    return [name for name in names_of(text) if not known.holds(name)]
