"""Database URLs in the forms that the two drivers need, unix sockets included."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import URL, make_url

_SHARED_PARAMETERS = {"host", "port"}


def parse_url(url: str) -> URL:
    """Parse `postgres://`, `postgresql://` and `postgresql+asyncpg://` addresses alike.

    Raises: ValueError if it is not an address of a PostgreSQL.
    """
    try:
        address = make_url(url)
    except Exception as error:
        raise ValueError("not a database address (postgresql://user:password@host:port/database)") from error
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"only PostgreSQL is supported, not {address.get_backend_name()}")
    return address


def asyncpg_dsn(url: str) -> str:
    """The address for `asyncpg.connect` and `asyncpg.create_pool`; libpq parameters such as sslmode stay."""
    return parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def sqlalchemy_url(url: str) -> URL:
    """The address for `create_async_engine`.

    Raises: ValueError for a libpq parameter that SQLAlchemy cannot hand on (certificates, for example); give
    the engine `async_creator=lambda: asyncpg.connect(asyncpg_dsn(url))` to allow them all.
    """
    address = parse_url(url).set(drivername="postgresql+asyncpg")
    query = dict(address.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    unknown = sorted(set(query) - _SHARED_PARAMETERS - {"ssl"})
    if unknown:
        raise ValueError(
            f"parameters of the database address that SQLAlchemy cannot hand on: {', '.join(unknown)}"
        )
    return address.set(query=query)


def replace_url_parts(url: str, **parts: Any) -> str:
    """The same address with another `username`, `password` or `database`."""
    return parse_url(url).set(**parts).render_as_string(hide_password=False)


def socket_url(directory: str, user: str, database: str) -> str:
    """An address through a unix socket directory."""
    query: Mapping[str, str] = {"host": directory}
    return URL.create("postgresql", username=user, database=database, query=query).render_as_string()
