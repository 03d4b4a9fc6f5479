"""Which sentences of an abstract tell of the paper itself, and how the others stand to the first of them.

"We show", "our method" and "this paper" speak of the paper; "our Galaxy", "the US" and "in an earlier paper, we" do
not. Before the first such sentence stands, in abstracts of every field, what others know and did.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries.voice import GENERIC_OUR

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

KINDS = "paper|work|article|study|note|letter|survey|thesis|report|research|review|chapter|manuscript|tutorial|essay"
OWN_WORK = re.compile(
    rf"\b(?:[Tt]h(?:is|e present)|[Tt]he current) (?:\w+ )?(?i:{KINDS})\b|\bThe (?:paper|article|thesis)\b"
)
"""What a paper calls itself."""
PAPER_WORDS = frozenset(KINDS.split("|"))
AMBIGUOUS = frozenset({"us", "i", "my"})
"""Words that, in lower case, may be "US", "i.e." or "Part I"."""
SINGULAR = re.compile(
    r"(?:^|[,;:.] |\b(?:that|and|which|[Hh]ere|then|paper|where|but|if|as|how|because) )I (?=[a-z])|\b[Mm]y (?=[a-z])"
    r"|\bus\b"
)
OUR_WORK = re.compile(
    r"\b[Oo]ur (?:[\w-]+ ){0,3}?(?:paper|work|study|method|approach|model|framework|algorithm|technique|system|result"
    r"|finding|analys[ei]s|theory|theorem|proof|construction|contribution|experiment|evaluation|simulation|measurement"
    r"|observation|data|dataset|sample|survey|code|benchmark|solution|strategy|aim|goal|objective|focus|scheme|protocol"
    r"|formulation|calculation|investigation|architecture|implementation|procedure|pipeline|tool|bound|estimate)s?\b"
)
"""What is the authors' own and not everybody's ("our entry into an era")."""
THEIRS = re.compile(r"\b[Oo]ur\b(?! knowledge)")
EARLIER = re.compile(
    r"(?:Recently, we|(?:In|Building on|Extending|Following|Continuing) (?:an?|our|my|the)? ?"
    r"(?:recent |previous |earlier |prior |companion |preceding |other )+"
    r"(?:papers?|works?|articles?|study|studies|publication|letter)\b(?: \[[^\]]*\])?,? (?:we|I)\b"
    r"|(?:We|I) (?:have )?(?:recently|previously)\b)"
)
"""How a sentence begins that tells of another paper of the same authors."""
FURTHEST = 3
"""Sentences before or behind the first one of its own that are told apart."""


def own_sentences(sentences: Sequence[str], words: Sequence[Collection[str]]) -> list[bool]:
    """For each sentence of an abstract, of these lower-case words, whether it tells of the paper itself.

    It does in the first person and where it speaks of "this paper". "Our" alone is the authors' own when they have
    spoken of themselves before; until then it may be everybody's.
    """
    own: list[bool] = []
    begun = False
    for sentence, used in zip(sentences, words, strict=True):
        told = _tells_of_itself(sentence, used, begun)
        begun = begun or told
        own.append(told)
    return own


def _tells_of_itself(sentence: str, words: Collection[str], begun: bool) -> bool:
    if "we" in words:
        return not EARLIER.match(sentence)
    if "our" in words and (
        THEIRS.search(GENERIC_OUR.sub("", sentence)) is not None if begun else OUR_WORK.search(sentence) is not None
    ):
        return True
    if not AMBIGUOUS.isdisjoint(words) and SINGULAR.search(sentence):
        return True
    return not PAPER_WORDS.isdisjoint(words) and bool(OWN_WORK.search(sentence))


def standings(own: Sequence[bool]) -> list[str]:
    """For each sentence the name of the feature that says how it stands to the sentences of the paper's own.

    `own` says which those are. "#before 2": the first of them is two sentences on; "#own 1": it is the second of them;
    "#behind 1": one of them came before, and it is none itself; "#never": there are none.
    """
    if True not in own:
        return ["#never"] * len(own)
    first = own.index(True)
    names: list[str] = []
    before = 0
    for index, told in enumerate(own):
        if index < first:
            names.append(f"#before {min(first - index, FURTHEST)}")
        elif told:
            names.append(f"#own {min(before, FURTHEST)}")
            before += 1
        else:
            names.append(f"#behind {min(before, FURTHEST)}")
    return names
