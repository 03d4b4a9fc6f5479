"""Times as snapshots write them ("Mon, 2 Apr 2007 19:18:42 GMT"), a whole column at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

_MAIL_TIME = (
    r"^[A-Z][a-z]{2}, [0-9]{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)[0-9]{2} "
    r"[0-9]{2}:[0-9]{2}:[0-5][0-9] GMT$"
)


def mail_times(texts: pl.Series, otherwise: Callable[[str], dt.datetime | None]) -> pl.Series:
    """The times of a String column in UTC; `otherwise` reads each text that is written in any other way."""
    plain = pl.col("text").str.contains(_MAIL_TIME)
    parsed = pl.when(plain).then("text").str.strptime(pl.Datetime("us"), "%a, %d %b %Y %H:%M:%S GMT", strict=False)
    found = texts.to_frame("text").select("text", parsed.dt.replace_time_zone("UTC").alias("time"))
    odd = (found["time"].is_null() & found["text"].is_not_null()).arg_true()
    if not len(odd):
        return found["time"]
    return found["time"].scatter(odd, [otherwise(text) for text in found["text"].gather(odd)])
