"""Fast dispatch of hot routes: one dictionary look-up of the path, instead of trying all routes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.http.hot import HotRoute
from app.core.http.problem import InternalError, error_for_exception, problem_response
from app.core.http.request_path import get_request_path
from app.core.http.routing import Handler, StrictRequest

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID_LENGTH = 36
_PATH = re.compile(r"(?P<head>[^{}]+)(?:(?<=/)\{(?P<part>\w+)\})?")


@dataclass(frozen=True, slots=True)
class _HotEntry:
    """path_parameter: what the route calls the id at the end of its path."""

    route: HotRoute
    handle: Handler
    path_parameter: str


@dataclass(frozen=True, slots=True)
class _DispatchTable:
    """Entries by method and path; those with an id at the end by the path before it."""

    by_path: Mapping[tuple[str, str], _HotEntry]
    by_prefix: Mapping[tuple[str, str], _HotEntry]

    @classmethod
    def from_routes(cls, routes: Sequence[Any]) -> Self:
        """Build the table from the hot routes among *routes*."""
        by_path: dict[tuple[str, str], _HotEntry] = {}
        by_prefix: dict[tuple[str, str], _HotEntry] = {}
        for context in iter_route_contexts(routes):
            route, path = context.original_route, _PATH.fullmatch(context.path or "")
            if isinstance(route, HotRoute) and path:
                entry = _HotEntry(route, route.get_route_handler(), path["part"] or "")
                table = by_prefix if path["part"] else by_path
                table |= {(method, path["head"]): entry for method in context.methods or ()}
        return cls(by_path, by_prefix)

    def find(self, scope: Scope) -> _HotEntry | None:
        """Find the entry for a request, and put the id of its path into `path_params`; None if there is none.

        What stands in the place of an id and is none takes the long way: another route may be called so.
        """
        method: str = scope["method"]
        path = get_request_path(scope) if scope.get("root_path") else scope["path"]
        entry = self.by_path.get((method, path))
        if entry is None and _ID.fullmatch(path, max(0, len(path) - _ID_LENGTH)):
            entry = self.by_prefix.get((method, path[:-_ID_LENGTH]))
            if entry is not None:
                scope["path_params"] = {entry.path_parameter: path[-_ID_LENGTH:]}
        return entry


class HotPathMiddleware:
    """ASGI middleware that answers hot routes whose path is fixed, or ends in an id.

    They are offered by the application as well, which is what documents them; this only saves the way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._table: _DispatchTable | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._table is None:
            self._table = _DispatchTable.from_routes(scope["app"].routes)
        entry = self._table.find(scope)
        if entry is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = entry.route
        try:
            response = await entry.handle(StrictRequest(scope, receive))
        except Exception as exc:
            refusal = error_for_exception(exc)
            if isinstance(refusal, InternalError):
                raise
            response = problem_response(scope, refusal)
        await response(scope, receive, send)
