"""Where everything is kept: a lake of Parquet partitions and one DuckDB file of views over it.

Belongs here: how a partition is written and read, what a table's columns are, and the catalog
that people open. Does not belong here: what any table means; each room declares its own `Table`.
"""
