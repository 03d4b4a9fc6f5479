"""The table `summaries`: one row a paper and language, with its status and where it came from."""

import polars as pl

from assets.warehouse.table import UTC_TIME, Column, Table

SUMMARIES = Table(
    "summaries",
    "day",
    "One summary per paper and language: its fields, its status and its provenance.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("paper_id", pl.String(), "arXiv id without version"),
        Column("version", pl.Int16(), "version that was summarized; NULL where unknown", nullable=True),
        Column("language", pl.String(), "language of the summary, ISO 639-1"),
        Column("tldr", pl.String(), "the paper in a sentence", nullable=True),
        Column("motivation", pl.String(), "the problem, and why it matters", nullable=True),
        Column("method", pl.String(), "what was done", nullable=True),
        Column("result", pl.String(), "what was found", nullable=True),
        Column("conclusion", pl.String(), "what follows from it", nullable=True),
        Column("practical", pl.String(), "what a practitioner can do with it", nullable=True),
        Column("keywords", pl.List(pl.String()), "terms that tell the paper from others", nullable=True),
        Column("status", pl.String(), "complete, repaired, extractive or pending"),
        Column("reason", pl.String(), "why a field is empty or the row is not complete", nullable=True),
        Column("model", pl.String(), "what made the summary", nullable=True),
        Column("prompt_version", pl.String(), "version of the prompt or of the extractive rules", nullable=True),
        Column("abstract_hash", pl.String(), "SHA-256 of the abstract, in hexadecimal"),
        Column("input_tokens", pl.Int64(), "tokens sent, all attempts", nullable=True),
        Column("output_tokens", pl.Int64(), "completion tokens received, all attempts", nullable=True),
        Column("cost_usd", pl.Float64(), "cost in US dollars, all attempts", nullable=True),
        Column("attempts", pl.Int32(), "requests made for this row"),
        Column("seconds", pl.Float64(), "seconds from the first request to the last answer", nullable=True),
        Column("created_at", UTC_TIME, "when the row was made"),
    ),
    key=("day", "paper_id", "language"),
)

SUMMARY_REPAIRS = Table(
    "summary_repairs",
    "day",
    "Summaries that were asked for again by a repair: how often, and what came of it.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("paper_id", pl.String(), "arXiv id without version"),
        Column("language", pl.String(), "language of the summary, ISO 639-1"),
        Column("found", pl.String(), "what was wrong at first: missing, pending, extractive or rejected"),
        Column("healed", pl.Boolean(), "whether the summary is complete now"),
        Column("tries", pl.Int32(), "how often it was asked for again by what `asked_with` says"),
        Column("asked_with", pl.String(), "model, version of the prompt and of the checks"),
        Column("reason", pl.String(), "why the last try did not heal it", nullable=True),
        Column("tried_at", UTC_TIME, "when it was last asked for"),
        Column("input_tokens", pl.Int64(), "tokens sent by tries that brought nothing"),
        Column("output_tokens", pl.Int64(), "completion tokens received by tries that brought nothing"),
        Column("cost_usd", pl.Float64(), "US dollars of tries that brought nothing", nullable=True),
        Column("attempts", pl.Int32(), "requests of tries that brought nothing"),
        Column("seconds", pl.Float64(), "seconds of tries that brought nothing"),
    ),
)
