"""Every threshold of the checks, calibrated on summaries that public digests really published."""

MINIMUM_LENGTH = {"en": 30, "zh": 12, "ja": 12, "ko": 12}
MAXIMUM_LENGTH = {"en": 800, "zh": 300, "ja": 300, "ko": 400}
"""Characters of a text; a language that is not named has the bounds of English. An abstract shorter than the
minimum lowers it."""

REPETITION = 0.2
"""Share of a text's four-word runs that stand in it already."""
REPETITION_WORDS = 12
"""Words below which repetition is not measured."""

COPY = 0.8
"""Share of a text's eight-word runs that stand in the abstract word for word."""
COPY_WARNING = 0.5
"""The same share, from which it is shown."""
COPY_WORDS = 12
"""Words below which copying is not measured."""

EXTRACT_WORDS = 8
"""Words below which an extract need not share some in a row with its abstract: retold, "We present it." may not."""

OVERLAP = 0.6
"""Share of the shorter field's words that the other field holds too."""
OVERLAP_WIDE = 0.8
"""The same of pairs of Chinese or Japanese characters, which recur more than words."""
OVERLAP_WORDS = 6
"""Different words below which overlap is not measured."""

FOREIGN_SCRIPT = 0.3
"""Share of letters of other scripts from which a text counts as written in another language."""
OWN_SCRIPT = 0.1
"""The share that a text has at least of the letters of its language, for it may be full of Latin names."""
OWN_PROSE = 0.4
"""The same of Chinese, Japanese and Korean, names and terms in parentheses left out: half as many characters as Latin
letters say more than these."""
LANGUAGE_LETTERS = 10
"""Letters outside formulas and addresses below which the script says nothing."""
IDENTIFIED_LETTERS = 40
"""Letters below which languages of one script are not told apart."""
LANGUAGE_PROBABILITY = 0.9
"""Probability from which a text counts as written in another language of the same script."""
ENGLISH_WORDS = 2
ENGLISH_SHARE = 0.08
"""Words that only English has, and their share, from which a text is English without further question."""
ENGLISH_COMMON = 0.1
"""The same of common words that other languages may have, too ("on", "as"), where none of their own is beside them."""

PLACEHOLDER_LENGTH = 160
"""Characters above which a text is no placeholder, whatever its words."""

OFF_TOPIC = 0.6
"""Share of new longer words from which an English summary is not about its abstract, words that papers of every field
use left out."""
OFF_TOPIC_WORDS = 12
"""Different such words below which nothing is said about the topic."""
OFF_TOPIC_ALONE = 0.67
"""The same share of the TL;DR, the method or the result alone."""
OFF_TOPIC_ALONE_WORDS = 5
"""Different such words below which nothing is said about the topic of one of them."""

ECHO_RUN = 4
"""Words in a row of what a model was asked that are looked for in its text."""
ECHO_WORDS = 6
"""So many in a row, and the text gives back what was asked."""
ECHO = 0.5
"""Share of a text's words from which it does so, too."""

KEYWORD_LENGTH = 80
"""Characters of a keyword at most."""
LEAST_KEYWORDS = 3
"""Keywords below which those of a model are filled up with those that the paper's own words give."""
