"""Maps database errors to domain errors, by SQLSTATE and constraint name, never by the text of a message."""

import json
import logging
from datetime import date

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    Unavailable,
    error_for_code,
    error_for_constraint,
)

_CONFLICT = {"23505", "23P01"}  # unique, exclusion
_INVALID = {"23502", "23503", "23514"}  # not null, foreign key, check
_INVALID_CLASSES = {"22", "54"}  # data exceptions, limits such as the size of an indexed text
_RETRY = {"40001", "40P01"}  # serialization failure, deadlock
_UNAVAILABLE = {"55P03", "57014", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04"}
_UNAVAILABLE_CLASSES = {
    "08",
    "53",
}  # connection exceptions, insufficient resources (too many connections, disk full)


def _driver_error(exc: BaseException) -> BaseException:
    """The driver's exception inside SQLAlchemy's, or the exception itself."""
    if isinstance(exc, DBAPIError) and exc.orig is not None:
        return exc.orig.__cause__ or exc.orig
    return exc


def _error_for_sqlstate(exc: asyncpg.PostgresError) -> DomainError | None:
    state: str = exc.sqlstate or ""
    if state in _CONFLICT:
        return Conflict()
    if state in _INVALID or state[:2] in _INVALID_CLASSES:
        return InvalidInput()
    if state in _RETRY or state in _UNAVAILABLE or state[:2] in _UNAVAILABLE_CLASSES:
        return Unavailable()
    # Row-level security refused a new row; the same SQLSTATE from elsewhere is a missing GRANT, our defect.
    if state == "42501" and exc.server_source_function == "ExecWithCheckOptions":
        return NotFound()
    return None


def _refusal(code: str, detail: dict[str, object]) -> DomainError | None:
    """The error that a function of ours raised with `refuse`.

    detail: the pointer, what the error is called beside its code (`as`), and what its texts name; a `day` is a date.
    """
    pointer, name = detail.pop("pointer", None), detail.pop("as", code)
    values = {key: date.fromisoformat(str(value)) if key == "day" else value for key, value in detail.items()}
    return error_for_code(str(name), None if pointer is None else str(pointer), values)


def _is_impossible_argument(exc: BaseException) -> bool:
    """Whether the driver could not encode an argument as its type: an InterfaceError that is a ValueError as well."""
    return (
        isinstance(exc, asyncpg.InterfaceError)
        and isinstance(exc, ValueError)
        and not isinstance(exc, asyncpg.ClientConfigurationError)
    )


def error_for_database(exc: BaseException) -> DomainError | None:
    """The domain error for an exception of asyncpg or SQLAlchemy, or None when it is a defect of ours.

    409 for unique, 422 for foreign key, check and impossible values, 503 with Retry-After for deadlocks,
    serialization failures, timeouts and a database that is away. A registered constraint goes before these.
    """
    exc = _driver_error(exc)
    if isinstance(exc, asyncpg.PostgresError):
        if (exc.sqlstate or "").startswith("AS"):
            return _refusal(exc.args[0], json.loads(exc.detail or "{}"))
        return error_for_constraint(exc.constraint_name) or _error_for_sqlstate(exc)
    if _is_impossible_argument(exc):
        return InvalidInput()
    # The last of them: the server ended the connection between the driver's look at it and its use.
    if isinstance(exc, (asyncpg.InterfaceError, OSError, PoolTimeout, asyncpg.InternalClientError)):
        return Unavailable()
    return None


def log_failure(log: logging.Logger, error: BaseException, message: str, *args: object) -> None:
    """Log that background work failed: a refusal or an unreachable database in one line, a defect with its trace."""
    is_expected = error_for_database(error) is not None
    log.log(
        logging.WARNING if is_expected else logging.ERROR,
        message,
        *args,
        exc_info=None if is_expected else error,
        stacklevel=2,
    )
