"""The logging of a process: set up before anything can be said, also for what nobody caught and for warnings."""

import logging
import logging.config
import sys
import threading
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

from app.core.process.log_format import LOG_FIELDS, format_place

SECURITY_LOGGER = "ansinh.security"
"""Logins that failed, tokens that were refused, rights that changed: each with an `event` and ids, never a name."""

_logger = logging.getLogger("ansinh.uncaught")
_warnings = logging.getLogger("py.warnings")


def log_config(level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`.

    uvicorn's own access line is silenced: it holds query strings, and `RequestMiddleware` writes ours.
    """
    quiet, silent = {"level": "WARNING"}, {"level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "app.core.process.log_format.JsonFormatter"}},
        "handlers": {"stderr": {"class": "app.core.process.log_format.LineHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            **dict.fromkeys(
                ("alembic", "sqlalchemy", "asyncpg", "asyncio", "httpx", "procrastinate", "psycopg"), quiet
            ),
            # Their warnings repeat letters of a body.
            **dict.fromkeys(("multipart", "python_multipart"), silent),
        },
    }


def configure_logs(level: str = "INFO") -> None:
    """Set up this process's logging, and what happens to exceptions that nobody caught and to warnings."""
    logging.config.dictConfig(log_config(level))
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_thread_exception
    warnings.showwarning = _log_warning


def log_fields(**values: Any) -> Mapping[str, Any]:
    """`extra=` for a log call. Raises: ValueError for a name that is not in `LOG_FIELDS`."""
    unknown = sorted(set(values) - set(LOG_FIELDS))
    if unknown:
        raise ValueError(f"not a field of a log line: {unknown}")
    return values


def _log_uncaught(kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _logger.critical("an exception ended the process", exc_info=error)


def _log_unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    _logger.error("an exception where none can be raised", exc_info=unraisable.exc_value)


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _logger.error("an exception ended a thread", exc_info=args.exc_value)


def _log_warning(
    message: Warning | str,  # noqa: ARG001 - it may repeat a cell, a parameter or a field
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    """Log a warning's kind and place."""
    _warnings.warning("%s at %s", category.__name__, format_place(filename, lineno))
