"""What is known of a request while it runs, for its log line and its answers: no personal data."""

from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import Scope

_KEY = "ansinh.notes"

current_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that this task serves, for every log line written on its way."""


@dataclass(slots=True)
class RequestNotes:
    """request_id: sent back in X-Request-ID; actor_kind: "user" or "client"; actor_id: an id, not a name.

    headers: what the answer carries beside its own, whatever it becomes.
    """

    request_id: str
    actor_kind: str | None = None
    actor_id: str | None = None
    headers: dict[bytes, bytes] = field(default_factory=dict)


def attach_notes(scope: Scope, request_id: str) -> RequestNotes:
    """Begin the notes of a request."""
    notes = RequestNotes(request_id)
    scope[_KEY] = notes
    return notes


def notes_of(scope: Scope) -> RequestNotes | None:
    """The notes of a request, or None outside `RequestMiddleware`."""
    notes = scope.get(_KEY)
    return notes if isinstance(notes, RequestNotes) else None


def request_id_of(scope: Scope) -> str | None:
    """The request's id, or None outside `RequestMiddleware`."""
    notes = notes_of(scope)
    return notes.request_id if notes else None


def note_actor(scope: Scope, kind: str, actor_id: str) -> None:
    """Say for the log who is calling: a kind and an id, never a name, number or phone."""
    notes = notes_of(scope)
    if notes:
        notes.actor_kind, notes.actor_id = kind, actor_id
