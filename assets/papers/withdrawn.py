"""Whether a paper has been withdrawn: arXiv has no field for it, only sentences in the comment or the abstract."""

import re

_PAPER = (
    r"(?:(?:this|the|our)\s+(?:\w+\s+){0,2}?)?"
    r"(?:paper|article|manuscript|submission|preprint|e-?print|work|version|draft|note|report|review|letter|document"
    r"|contribution|entry|thesis)s?"
)
_NOT_ELSEWHERE = (
    r"(?!\s+(?:from|before|after|at)\s+"
    r"(?!(?:the\s+)?(?:arxiv|request)|(?:further\s+)?publication|(?:public\s+)?circulation))"
)
_SENTENCE = re.compile(
    rf"\b{_PAPER}\s+(?:has|have|had|was|is|were|are|will)(?:\s+\w+){{0,3}}?\s+withdrawn\b{_NOT_ELSEWHERE}"
    rf"|(?:^|[.;:,(]\s*|\b{_PAPER}\s+)(?:temporarily\s+)?withdrawn"
    r"(?:\s+(?:by|due|because|since|as|for|until|pending|in\s+favou?r|from\s+(?:the\s+)?arxiv)\b|\s*[.;:,)]|\s*$)"
    rf"(?!\s*before)"
    rf"|\b(?:we|i|authors?)\s+(?:\w+\s+){{0,4}}?withdraw(?:ing|n)?\s+(?:\w+\s+){{0,2}}?{_PAPER}\b"
    rf"|\brequest(?:s|ed|ing)?\s+(?:the\s+)?withdrawal\s+of\s+{_PAPER}\b"
    r"|\b(?:removed|withdrawn)\s+by\s+arxiv\b",
    re.IGNORECASE,
)
_AT_THE_BEGINNING = re.compile(
    rf"\W*(?:{_PAPER}\s+(?:has|have|was|is)(?:\s+\w+){{0,2}}?\s+(?:withdrawn|removed\s+by\s+arxiv)\b{_NOT_ELSEWHERE}"
    r"|withdrawn(?:\s+by|\s+due|\s+because|\s*[.;:]|\s*$))",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:previously|earlier|formerly|(?:a|an)\s+withdrawn)\b|\bsupersedes?\b", re.IGNORECASE)


def is_withdrawn(comment: str | None, abstract: str) -> bool:
    """Whether the comment says that this paper is withdrawn, or the abstract begins with that sentence.

    A comment that only mentions a submission withdrawn earlier or elsewhere ("withdrawn from the
    proceedings") says nothing of the kind.
    """
    if comment and "ithdr" in comment.lower():
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", comment):
            if _SENTENCE.search(sentence) and not _EARLIER.search(sentence):
                return True
    elif comment and "emoved" in comment and _SENTENCE.search(comment):
        return True
    return _AT_THE_BEGINNING.match(abstract) is not None
