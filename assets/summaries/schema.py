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
        Column("abstract_hash", pl.String(), "SHA-256 of title and abstract, in hexadecimal"),
        Column("input_tokens", pl.Int64(), "tokens sent, all attempts", nullable=True),
        Column("output_tokens", pl.Int64(), "completion tokens received, all attempts", nullable=True),
        Column("cost_usd", pl.Float64(), "cost in US dollars, all attempts", nullable=True),
        Column("attempts", pl.Int32(), "requests made for this row"),
        Column("seconds", pl.Float64(), "seconds from the first request to the last answer", nullable=True),
        Column("created_at", UTC_TIME, "when the row was made"),
    ),
)
