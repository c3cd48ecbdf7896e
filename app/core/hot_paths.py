"""The front door of hot routes: found by one look-up of their path, not by walking all routes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette._utils import get_route_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.hot import HotRoute
from app.core.problem import InternalError, problem_for, problem_response
from app.core.routing import Handler

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID_LENGTH = 36
_PATH = re.compile(r"(?P<head>[^{}]+)(?:(?<=/)\{(?P<part>\w+)\})?")


@dataclass(frozen=True, slots=True)
class _Shortcut:
    """part: what the route calls the id at the end of its path."""

    route: HotRoute
    handle: Handler
    part: str


@dataclass(frozen=True, slots=True)
class _Shortcuts:
    """By method and path; those to one thing by the path before its id."""

    fixed: Mapping[tuple[str, str], _Shortcut]
    to_one: Mapping[tuple[str, str], _Shortcut]

    @classmethod
    def among(cls, routes: Sequence[Any]) -> Self:
        """Those of the hot routes."""
        fixed: dict[tuple[str, str], _Shortcut] = {}
        to_one: dict[tuple[str, str], _Shortcut] = {}
        for context in iter_route_contexts(routes):
            route, path = context.original_route, _PATH.fullmatch(context.path or "")
            if isinstance(route, HotRoute) and path:
                shortcut = _Shortcut(route, route.get_route_handler(), path["part"] or "")
                known = to_one if path["part"] else fixed
                known |= {(method, path["head"]): shortcut for method in context.methods or ()}
        return cls(fixed, to_one)

    def find(self, scope: Scope) -> _Shortcut | None:
        """The shortcut for a request, which is told the id in its path.

        What stands in the place of an id and is none takes the long way: another route may be called so.
        """
        method: str = scope["method"]
        path = get_route_path(scope) if scope.get("root_path") else scope["path"]
        found = self.fixed.get((method, path))
        if found is None and _ID.fullmatch(path, max(0, len(path) - _ID_LENGTH)):
            found = self.to_one.get((method, path[:-_ID_LENGTH]))
            if found is not None:
                scope["path_params"] = {found.part: path[-_ID_LENGTH:]}
        return found


class HotPaths:
    """Hot routes whose path is fixed, or ends in an id, are answered here.

    They are offered by the application as well, which is what documents them; this only saves the way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._known: _Shortcuts | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._known is None:
            self._known = _Shortcuts.among(scope["app"].routes)
        found = self._known.find(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = found.route
        try:
            response = await found.handle(Request(scope, receive))
        except Exception as exc:
            refusal = problem_for(exc)
            if isinstance(refusal, InternalError):
                raise
            response = problem_response(scope, refusal)
        await response(scope, receive, send)
