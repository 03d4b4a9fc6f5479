"""Who answers for the assets, as Dagster shows it."""

OWNERS = ["team:almanac"]
