"""The embedded summarizer: a summary from the abstract's own sentences, without a key, a network or a download.

Each field gets the sentence that says it best, retold in the third person; no sentence serves two fields, and a field
of which the abstract says nothing stays empty with the reason "not stated". The same input gives the same output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assets.summaries.checks import repeats
from assets.summaries.clauses import brief
from assets.summaries.cues import cue_scores
from assets.summaries.fields import REQUIRED_FIELDS, TEXT_FIELDS, not_stated_reason
from assets.summaries.headline import headline_features, headline_scores, headline_weights
from assets.summaries.keywords import keywords
from assets.summaries.roles import ROLES, likeliest, role_model, role_scores, words
from assets.summaries.sentences import split, tidy
from assets.summaries.statements import Sentence, few_statements, labelled, passes, shortened, told
from assets.summaries.voice import with_full_stop

MODEL_NAME = "embedded"
RULES_VERSION = "extractive-1"

BACKGROUND, OBJECTIVE, METHOD, RESULT, OTHER = range(len(ROLES))

MOTIVATION_CUES = 0.3
CONCLUSION_CUES = 1.2
PRACTICAL_CUES = 1.0
AVAILABILITY_CUES = 0.8
"""Sums of cue weights from which a sentence states the field."""
BACKGROUND_TLDR = 0.3
"""What a sentence of background loses as TL;DR."""
OWN_WORK_COST = 1.5
"""What a sentence in the first person loses as motivation."""
DANGLING_COST = 0.4
"""What a sentence loses whose subject stands in the sentence before it."""
DANGLING = re.compile(
    r"(?:[A-Z][a-z]+, )?(?:This|These|It|They|Such|That|Those|Another|Both|Here|There|One|Its|Their"
    r"|The (?:latter|former|second|other|resulting|first|key|main|proposed))\b"
    r"(?! (?:\w+ )?(?:paper|work|article|study|note|letter|survey|thesis|report|research|review|chapter|manuscript)\b)"
)
TLDR_WORDS, TLDR_FEWEST_WORDS = 34, 12
"""Words from which a TL;DR loses its last subordinate clause, and words that then stay at least."""
PAIR_LENGTH = 420
"""Characters up to which availability is told behind the practical use."""


@dataclass(frozen=True)
class Extract:
    """The fields of a summary; None where the abstract states nothing, which `reason` then says."""

    tldr: str | None
    motivation: str | None
    method: str | None
    result: str | None
    conclusion: str | None
    practical: str | None
    keywords: tuple[str, ...]
    reason: str | None

    def texts(self) -> dict[str, str | None]:
        """Field name → text, in the order of the fields, keywords left out."""
        return {field: getattr(self, field) for field in TEXT_FIELDS}


def summarize(title: str, abstract: str) -> Extract:
    """The extractive summary of a paper, from its title and abstract as plain text with TeX between dollars.

    Never raises for odd text: an abstract without a usable sentence gives a TL;DR of what there is, and an empty
    abstract gives a summary of empty fields.
    """
    title, abstract = tidy(title), tidy(abstract)
    sentences = labelled(split(abstract))
    texts = _Chooser(sentences, title, abstract).choose()
    if any(field not in texts for field in REQUIRED_FIELDS):
        sentences = few_statements(sentences, title, abstract)
        texts = _Chooser(sentences, title, abstract).choose()
    if any(field not in texts for field in REQUIRED_FIELDS):
        # A shortened TL;DR may say so little that every other sentence repeats it.
        texts = _Chooser(sentences, title, abstract, shorten=False).choose()
    if "tldr" not in texts and abstract:
        texts["tldr"] = shortened(with_full_stop(abstract))
    empty = [field for field in TEXT_FIELDS if field not in texts]
    return Extract(
        **{field: texts.get(field) for field in TEXT_FIELDS},
        keywords=keywords(title, abstract),
        reason=not_stated_reason(empty),
    )


class _Chooser:
    """Gives each field a sentence of one abstract; a sentence that was given is gone."""

    def __init__(self, sentences: list[Sentence], title: str, abstract: str, shorten: bool = True) -> None:
        self.sentences = sentences
        self.title = title
        self.abstract = abstract
        self.shorten = shorten
        model = role_model()
        tokens = [words(sentence.text) for sentence in sentences]
        self.scores = role_scores(tokens, model)
        self.roles = likeliest(self.scores, model)
        self.cues = [cue_scores(sentence) for sentence in tokens]
        self.headline = headline_scores(headline_features(tokens, self.scores, words(title)), headline_weights())
        self.own = [not {"we", "our"}.isdisjoint(sentence) for sentence in tokens]
        self.told: dict[int, str | None] = {}
        self.left = list(range(len(sentences)))
        self.texts: dict[str, str] = {}

    def choose(self) -> dict[str, str]:
        """Field → text, for the fields that the abstract states."""
        self._give("tldr", {index: self._headline(index) for index in self.left})
        first = next(iter(self.texts), None)
        if first is None:
            return {}
        self._required()
        self._give("motivation", {index: self._motivation(index) for index in self.left}, above=0.0)
        self._give("conclusion", {index: self._conclusion(index) for index in self.left}, above=CONCLUSION_CUES)
        self._practical()
        return self.texts

    def _required(self) -> None:
        method = {index: self._method(index) for index in self.left}
        result = {index: self._result(index) for index in self.left}
        best_method = max(method, key=lambda index: (method[index], -index), default=None)
        best_result = max(result, key=lambda index: (result[index], -index), default=None)
        if best_method is not None and best_method == best_result:
            # One sentence is best for both: the pair with the highest sum decides.
            pairs = [(method[m] + result[r], -m, -r) for m in method for r in result if m != r]
            if pairs:
                _, m, r = max(pairs)
                best_method, best_result = -m, -r
            elif method[best_method] >= result[best_method]:
                best_result = None
            else:
                best_method = None
        if best_method is not None:
            self._give("method", {index: score for index, score in method.items() if index != best_result})
        self._give("result", {index: score for index, score in result.items() if index in self.left})

    def _give(self, field: str, scores: dict[int, float], above: float | None = None) -> None:
        """Gives the field the best sentence that is left, reads well and does not repeat another field."""
        for index in sorted(scores, key=lambda at: (-scores[at], at)):
            if above is not None and scores[index] < above:
                return
            text = self._tell(index)
            if text is None or any(repeats(text, other) for other in self.texts.values()):
                continue
            self.texts[field] = self._brief(text) if field == "tldr" and self.shorten else text
            self.left.remove(index)
            return

    def _tell(self, index: int) -> str | None:
        if index not in self.told:
            background = self.roles[index] == BACKGROUND
            self.told[index] = told(self.sentences[index].text, self.title, self.abstract, background)
        return self.told[index]

    def _brief(self, text: str) -> str:
        shorter = brief(text, TLDR_WORDS, TLDR_FEWEST_WORDS)
        return shorter if passes(shorter, self.title, self.abstract) else text

    def _available(self, index: int) -> bool:
        return self.cues[index].get("availability", 0.0) >= AVAILABILITY_CUES

    def _dangling(self, index: int) -> float:
        return DANGLING_COST if DANGLING.match(self.sentences[index].text) else 0.0

    def _label(self, index: int, *labels: str) -> float:
        label = self.sentences[index].label
        return 0.0 if label is None else 3.0 if label in labels else -3.0

    def _headline(self, index: int) -> float:
        """Background makes a TL;DR only where the abstract has nothing else to open with."""
        score = self.headline[index] - BACKGROUND_TLDR * (self.roles[index] == BACKGROUND)
        return score - self._dangling(index) - 5 * self._available(index)

    def _method(self, index: int) -> float:
        scores, cues = self.scores[index], self.cues[index]
        score = max(scores[METHOD], scores[OBJECTIVE] - 0.5) + cues.get("method", 0.0)
        score += 0.8 * (self.roles[index] in (METHOD, OBJECTIVE)) - 0.5 * cues.get("conclusion", 0.0)
        score -= self._dangling(index)
        return score + self._label(index, "method", "objective") - 4 * self._available(index)

    def _result(self, index: int) -> float:
        scores, cues = self.scores[index], self.cues[index]
        score = scores[RESULT] + cues.get("result", 0.0) + 0.8 * (self.roles[index] == RESULT)
        score -= 0.3 * cues.get("conclusion", 0.0) + 0.8 * (self.roles[index] == BACKGROUND)
        return score + self._label(index, "result", "conclusion") - 4 * self._available(index)

    def _motivation(self, index: int) -> float:
        if self.roles[index] != BACKGROUND and self._label(index, "background", "objective") <= 0:
            return -1.0
        score = 0.5 + min(self.cues[index].get("motivation", 0.0), 3.0) - 0.1 * index - self._dangling(index)
        return score - OWN_WORK_COST * self.own[index] + self._label(index, "background")

    def _conclusion(self, index: int) -> float:
        if self.roles[index] == BACKGROUND and self._label(index, "conclusion") <= 0:
            return -1.0
        place = index / max(len(self.sentences) - 1, 1)
        score = self.cues[index].get("conclusion", 0.0) + place - 0.5
        return score + self._label(index, "conclusion") - 4 * self._available(index)

    def _practical(self) -> None:
        use = {
            index: self.cues[index].get("practical", 0.0) + 0.3 * index / len(self.sentences)
            for index in self.left
            if self.roles[index] != BACKGROUND and not self._available(index)
        }
        self._give("practical", use, above=PRACTICAL_CUES)
        available = {index: self.cues[index]["availability"] for index in self.left if self._available(index)}
        if "practical" not in self.texts:
            self._give("practical", available)
            return
        for index in sorted(available, key=lambda at: (-available[at], at)):
            text = self._tell(index)
            if text is None:
                continue
            both = f"{self.texts['practical']} {text}"
            others = [other for field, other in self.texts.items() if field != "practical"]
            if len(both) < PAIR_LENGTH and not any(repeats(both, other) for other in others):
                self.texts["practical"] = both
                self.left.remove(index)
                return
