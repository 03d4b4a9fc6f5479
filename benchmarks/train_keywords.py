"""Counts in how many papers words and terms stand and writes assets/summaries/terms.tsv.

    python -m benchmarks.train_keywords ../shared/data/listings/*.jsonl.zst

The files hold arXiv's public metadata (CC0), one paper a line. Kept are words of several papers, terms of two and
three words that stand together far more often than their words would by chance, and the spelling of words that are
written with a capital within sentences: counts, none of the text.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

from assets.summaries.keywords import tokenized, without_formulas, word_key
from assets.summaries.sentences import tidy
from assets.summaries.vocabulary import COMMON, GENERIC
from benchmarks.summarizer_quality import read

TERMS = Path(__file__).parents[1] / "assets" / "summaries" / "terms.tsv"
WORD_PAPERS, NAME_PAPERS, PAIR_PAPERS, TRIPLE_PAPERS = 25, 8, 10, 10
PAIR_COHESION, TRIPLE_COHESION = 0.2, 0.25
"""Normalised pointwise mutual information from which words make a term."""
VERBS = frozenset({
    "propose", "proposes", "show", "shows", "present", "presents", "introduce", "introduces", "achieve", "achieves",
    "demonstrate", "demonstrates", "use", "using", "used", "find", "found", "prove", "proves", "provide",
    "provides", "develop", "develops", "improve", "improves", "address", "addresses", "enable", "enables", "allow",
    "allows", "include", "includes", "require", "requires", "remain", "remains", "become", "becomes", "outperform",
    "outperforms",
})  # fmt: skip
"""Words with which no term begins or ends, though they stand beside the same words often."""
NAME_SHARE = 0.8
"""Share of uses within a sentence that are written with a capital, from which a word is a name."""
OTHERS_SHARE = 0.4
"""Share of the papers of files after the first that is counted, for they hold one field only."""


def main() -> None:
    """Counts and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listings", type=Path, nargs="+", help="the first covers all fields")
    files: list[Path] = parser.parse_args().listings
    papers = 0
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    triples: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    within: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    every = round(1 / OTHERS_SHARE)
    for number, path in enumerate(files):
        for index, row in enumerate(read(path)):
            if number and index % every:
                continue
            papers += 1
            tokens = tokenized(without_formulas(tidy(row["title"] + " . " + row["abstract"])))
            keys = [word_key(token) for token in tokens]
            usable = [
                token[0].isalpha() and key not in COMMON and len(key) > 1
                for token, key in zip(tokens, keys, strict=True)
            ]
            title_end = tokens.index(".") if "." in tokens else 0
            for at in range(title_end + 2, len(tokens)):
                token, key = tokens[at], keys[at]
                if usable[at] and tokens[at - 1] not in ".:!?":
                    within[key] += 1
                    if token[0].isupper():
                        capitals[key] += 1
                        spellings.setdefault(key, Counter())[token] += 1
            words.update({key for key, fit in zip(keys, usable, strict=True) if fit})
            pairs.update({f"{a} {b}" for at, (a, b) in enumerate(pairwise(keys)) if usable[at] and usable[at + 1]})
            triples.update(
                {
                    " ".join(keys[at : at + 3])
                    for at in range(len(keys) - 2)
                    if usable[at] and usable[at + 1] and usable[at + 2]
                }
            )

    def cohesion(term: str, count: int) -> float:
        parts = term.split(" ")
        chance = math.prod(words[part] / papers for part in parts)
        return math.log(count / papers / chance) / -math.log(count / papers) / (len(parts) - 1)

    def fit(term: str) -> bool:
        parts = term.split(" ")
        ends = (parts[0], parts[-1])
        return not all(part in GENERIC for part in parts) and not any(
            end.endswith("ly") or end in VERBS for end in ends
        )

    lines = [f"{papers}\t*"]
    kept: list[tuple[int, str]] = []
    for key, count in words.items():
        name = capitals[key] >= NAME_SHARE * within[key] and within[key] >= NAME_PAPERS
        if count >= (NAME_PAPERS if name else WORD_PAPERS):
            kept.append((count, spellings[key].most_common(1)[0][0] if name else key))
    kept += [
        (n, key) for key, n in pairs.items() if n >= PAIR_PAPERS and fit(key) and cohesion(key, n) >= PAIR_COHESION
    ]
    kept += [
        (n, key)
        for key, n in triples.items()
        if n >= TRIPLE_PAPERS and fit(key) and cohesion(key, n) >= TRIPLE_COHESION
    ]
    lines += [f"{count}\t{term}" for count, term in sorted(kept, key=lambda pair: (-pair[0], pair[1]))]
    header = (
        "# Papers that use a word or term; made by benchmarks/train_keywords.py from arXiv's public metadata (CC0).\n"
    )
    TERMS.write_text(header + "\n".join(lines) + "\n", "utf-8")
    print(f"{TERMS}: {len(kept)} words and terms of {papers} papers, {TERMS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
