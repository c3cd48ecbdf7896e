"""The id of the request that a task serves, for its log lines and audit events."""

from contextvars import ContextVar

current_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set by `RequestMiddleware`; None in jobs and commands."""
