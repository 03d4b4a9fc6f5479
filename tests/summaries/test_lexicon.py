"""One look-up a word gives the sums of all columns that looking up each weight by its name gives."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.summaries.authorship import standings
from assets.summaries.lexicon import (
    CUED,
    CUES,
    HEADLINE,
    ROLES,
    build,
    cues,
    features,
    lexicon,
    places,
    stored_weights,
    weight,
    words,
)

PHRASES = st.lists(
    st.sampled_from(
        ["we propose", "can be used", "state of the art", "results show", "however", "the", "0", "not know", "gap"]
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)  # the first example reads the weights
@given(PHRASES, st.integers(1, 15), st.data())
def test_packed_sums_are_the_sums_of_the_named_weights(phrases: list[str], count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    tokens = words(" ".join(phrases))
    known = lexicon()
    own = [data.draw(st.booleans()) for _ in range(count)]
    sums = [weight(value) for value in known.columns([tokens] * count, own)[index]]
    openings = [name for name in features(tokens) if name.startswith("^")]
    names = [*set(tokens), *map(" ".join, pairwise(tokens)), *openings, *places(index, count), standings(own)[index]]
    stored = stored_weights()
    for role in range(len(ROLES)):
        assert round(sums[role], 2) == round(sum(stored["roles"].get(name, [0.0] * 5)[role] for name in names), 2)
    assert round(sums[HEADLINE], 2) == round(sum(stored["headline"].get(name, 0.0) for name in names), 2)


def test_phrases_of_any_length_count_for_their_field_and_at_the_front_where_they_ask_for_it() -> None:
    known = build({}, {}, {"practical": {"can be used": 1.4, "^using": 0.5, "used": 0.25}})
    practical = CUES.start + CUED.index("practical")

    def score(text: str) -> float:
        return weight(known.columns([words(text)], [False])[0][practical])

    assert score("It can be used at once.") == 1.65
    assert score("Using it can be hard.") == 0.5
    assert score("It can be of use.") == 0.0


def test_formulas_numbers_and_hyphens_have_words_of_their_own() -> None:
    assert words("State-of-the-art: $x+1$ beats 3.5% of (some) Models.") == [
        "state", "of", "the", "art", "$", "beats", "0", "of", "some", "models",
    ]  # fmt: skip


def test_every_cue_is_read() -> None:
    assert set(cues()) == set(CUED)
