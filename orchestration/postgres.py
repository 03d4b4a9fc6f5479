"""PostgreSQL as Dagster's storage: whether a database answers, and what to say where it does not.

The address holds a password. It is read from the environment by Dagster itself; no text made here
repeats it.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from assets.errors import SettingsError, StorageError

if TYPE_CHECKING:
    from pydantic import SecretStr

VARIABLE = "ALMANAC_DAGSTER_POSTGRES_URL"
CONNECT_SECONDS = 10
FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %XX for special characters in the password"

DRIVER = "postgresql+psycopg2"
"""The driver that dagster-postgres brings; `postgresql` alone stands for another one since SQLAlchemy 2.1."""


def database_url(address: SecretStr) -> sqlalchemy.URL:
    """The address of a database, with the driver that Dagster has for it. Raises SettingsError."""
    if not importlib.util.find_spec("dagster_postgres"):
        raise SettingsError(
            f"{VARIABLE} is set, but the package dagster-postgres is missing: install preprint-almanac[deploy]."
        )
    try:
        url = sqlalchemy.make_url(address.get_secret_value())
    except (ArgumentError, ValueError):
        raise SettingsError(f"{VARIABLE} is no address of a database: write it as {FORM}.") from None
    if url.drivername not in ("postgresql", DRIVER):
        raise SettingsError(f"{VARIABLE} is no address of a PostgreSQL database: write it as {FORM}.")
    return url.set(drivername=DRIVER)


def require_database(url: sqlalchemy.URL) -> str:
    """Connects once; returns what may be shown of the address: host, port and database.

    Raises StorageError where no database answers there.
    """
    engine = sqlalchemy.create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS})
    try:
        engine.connect().close()
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StorageError(
            f"Dagster's storage, the PostgreSQL database of {VARIABLE}, does not open ({cause}): see whether it runs,"
            " and whether host, user, password and database are right."
        ) from None
    finally:
        engine.dispose()
    return f"{url.host or url.query.get('host', 'this machine')}:{url.port or 5432}/{url.database or ''}"
