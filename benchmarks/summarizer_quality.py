"""Prints how good and how fast the embedded summarizer is, on public data that lies beside the checkout.

    python -m benchmarks.summarizer_quality [--data ../shared/data]

- roles of sentences: accuracy and macro-F1 on CSAbstruct's dev split;
- TL;DR: ROUGE (stemmed, best of the references by ROUGE-1, as SciTLDR's authors count) against SciTLDR's dev split,
  beside lead-1, last-1, LexRank and the best sentence there is;
- listings: share of complete summaries, overall and per category, what fails, and papers a second.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zstandard

from assets.papers.tex import to_text
from assets.papers.text import fold
from assets.summaries.authorship import own_sentences
from assets.summaries.completeness import is_complete
from assets.summaries.extract import summarize
from assets.summaries.fields import TEXT_FIELDS
from assets.summaries.lexicon import ROLES, lexicon, words
from assets.summaries.roles import likeliest, role_scores, transitions
from assets.summaries.workers import Workers
from benchmarks.lexrank import lexrank
from benchmarks.rouge import rouge, stems

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a JSON Lines file, plain or .zst."""
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
        for line in io.TextIOWrapper(stream, "utf-8"):
            yield json.loads(line)


def report_roles(path: Path) -> None:
    """Accuracy and macro-F1 over the five roles, and accuracy with objective and method as one."""
    right, total, merged = 0, 0, 0
    pairs: Counter[tuple[str, str]] = Counter()
    for row in read(path):
        tokens = [words(text) for text in row["sentences"]]
        columns = lexicon().columns(tokens, own_sentences(row["sentences"], tokens))
        for role, label in zip(likeliest(role_scores(columns), transitions()), row["labels"], strict=True):
            pairs[ROLES[role], label] += 1
            total += 1
            right += ROLES[role] == label
            merged += ROLES[role] == label or {ROLES[role], label} == {"objective", "method"}
    scores = {}
    for name in ROLES:
        ours = sum(count for (found, _), count in pairs.items() if found == name)
        theirs = sum(count for (_, label), count in pairs.items() if label == name)
        scores[name] = 2 * pairs[name, name] / (ours + theirs) if ours + theirs else 0.0
    print(
        f"roles, {total} sentences of {path.name}: accuracy {right / total:.3f}, "
        f"macro-F1 {sum(scores.values()) / 5:.3f}"
    )
    print(f"  objective and method as one: accuracy {merged / total:.3f}")
    print("  F1 " + ", ".join(f"{role} {score:.2f}" for role, score in scores.items()))


def report_tldr(path: Path) -> None:
    """ROUGE of the TL;DR against the best of each paper's references."""
    totals: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    rows = list(read(path))
    count = len(rows)
    documents = Counter(stem for row in rows for stem in set(stems(" ".join(row["source"]))))
    for row in rows:
        source, targets = row["source"], row["target"]
        per_sentence = [rouge(sentence, targets) for sentence in source]
        tried = {
            "embedded": rouge(summarize(row["title"], " ".join(source)).tldr or "", targets),
            "lead-1": per_sentence[0],
            "last-1": per_sentence[-1],
            "LexRank": per_sentence[lexrank(source, documents, count)],
            "oracle sentence": max(per_sentence),
        }
        for name, scores in tried.items():
            totals[name] = [total + score for total, score in zip(totals[name], scores, strict=True)]
    print(f"TL;DR, {count} papers of {path.name}: ROUGE-1 / -2 / -L")
    for name, sums in totals.items():
        print(f"  {name:16}" + " / ".join(f"{100 * value / count:.1f}" for value in sums))


def report_listing(path: Path) -> None:
    """Completeness overall and per category, fields filled, and speed, on texts as the papers room cleans them."""
    rows = list(read(path))
    papers = [(to_text(fold(row["title"])), to_text(fold(row["abstract"]))) for row in rows]
    started = time.process_time()
    made = [summarize(*paper) for paper in papers]
    summing = time.process_time() - started
    workers = Workers(papers_alone=0)
    started = time.perf_counter()
    assert [extract for extract, _ in workers.extracts(papers)] == made
    together = time.perf_counter() - started
    workers.close()
    started = time.process_time()
    verdicts = [
        is_complete(extract.texts(), title=title, abstract=abstract, reason=extract.reason, extractive=True)
        for (title, abstract), extract in zip(papers, made, strict=True)
    ]
    checking = time.process_time() - started
    share = sum(verdict.complete for verdict in verdicts) / len(rows)
    print(f"{path.name}: {len(rows)} papers, complete {share:.4f}")
    print(f"  {len(rows) / summing:,.0f} papers/s a core to summarize, {len(rows) / checking:,.0f} to check")
    print(f"  {len(rows) / together:,.0f} papers/s to summarize on {workers.cores} cores, their start included")
    shares = {field: sum(getattr(extract, field) is not None for extract in made) / len(made) for field in TEXT_FIELDS}
    print("  filled: " + ", ".join(f"{field} {part:.3f}" for field, part in shares.items()))
    per_category: defaultdict[str, list[bool]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        per_category[(row["categories"] or "none").split()[0].split(".")[0]].append(verdict.complete)
    worst = sorted((sum(done) / len(done), name, len(done)) for name, done in per_category.items())[:5]
    print("  least complete archives: " + ", ".join(f"{name} {part:.3f} of {size}" for part, name, size in worst))
    faults = Counter(f"{finding.kind} {finding.field}" for verdict in verdicts for finding in verdict.findings)
    print(f"  findings: {dict(faults.most_common(8))}")
    failed = [row["id"] for row, verdict in zip(rows, verdicts, strict=True) if not verdict.complete]
    print(f"  not complete: {failed[:12]}")


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of rhetoric/ and listings/")
    data = parser.parse_known_args()[0].data
    report_roles(data / "rhetoric" / "csab_dev.jsonl")
    report_tldr(data / "rhetoric" / "scitldr_dev.jsonl")
    for path in sorted((data / "listings").glob("*.jsonl.zst")):
        report_listing(path)


if __name__ == "__main__":
    main()
