"""What is asked for by one run at a time, whatever makes the runs: Dagster's concurrency pools.

Limits are set in Dagster (`dagster instance concurrency set POOL N`); the default is one.
"""

ARXIV = "arxiv"
"""Steps that ask arXiv, which wants one connection at a time."""

MODEL = "model"
"""Steps that ask a model, each with many requests in flight."""
