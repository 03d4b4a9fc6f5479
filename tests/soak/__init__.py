"""Years of evenings in minutes: Dagster’s daemon on a clock that jumps, killed and started again."""
