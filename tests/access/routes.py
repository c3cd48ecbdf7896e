"""Every route of the application with the permission that guards it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.auth.guards import require as guards
from app.auth.permissions import Permission

DOCUMENTATION_PATHS = frozenset({"/openapi.json", "/docs", "/docs/start.js", "/docs/assets"})
"""The contract and the page that shows it: the same for everybody, and nothing of anybody's is in them."""


@dataclass(frozen=True)
class GuardedRoute:
    """One method of one path, and what guards it; None for what is open to all."""

    method: str
    path: str
    guard: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> Permission | None:
        """What the guard demands."""
        return None if self.guard is None else self.guard.permission


def list_routes(app: FastAPI) -> list[GuardedRoute]:
    """Every method of every path that the application answers, except the documentation.

    `app.routes` alone does not list what an included router brings, so it is never walked here.
    Raises: AssertionError for something that is not a route of the API (a mount, a websocket): nobody guards it.
    """
    routes: list[GuardedRoute] = []
    for context in iter_route_contexts(app.routes):
        if context.path in DOCUMENTATION_PATHS:
            continue
        assert isinstance(context.original_route, APIRoute), f"{context.path} is no API route"
        dependant = context.dependant
        assert dependant is not None
        guards_found = list(_find_guards(dependant))
        assert len(guards_found) <= 1, f"{context.path} has several guards"
        routes += [
            GuardedRoute(method, str(context.path), next(iter(guards_found), None))
            for method in sorted(context.methods or ())
        ]
    return routes


def guard_types() -> tuple[type[Any], ...]:
    """The classes whose instances are guards, each with its `permission`."""
    return (guards.Require, guards.RequireCaller)


def _find_guards(dependant: Dependant) -> Iterator[Any]:
    if isinstance(dependant.call, guard_types()):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from _find_guards(dependency)
