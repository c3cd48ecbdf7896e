"""The context of a request while it runs, for its log line and its responses: no personal data."""

from dataclasses import dataclass, field

from starlette.types import Scope

_SCOPE_KEY = "ansinh.context"
REFUSAL_KEY = "ansinh.refusal"
"""Where the server leaves the domain error with which a request is to be answered, whatever it asks for."""


@dataclass(slots=True)
class RequestContext:
    """request_id: sent back in X-Request-ID; actor_kind: "user" or "client"; actor_id: an id, not a name.

    problem_code: of the problem that was answered. headers: what the answer carries beside its own, whatever it
    becomes.
    """

    request_id: str
    actor_kind: str | None = None
    actor_id: str | None = None
    problem_code: str | None = None
    headers: dict[bytes, bytes] = field(default_factory=dict)


def attach_context(scope: Scope, request_id: str) -> RequestContext:
    """Attach a new context to a request's scope."""
    context = RequestContext(request_id)
    scope[_SCOPE_KEY] = context
    return context


def get_request_context(scope: Scope) -> RequestContext | None:
    """The context of a request, or None outside `RequestMiddleware`."""
    context = scope.get(_SCOPE_KEY)
    return context if isinstance(context, RequestContext) else None


def get_request_id(scope: Scope) -> str | None:
    """The request's id, or None outside `RequestMiddleware`."""
    context = get_request_context(scope)
    return context.request_id if context else None


def set_problem_code(scope: Scope, code: str) -> None:
    """Set the code of the problem that is answered, for the log."""
    context = get_request_context(scope)
    if context:
        context.problem_code = code


def set_request_actor(scope: Scope, actor_kind: str, actor_id: str) -> None:
    """Set who is calling, for the log: a kind and an id, never a name, number or phone."""
    context = get_request_context(scope)
    if context:
        context.actor_kind, context.actor_id = actor_kind, actor_id
