"""Sentences that withdraw a paper, and sentences that only mention a withdrawal."""

import pytest

from assets.papers.withdrawn import is_withdrawn

ABSTRACT = "We study something at length and find that it is so."


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the author due to a crucial sign error",
        "Withdrawn",
        "withdrawn by arXiv administrators",
        "2 pages, withdrawn because it is probably incorrect",
        "The preprint is now withdrawn, because of an error in the technique.",
        "8 pages and 6 figures. This paper has been withdrawn by the author due to publication",
        "arXiv admin note: This paper has been withdrawn by arXiv due to disputed and unverifiable authorship",
        "We are withdrawing this submission as the experiment is incomplete.",
        "Due to some crucial issues we want to withdraw this article",
        "One co-author disagrees, we respectfully request the withdrawal of this preprint",
        "LaTeX2e, 9 pages. Paper withdrawn. (Lemma 2.1 is false.)",
    ],
)
def test_a_withdrawal_is_seen_in_the_comment(comment: str) -> None:
    assert is_withdrawn(comment, ABSTRACT)


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "12 pages, 3 figures",
        "This paper was withdrawn from the IJCAI 2025 proceedings due to the lack of participation",
        "Accepted to a workshop (withdrawn before presentation due to lack of travel funding)",
        "Resubmission of a previously withdrawn submission",
        "This paper supersedes arXiv:0000.00000, which has been withdrawn",
        "Theorems 2.13 and 2.14 have been withdrawn; references added",
    ],
)
def test_a_mention_is_no_withdrawal(comment: str | None) -> None:
    assert not is_withdrawn(comment, ABSTRACT)


def test_an_abstract_that_is_such_a_sentence_withdraws_the_paper() -> None:
    assert is_withdrawn(None, "This submission has been withdrawn at the request of the author.")
    assert is_withdrawn("see text", "The paper has been withdrawn due to an error in Lemma 1.")
    assert not is_withdrawn(None, "Cash withdrawn by customers is modelled. The note has been withdrawn by banks.")
