"""The embedded summarizer: a summary from the abstract's own sentences, without a key, a network or a download.

Each field gets the sentence that says it best, retold in the third person; no sentence serves two fields, and a field
of which the abstract says nothing stays empty with the reason "not stated". The same input gives the same output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from math import exp, log

from assets.summaries.checks import repeats
from assets.summaries.clauses import brief
from assets.summaries.fields import REQUIRED_FIELDS, TEXT_FIELDS, not_stated_reason
from assets.summaries.keywords import keywords
from assets.summaries.reading import Reading
from assets.summaries.roles import BACKGROUND, METHOD, OBJECTIVE, RESULT
from assets.summaries.sentences import split, tidy
from assets.summaries.statements import Sentence, finest, halved, labelled, passes, shortened, statement_count, told
from assets.summaries.voice import standing_alone, with_full_stop

MODEL_NAME = "embedded"
RULES_VERSION = "extractive-5"

CONCLUSION_CUES = 1.2
PRACTICAL_CUES = 1.2
AVAILABILITY_CUES = 0.8
"""Sums of cue weights from which a sentence states the field."""
OWN_WORK_COST = 1.5
"""What a sentence in the first person loses as motivation."""
BACKGROUND_COST = 2.0
"""What a sentence of background loses as method or result."""
POINTING_COST = 0.8
"""What a sentence loses that points back to another one."""
LEANING_COST, FIGURE_LEANING_COST, HEADLINE_LEANING_COST, END_LEANING_COST = 0.8, 0.4, 0.2, 0.1
"""What a sentence loses more whose subject is in another one ("They …"): as method or result, as result with a figure,
as TL;DR, and as conclusion or use."""
FINDING_COST = 1.6
"""What a sentence loses as method that opens by what came out ("We show …", "The results …")."""
ANNOUNCING_COST = 1.0
"""What a sentence loses as result or conclusion that only says what the paper talks of ("We discuss …")."""
MOTIVATION_LEANING_COST = 1.7
"""What a motivation loses more whose subject is in another sentence ("They …"): none stands before it in a summary."""
LATE_MOTIVATION = 0.7
"""Sum of cue weights from which a sentence behind the first one of the paper's own states the motivation."""
EARLY_COST = 0.4
"""What a sentence loses as motivation that was not read as background."""
GAP_SENTENCES, GAP_CUES = 3, 1.0
"""Sentences behind the first one of the paper's own among which one may tell a gap, and the cues that it needs."""
HEADLINE_POINTING_COST = 1.0
"""The same of a TL;DR, less where the pointer stands inside the sentence, where an article can replace it."""
HEADLINE_OTHERS_COST, HEADLINE_BACKGROUND_COST, HEADLINE_PROBLEM_COST, PROBLEM_CUES = 0.3, 1.5, 0.8, 0.8
HEADLINE_EARLY_COST = 0.6
"""What a sentence loses as TL;DR that says nothing of the paper, and what it loses more where it tells background or,
by cues of this sum, a problem, or stands before all sentences of the paper's own."""
OWN_WORK_GAIN = 0.6
"""What a sentence about the paper itself gains as method or result."""
LABEL_GAIN = 3.0
"""What a label ("Methods:") gives a sentence for its field, and takes from it for another."""
PROBLEM_AS_USE_COST = 0.5
"""What a sentence loses as practical use for each point of its cues of a problem or a method."""
AVAILABILITY_COST = 5.0
FIGURE = re.compile(r"\d ?(?:\\?%|x\b|times\b|\$)|\d\.\d")
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
    texts = _choose(sentences, title, abstract)
    empty = [field for field in TEXT_FIELDS if field not in texts]
    return Extract(
        **{field: texts.get(field) for field in TEXT_FIELDS},
        keywords=keywords(title, abstract),
        reason=not_stated_reason(empty),
    )


def _choose(sentences: list[Sentence], title: str, abstract: str) -> dict[str, str]:
    chooser = _Chooser(sentences, title, abstract, {})
    texts = chooser.choose()
    if chooser.wanting and (more := halved(sentences, chooser.reading.roles)):
        # What the paper did stands in too few sentences: one that says two things is told as two.
        finer = _Chooser(more, title, abstract, chooser.told)
        found = finer.choose()
        if len(finer.wanting) < len(chooser.wanting):
            texts = found
    if all(field in texts for field in REQUIRED_FIELDS):
        return texts
    sentences = finest(sentences, chooser.reading.prior, title, abstract)
    texts = _Chooser(sentences, title, abstract, chooser.told).choose()
    if any(field not in texts for field in REQUIRED_FIELDS):
        # A shortened TL;DR may say so little that every other sentence repeats it.
        texts = _Chooser(sentences, title, abstract, chooser.told, shorten=False).choose()
    if (lacking := _lacking(texts)) and len(REQUIRED_FIELDS) - lacking < statement_count(
        title, abstract, background=False
    ):
        # The abstract offers more than that: what stood before the paper stands in, as the best that is left.
        fuller = _Chooser(sentences, title, abstract, chooser.told, prior=True).choose()
        texts = fuller if _lacking(fuller) < lacking else texts
    if "tldr" not in texts and abstract:
        texts["tldr"] = shortened(with_full_stop(abstract))
    return texts


def _lacking(texts: dict[str, str]) -> int:
    return sum(field not in texts for field in REQUIRED_FIELDS)


class _Chooser:
    """Gives each field a sentence of one abstract; a sentence that was given is gone."""

    def __init__(
        self,
        sentences: list[Sentence],
        title: str,
        abstract: str,
        known: dict[tuple[str, bool], str | None],
        shorten: bool = True,
        prior: bool = False,
    ) -> None:
        """`known` holds what sentences are told as, and is filled. With `prior`, what stood before counts, too."""
        self.prior = prior
        self.sentences = sentences
        self.title = title
        self.abstract = abstract
        self.shorten = shorten
        self.reading = Reading(sentences, title)
        self.told = known
        self.left = list(range(len(sentences)))
        self.texts: dict[str, str] = {}
        self.wanting: list[str] = []
        """Required fields that are empty or had to take a sentence of background."""

    def choose(self) -> dict[str, str]:
        """Field → text, for the fields that the abstract states."""
        self._give("tldr", {index: self._headline(index) for index in self.left})
        if not self.texts:
            return {}
        self._required()
        self._give("motivation", {index: self._motivation(index) for index in self.left}, above=0.0)
        self._give("conclusion", {index: self._conclusion(index) for index in self.left}, above=CONCLUSION_CUES)
        self._practical()
        return self.texts

    def _required(self) -> None:
        """Method and result get the two sentences that fit them best together."""
        # What stood before the paper is neither: rather than by that, a field stays empty.
        candidates = [index for index in self.left if self.prior or not self.reading.prior[index]]
        method = {index: self._method(index) for index in candidates}
        result = {index: self._result(index) for index in candidates}
        first = max(method, key=lambda index: (method[index], -index), default=None)
        second = max(result, key=lambda index: (result[index], -index), default=None)
        if first is not None and first == second:
            pairs = [(method[m] + result[r], -m, -r) for m, r in product(method, result) if m != r]
            if pairs:
                _, m, r = max(pairs)
                first, second = -m, -r
            elif method[first] >= result[first]:
                second = None
            else:
                first = None
        if first is not None:
            self._give("method", {index: score for index, score in method.items() if index != second})
        self._give("result", {index: score for index, score in result.items() if index in self.left})
        self.wanting += [field for field in ("method", "result") if field not in self.texts]

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
            if field in REQUIRED_FIELDS and self._is_background(index):
                self.wanting.append(field)
            return

    def _tell(self, index: int) -> str | None:
        key = (self.sentences[index].text, self.reading.roles[index] == BACKGROUND)
        if key not in self.told:
            self.told[key] = told(key[0], self.title, self.abstract, key[1])
        return self.told[key]

    def _brief(self, text: str) -> str:
        shorter = standing_alone(brief(text, TLDR_WORDS, TLDR_FEWEST_WORDS))
        return shorter if shorter != text and passes(shorter, self.title, self.abstract) else text

    def _is_background(self, index: int) -> bool:
        reading = self.reading
        return reading.roles[index] == BACKGROUND and not reading.own[index] and self.sentences[index].label is None

    def _available(self, index: int) -> bool:
        return self.reading.availability[index] >= AVAILABILITY_CUES

    def _label(self, index: int, *labels: str) -> float:
        label = self.sentences[index].label
        return 0.0 if label is None else LABEL_GAIN if label in labels else -LABEL_GAIN

    def _headline(self, index: int) -> float:
        score = self.reading.headline[index] - HEADLINE_POINTING_COST * self.reading.pointing[index] ** 2
        if not self.reading.own[index]:
            score -= HEADLINE_OTHERS_COST
            score -= HEADLINE_BACKGROUND_COST * (
                self._is_background(index) or self.sentences[index].label == "background"
            )
            score -= HEADLINE_PROBLEM_COST * (self.reading.motivation[index] >= PROBLEM_CUES)
            score -= HEADLINE_EARLY_COST * (index < self.reading.first_own < len(self.sentences))
        return score - HEADLINE_LEANING_COST * self.reading.leaning[index] - AVAILABILITY_COST * self._available(index)

    def _method(self, index: int) -> float:
        reading = self.reading
        scores = reading.scores[index]
        score = log(exp(scores[METHOD]) + 0.6 * exp(scores[OBJECTIVE])) + reading.method[index]
        score -= 0.5 * reading.conclusion[index] + POINTING_COST * reading.pointing[index]
        score += OWN_WORK_GAIN * reading.own[index] - BACKGROUND_COST * self._is_background(index)
        score -= LEANING_COST * reading.leaning[index] + FINDING_COST * reading.finding[index]
        if self.sentences[index].label == "objective":
            return score
        return score + self._label(index, "method") - AVAILABILITY_COST * self._available(index)

    def _result(self, index: int) -> float:
        reading = self.reading
        score = reading.scores[index][RESULT] + reading.result[index] + 0.8 * (reading.roles[index] == RESULT)
        score -= 0.3 * reading.conclusion[index] + BACKGROUND_COST * self._is_background(index)
        score += OWN_WORK_GAIN * reading.own[index] - 0.5 * POINTING_COST * reading.pointing[index]
        if reading.leaning[index]:
            score -= FIGURE_LEANING_COST if FIGURE.search(self.sentences[index].text) else LEANING_COST
        score -= ANNOUNCING_COST * reading.announcing[index]
        return score + self._label(index, "result", "conclusion") - AVAILABILITY_COST * self._available(index)

    def _motivation(self, index: int) -> float:
        reading = self.reading
        cost = 0.0
        if self._label(index, "background", "objective") <= 0:
            late = index > reading.first_own
            if reading.roles[index] != BACKGROUND:
                if reading.own[index] or reading.roles[index] == RESULT or (late and not self._is_gap(index)):
                    return -1.0
                cost = EARLY_COST
            elif late and reading.motivation[index] < LATE_MOTIVATION:
                return -1.0
        score = 0.5 + min(reading.motivation[index], 3.0) - 0.1 * index - cost
        score -= POINTING_COST * reading.pointing[index] + MOTIVATION_LEANING_COST * (reading.pointing[index] == 1.0)
        score -= OWN_WORK_COST * reading.own[index]
        return score + self._label(index, "background")

    def _is_gap(self, index: int) -> bool:
        """Whether a sentence soon behind the first one of the paper's own says what others lack."""
        reading = self.reading
        near = index <= reading.first_own + GAP_SENTENCES
        return near and reading.motivation[index] >= GAP_CUES and reading.result[index] <= 0.2

    def _conclusion(self, index: int) -> float:
        if self.reading.roles[index] == BACKGROUND and self._label(index, "conclusion") <= 0:
            return -1.0
        place = index / max(len(self.sentences) - 1, 1)
        score = self.reading.conclusion[index] + place - 0.5
        score -= END_LEANING_COST * self.reading.leaning[index] + ANNOUNCING_COST * self.reading.announcing[index]
        return score + self._label(index, "conclusion") - AVAILABILITY_COST * self._available(index)

    def _practical(self) -> None:
        """What one can do with it, and where it is to be had."""
        reading = self.reading
        use = {
            index: reading.practical[index]
            - PROBLEM_AS_USE_COST * (max(reading.method[index], 0.0) + max(reading.motivation[index], 0.0))
            + 0.3 * index / len(self.sentences)
            - END_LEANING_COST * reading.leaning[index]
            for index in self.left
            if not self._is_background(index) and not self._available(index)
        }
        self._give("practical", use, above=PRACTICAL_CUES)
        available = {index: self.reading.availability[index] for index in self.left if self._available(index)}
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
