"""An invented paper, and what the checks find in a text about it."""

from __future__ import annotations

from assets.summaries.checks import check_text

TITLE = "Sparse gates"
ABSTRACT = (
    "We propose sparse gates for 12k hours of speech. They reduce latency by 41% on three corpora and need two GPUs "
    "with 1,024 cores, at a cost of $10^{-3}$ in accuracy. Training takes 18 hours and is 7,000 times slower than a "
    "look-up table. The method of choice was a Sinkhorn Gate Network (SGN)."
)


def kinds(
    text: str,
    *,
    extractive: bool = False,
    language: str = "en",
    severity: str = "error",
    title: str = TITLE,
    abstract: str = ABSTRACT,
) -> set[str]:
    """The kinds of this severity that are found in a text about the paper."""
    findings = check_text("result", text, title=title, abstract=abstract, language=language, extractive=extractive)
    return {finding.kind for finding in findings if finding.severity == severity}
