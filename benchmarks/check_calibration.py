"""How well the checks of texts find what is wrong with summaries that were really published.

    python -m benchmarks.check_calibration [--data ../shared/data] [--half 0]

The file summaries_in_the_wild.jsonl.zst holds summaries with the defects that a labeller of regular expressions found.
Thresholds were tuned on one half of the papers (by the hash of their ids, `--half 0`); printed by default is the
other half. Three tables: labels and kinds, false alarms on summaries without a label, and faults that are put into good
texts by a seeded generator (numbers, units, names, topics, languages).

Where labeller and checks disagree, rules decide who is right (`label_stands` and `finding_stands`), so that the raw
figures and the adjudicated ones can both be had again. They were written after reading disagreements by eye.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

from assets.papers.tex import to_text
from assets.summaries.checks import KINDS, Finding, check_summary, check_text
from assets.summaries.checks.names import names_of
from assets.summaries.checks.quantities import QUANTITY, UNIT_OF
from assets.summaries.numbers import NUMBER

DATA = Path(__file__).parents[2] / "shared" / "data"
FILE = "summaries_in_the_wild.jsonl.zst"

ANSWERS = {
    "placeholder_failed": "placeholder failure_text not_stated api_error moderation_block",
    "not_stated": "not_stated placeholder failure_text",
    "no_final_punct": "no_final_punctuation truncated placeholder failure_text not_stated schema_echo",
    "schema_echo": "schema_echo placeholder",
    "wrong_language": "wrong_language failure_text not_stated placeholder",
    "control_char": "control_characters eaten_tex",
    "replacement_char": "control_characters",
    "error_message": "api_error failure_text",
    "latex_escape_eaten": "eaten_tex control_characters",
    "latex_dollar_odd": "unbalanced_math control_characters eaten_tex",
    "brace_unbalanced": "unbalanced_math schema_echo orphan_tex",
    "copied_from_abstract": "copied",
    "markdown_inside": "markdown line_breaks",
    "label_leak": "label_leak",
    "tag_leak": "prompt_leak template_slot markdown",
    "empty": "empty",
    "too_short": "too_short placeholder",
    "too_long": "too_long",
    "looks_truncated": "truncated schema_echo",
    "stray_cjk": "mixed_languages wrong_language",
    "kana": "mixed_languages",
    "literal_escape": "literal_escape",
    "literal_backslash_n": "literal_escape",
    "moderation_block": "moderation_block",
    "repeat_loop": "repetition",
    "json_or_fence_leak": "schema_echo",
}
"""Label → the kinds that say the same."""
UNLABELLED = ("invented_number", "changed_unit", "turned_claim", "unknown_name", "off_topic", "overlap", "orphan_tex")
"""Kinds that the labeller does not know."""


@dataclass(frozen=True)
class Text:
    """A published field with its paper, its labels and what the checks find."""

    field: str
    text: str
    language: str
    title: str
    abstract: str
    labels: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds found."""
        return frozenset(finding.kind for finding in self.findings)


@dataclass(frozen=True)
class Row:
    """A published summary."""

    paper: str
    language: str
    title: str
    abstract: str
    texts: tuple[Text, ...]
    labelled: bool


def rows(path: Path, half: int) -> Iterator[Row]:
    """The summaries of one half of the papers."""
    with zstandard.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if int(hashlib.sha256(record["id"].encode()).hexdigest(), 16) % 2 != half:
                continue
            title, abstract, language = to_text(record["title"]), to_text(record["abstract"]), record["language"]
            told = {field: text for field, text in record["summary"].items() if text is not None}
            found = check_summary(told, title=title, abstract=abstract, language=language, extractive=False)
            texts = tuple(
                Text(
                    field, text, language, title, abstract, frozenset(record["defects"].get(field, ())) - {"null"},
                    tuple(finding for finding in found if finding.field == field),
                )
                for field, text in told.items()
            )  # fmt: skip
            yield Row(record["id"], language, title, abstract, texts, bool(record["defects"]))


AMOUNT = re.compile(r"\$\s?\d")
TAG = re.compile(r"</?([A-Za-z][\w ]*)/?>")
SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]}」』$*]*$")
COMMAND = re.compile(r"\\[A-Za-z\"'`^~=.]|(?:rac|extbf|imes|heta|athcal|athbb)\{")


def label_stands(label: str, text: Text) -> bool:
    """Whether a label that the checks don't share is right: the rules by which the labeller is judged.

    - An odd dollar is none where every dollar that opens nothing stands before an amount of money.
    - A tag is none where it is a comparison or a pair of angle brackets in mathematics, or where the abstract has it.
    - "\\n" is no line break where the abstract has it as a macro.
    - A text that ends in "0.9159…" is not cut off: the dots stand for more digits.
    - A text is copied where more than half of its eight-word runs are the abstract's; less is quotation.
    """
    if label == "latex_dollar_odd":
        return len(AMOUNT.findall(text.text)) < text.text.count("$") % 2
    if label == "tag_leak":
        names = TAG.findall(text.text)
        return any(name.lower() not in f"{text.title} {text.abstract}".lower() for name in names) and not text.kinds
    if label == "literal_backslash_n":
        return "\\n" not in text.abstract
    if label == "looks_truncated":
        return not re.search(r"\d(?:\.\.\.|…)$", text.text)
    return label != "copied_from_abstract"


def finding_stands(kind: str, text: Text) -> bool:
    """Whether a finding that no label shares is right.

    Where the kind is a matter of counting or of characters, the count decides: length, final punctuation, a TeX command
    outside dollars, a digit string or a name that the paper does not hold. For the others, the finding is held to be a
    false alarm unless the labeller found something else wrong with the text.
    """
    paper = f"{text.title} {text.abstract}"
    if kind == "invented_number":
        reason = next(finding.reason for finding in text.findings if finding.kind == kind)
        digits = re.findall(r"\d+", reason)
        return any(number not in re.sub(r"[,\s]", "", paper) for number in digits)
    if kind == "unknown_name":
        reason = next(finding.reason for finding in text.findings if finding.kind == kind)
        return all(name.lower() not in paper.lower() for name in names_of(reason))
    if kind in ("no_final_punctuation", "truncated"):
        return not SENTENCE_END.search(text.text.strip())
    if kind == "orphan_tex":
        return bool(COMMAND.search(re.sub(r"\$[^$]*\$", "", text.text)))
    if kind in ("too_long", "too_short", "copied", "line_breaks", "overlap"):
        return True
    return bool(text.labels)


def agreement(texts: Sequence[Text]) -> None:
    """Prints labels and kinds against each other, raw and adjudicated."""
    says = {label: frozenset(kinds.split()) for label, kinds in ANSWERS.items()}
    print(
        f"\n{len(texts)} texts; recall per label\n"
        f"  {'label':22} {'labels':>6} {'found':>6} {'recall':>7} {'adjudicated':>12}"
    )
    for label, kinds in says.items():
        labelled = [text for text in texts if label in text.labels]
        found = [text for text in labelled if text.kinds & kinds]
        right = len(found) + sum(label_stands(label, text) for text in labelled if not text.kinds & kinds)
        shares = f"{_share(len(found), len(labelled))} {_share(len(found), right):>12}"
        print(f"  {label:22} {len(labelled):6} {len(found):6} {shares}")
    print(
        f"\nprecision per kind\n  {'kind':22} {'found':>6} {'errors':>7} {'labelled':>9} {'raw':>7} {'adjudicated':>12}"
    )
    for kind in KINDS:
        confirming = {label for label, kinds in says.items() if kind in kinds}
        found = [text for text in texts if kind in text.kinds]
        if not found:
            continue
        errors = sum(f.kind == kind and f.severity == "error" for text in found for f in text.findings)
        confirmed = [text for text in found if text.labels & confirming]
        standing = len(confirmed) + sum(finding_stands(kind, text) for text in found if not text.labels & confirming)
        raw = "      –" if kind in UNLABELLED else _share(len(confirmed), len(found))
        print(f"  {kind:22} {len(found):6} {errors:7} {len(confirmed):9} {raw} {_share(standing, len(found)):>12}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:7.1%}" if whole else "      –"


def false_alarms(all_rows: Sequence[Row]) -> None:
    """Prints which findings summaries without any label get."""
    clean = [row for row in all_rows if not row.labelled]
    texts = [text for row in clean for text in row.texts]
    by_kind: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for text in texts:
        for finding in text.findings:
            by_kind[f"{finding.kind} ({finding.severity})"] += 1
            wrong[f"{finding.kind} ({finding.severity})"] += not finding_stands(finding.kind, text)
    with_error = sum(any(f.severity == "error" for text in row.texts for f in text.findings) for row in clean)
    alone = sum(
        any(f.severity == "error" and f.kind != "overlap" for text in row.texts for f in text.findings) for row in clean
    )
    print(
        f"\n{len(clean)} summaries without a label, {len(texts)} texts: {with_error} with an error,"
        f" {alone} with one other than overlap"
    )
    for name, count in by_kind.most_common():
        print(f"  {name:32} {count:5} {count / len(texts):7.2%}  false by the rules {wrong[name]:4}")


Change = Callable[[Text, random.Random], str | None]


def other_number(text: Text, rng: random.Random) -> str | None:
    """The text with one number changed to one that the paper does not hold."""
    places = [match for match in NUMBER.finditer(text.text) if match["digits"].isdecimal() and len(match["digits"]) > 1]
    places += [match for match in NUMBER.finditer(text.text) if "." in match["digits"]]
    if not places:
        return None
    match = rng.choice(places)
    digits = match["digits"]
    for _ in range(20):
        new = "".join(rng.choice("123456789") if mark.isdecimal() else mark for mark in digits)
        if new != digits and new not in f"{text.title} {text.abstract}":
            start = match.start("digits")
            return text.text[:start] + new + text.text[start + len(digits) :]
    return None


SWAPS = {
    "%": " ms", "percent": "seconds", "ms": "s", "milliseconds": "seconds", "seconds": "minutes", "s": "ms",
    "minutes": "hours", "hours": "minutes", "days": "weeks", "months": "years", "years": "months", "GB": "MB",
    "MB": "GB", "million": "billion", "billion": "million", "M": "B", "B": "M", "k": "M", "K": "M", "x": "%", "×": "%",
    "km": "m", "GeV": "MeV", "MeV": "GeV", "GHz": "MHz", "nm": "mm",
}  # fmt: skip
"""What a unit is exchanged for."""


def other_unit(text: Text, rng: random.Random) -> str | None:
    """The text with one unit exchanged."""
    places = [
        (match, name)
        for match in QUANTITY.finditer(text.text)
        for name in ("latin", "other")
        if match[name] in UNIT_OF and match[name] in SWAPS
    ]
    if not places:
        return None
    match, name = rng.choice(places)
    return text.text[: match.start(name)] + SWAPS[match[name]] + text.text[match.end(name) :]


def other_name(text: Text, rng: random.Random, names: Sequence[str]) -> str | None:
    """The text with one name exchanged for another paper's."""
    own = names_of(text.text)
    if not own:
        return None
    return text.text.replace(rng.choice(own), rng.choice(names), 1)


def faults_put_in(all_rows: Sequence[Row], seed: int = 0) -> None:
    """Prints how many seeded faults in good texts are found."""
    good = [
        text
        for row in all_rows
        for text in row.texts
        if not text.labels and not any(finding.severity == "error" for finding in text.findings)
    ]
    names = sorted({name for text in good for name in names_of(text.abstract) if len(name) > 3})
    changes: Mapping[str, tuple[Change, frozenset[str]]] = {
        "another number": (other_number, frozenset(("invented_number",))),
        "another unit": (other_unit, frozenset(("changed_unit", "invented_number"))),
        "another name": (lambda text, rng: other_name(text, rng, names), frozenset(("unknown_name",))),
    }
    print(
        f"\nfaults put into {len(good)} good texts (seed {seed})\n"
        f"  {'fault':22} {'texts':>6} {'found':>6} {'recall':>7}"
    )
    for name, (change, kinds) in changes.items():
        rng = random.Random(seed)
        tried = found = 0
        for text in good:
            changed = change(text, rng)
            if changed is None or changed == text.text:
                continue
            tried += 1
            found += not kinds.isdisjoint(finding.kind for finding in _checked(text, changed, text.language))
        print(f"  {name:22} {tried:6} {found:6} {_share(found, tried)}")
    _languages(good)
    _topics(all_rows, random.Random(seed))


def _checked(text: Text, told: str, language: str) -> list[Finding]:
    return check_text(text.field, told, title=text.title, abstract=text.abstract, language=language, extractive=False)


def _languages(good: Sequence[Text]) -> None:
    for asked in ("en", "zh", "de", "fr", "ja"):
        others = [text for text in good if text.language != asked]
        found = sum(
            any(finding.kind == "wrong_language" for finding in _checked(text, text.text, asked)) for text in others
        )
        print(f"  {f'asked for in {asked}':22} {len(others):6} {found:6} {_share(found, len(others))}")


def _topics(all_rows: Sequence[Row], rng: random.Random) -> None:
    english = [row for row in all_rows if row.language == "en" and not row.labelled]
    found = tried = alarms = 0
    for row in english:
        told = {text.field: text.text for text in row.texts}
        other = rng.choice(english)
        for paper in (row, other):
            findings = check_summary(told, title=paper.title, abstract=paper.abstract, language="en", extractive=False)
            off = any(finding.kind == "off_topic" for finding in findings)
            if paper is row:
                alarms += off
            elif paper.paper != row.paper:
                tried += 1
                found += off
    print(
        f"  {'another paper':22} {tried:6} {found:6} {_share(found, tried)}"
        f"  ({alarms} alarms on the {len(english)} of the same paper)"
    )


def main() -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(description="Precision and recall of the checks of texts.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    arguments, _ = parser.parse_known_args()
    path = arguments.data / FILE
    if not path.is_file():
        sys.exit(f"{path} is missing: give a folder with {FILE} by --data.")
    found = list(rows(path, arguments.half))
    print(f"half {arguments.half}: {len(found)} summaries")
    agreement([text for row in found for text in row.texts])
    false_alarms(found)
    faults_put_in(found)


if __name__ == "__main__":
    main()
