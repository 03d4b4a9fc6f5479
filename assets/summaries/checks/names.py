"""Names and acronyms of a text, and whether the paper holds them in some form."""

from __future__ import annotations

import re

NAME = re.compile(r"(?<![A-Za-z0-9.])\d?[A-Za-z][A-Za-z0-9]*(?:[-–.‑][A-Za-z0-9]+)*")
CAPITALS = re.compile(r"[A-Z]")
SQUEEZED = re.compile(r"[^a-z0-9]+")
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
    for match in NAME.finditer(text):
        word = match[0]
        if len(CAPITALS.findall(word)) > 1 and "\\" not in text[max(0, match.start() - 1) : match.start()]:
            found[word] = None
    return list(found)


def squeezed(text: str) -> str:
    """Lower-case letters and digits only."""
    return SQUEEZED.sub("", text.lower())


def initials(text: str) -> str:
    """The first letters of all words in a row, those behind hyphens included."""
    return "".join(word[0] for word in WORD_PARTS.findall(text.lower()))


class KnownNames:
    """What a paper's text offers for its names."""

    def __init__(self, text: str) -> None:
        self.squeezed = squeezed(text)
        self.words = frozenset(WORD_PARTS.findall(text.lower()))
        self.initials = initials(text)

    def holds(self, name: str) -> bool:
        """Whether the paper has the name, a form of it, or the words that it is short for."""
        whole = squeezed(name)
        if self._holds(whole) or (len(whole) > 2 and whole.endswith("s") and self._holds(whole[:-1])):
            return True
        parts = [part for part in re.split(r"[-–.‑]", name) if part]
        return len(parts) > 1 and all(part.islower() or part.isdigit() or self._holds(squeezed(part)) for part in parts)

    def _holds(self, name: str) -> bool:
        if name in COMMONPLACE or name in self.words:
            return True
        if len(name) > SHORT and name in self.squeezed:
            return True
        return name.isalpha() and len(name) > 1 and name in self.initials


def unknown_names(text: str, known: KnownNames) -> list[str]:
    """The names of the text that the paper does not hold."""
    return [name for name in names_of(text) if not known.holds(name)]
