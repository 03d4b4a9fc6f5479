"""A summary is complete when the required fields are filled and nothing is wrong with any text."""

from __future__ import annotations

import pytest

from assets.summaries.completeness import is_complete
from assets.summaries.fields import not_stated, not_stated_reason, not_written, not_written_reason

ABSTRACT = (
    "Large speech models are slow on small devices. We propose sparse gates that prune attention heads at run time. "
    "Heads are pruned at run time according to a learned gate. They reduce latency by 41% on three corpora."
)
SHORT = (
    "Large speech models are slow on small devices. We propose sparse gates for speech models. "
    "They reduce latency on three corpora."
)
FILLED = {
    "tldr": "The authors propose sparse gates that prune attention heads at run time.",
    "motivation": "Large speech models are slow on small devices.",
    "method": "Heads are pruned at run time according to a learned gate.",
    "result": "They reduce latency by 41% on three corpora.",
    "conclusion": None,
    "practical": None,
}


def complete(fields: dict[str, str | None], reason: str | None, abstract: str = ABSTRACT) -> bool:
    return is_complete(fields, title="Gates", abstract=abstract, reason=reason, extractive=True).complete


def test_optional_fields_may_be_empty_where_they_are_called_not_stated() -> None:
    assert complete(FILLED, "not stated: conclusion, practical")
    assert not complete(FILLED, None)
    assert not complete(FILLED, "not stated: practical")


def test_optional_fields_may_be_empty_where_a_model_could_not_write_them() -> None:
    told = not_written_reason({"practical": "truncated", "conclusion": "invented_number"})
    assert told == "not written: conclusion (invented_number), practical (truncated)"
    assert not_written(f"not stated: motivation; {told}") == {"conclusion", "practical"}
    written = {"title": "Gates", "abstract": ABSTRACT, "reason": told}
    assert is_complete(FILLED, **written, extractive=False).complete
    assert not is_complete(FILLED, **written, extractive=True).complete
    assert not is_complete({**FILLED, "motivation": None}, **written, extractive=False).complete
    required = {**written, "reason": not_written_reason({"result": "x", "conclusion": "x", "practical": "x"})}
    assert not is_complete({**FILLED, "result": None}, **required, extractive=False).complete


@pytest.mark.parametrize("field", ["tldr", "method", "result"])
def test_a_required_field_is_not_excused_by_its_reason(field: str) -> None:
    fields = {**FILLED, field: None}
    assert not complete(fields, f"not stated: conclusion, practical, {field}")


def test_a_text_that_fails_a_check_makes_it_incomplete() -> None:
    assert not complete({**FILLED, "result": "N/A"}, "not stated: conclusion, practical")


def test_an_abstract_of_one_statement_needs_only_a_tldr() -> None:
    abstract = "A short remark on the zeros of polynomials is made."
    only = {"tldr": abstract}
    reason = "not stated: motivation, method, result, conclusion, practical"
    assert complete({**only}, reason, abstract)
    assert not complete({**only}, "not stated: motivation, conclusion, practical", abstract)


def test_an_abstract_of_two_statements_needs_two_required_fields() -> None:
    abstract = "A short remark on the zeros of polynomials is made. It settles an old question of Gauss about them."
    reason = "not stated: motivation, method, result, conclusion, practical"
    assert not complete({"tldr": "A short remark on the zeros of polynomials is made."}, reason, abstract)


def test_background_is_no_statement_of_an_extract_and_one_of_a_model() -> None:
    fields = {
        "tldr": "The authors propose sparse gates for speech models.",
        "motivation": "Large speech models are slow on small devices.",
        "result": "They reduce latency on three corpora.",
    }
    reason = "not stated: method, conclusion, practical"
    assert complete(fields, reason, SHORT)
    assert not complete(fields, "not stated: conclusion, practical", SHORT)
    assert not complete({**fields, "result": None}, f"{reason}, result", SHORT)
    assert not is_complete(fields, title="Gates", abstract=SHORT, reason=reason, extractive=False).complete


def test_the_reason_reads_back() -> None:
    reason = not_stated_reason(["practical", "conclusion"])
    assert reason == "not stated: conclusion, practical"
    assert not_stated(reason) == {"conclusion", "practical"}
    assert not_stated(f"quota ended; {reason}") == {"conclusion", "practical"}
    assert not_stated(None) == frozenset()
    assert not_stated_reason([]) is None
    with pytest.raises(ValueError, match="headline"):
        not_stated_reason(["headline"])
