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
COPY_WORDS = 12
"""Words below which copying is not measured."""

OVERLAP = 0.6
"""Share of the shorter field's words that the other field holds too."""
OVERLAP_WORDS = 6
"""Different words below which overlap is not measured."""

WIDE_SCRIPT = 0.3
"""Share of Chinese, Japanese or Korean letters from which a text in another language counts as written in one."""
WIDE_SCRIPT_LEAST = 0.1
"""The share that a text in one of these languages has at least, for it may be full of foreign names."""

PLACEHOLDER_LENGTH = 160
"""Characters above which a text is no placeholder, whatever its words."""

OFF_TOPIC = 0.5
"""Share of new longer words from which an English summary is not about its abstract."""
OFF_TOPIC_WORDS = 15
"""Different longer words below which nothing is said about the topic."""
