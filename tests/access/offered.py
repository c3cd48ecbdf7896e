"""What the application offers, as the framework sees it: every route with the permission that guards it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.auth import caller, guards
from app.auth.permissions import Permission

DOCUMENTS = frozenset({"/openapi.json", "/docs", "/docs/assets"})
"""The contract and the page that shows it: the same for everybody, and nothing of anybody's is in them."""


@dataclass(frozen=True)
class Offer:
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


def offers(app: FastAPI) -> list[Offer]:
    """Every method of every path that the application answers, but for the documents.

    `app.routes` alone does not list what an included router brings, so it is never walked here.
    Raises: AssertionError for something that is not a route of the API (a mount, a websocket): nobody guards it.
    """
    found: list[Offer] = []
    for context in iter_route_contexts(app.routes):
        if context.path in DOCUMENTS:
            continue
        assert isinstance(context.original_route, APIRoute), f"{context.path} is no API route"
        dependant = context.dependant
        assert dependant is not None
        standing = list(_guards(dependant))
        assert len(standing) <= 1, f"{context.path} has several guards"
        found += [
            Offer(method, str(context.path), next(iter(standing), None))
            for method in sorted(context.methods or ())
        ]
    return found


def guard_types() -> tuple[type[Any], ...]:
    """The classes whose instances are guards, each with its `permission`."""
    return (guards.Require, caller.Permitted)


def _guards(dependant: Dependant) -> Iterator[Any]:
    if isinstance(dependant.call, guard_types()):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from _guards(dependency)
