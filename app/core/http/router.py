"""The router of this API: strict routes, hot ones or with other limits of the body where a route says so.

    router = StrictRouter(prefix="/v1/members", tags=["members"])

    @router.get("/{member_id}", hot=True)
    @router.post("/sheets", body_limits=BodyLimits(1024 * 1024))

Routes are tried in the order in which they stand: a fixed path comes before the path with an id in its place.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.types import DecoratedCallable
from starlette.routing import Match
from starlette.types import Scope

from app.core.http.hot import HotRoute
from app.core.http.request_body import BodyLimits
from app.core.http.request_path import get_request_path
from app.core.http.routing import StrictRoute


class StrictRouter(APIRouter):
    """An APIRouter whose routes are strict; it is skipped at once when a path lacks the fixed part of its prefix.

    Without that a request tries the patterns of every router before its own, one by one, so that the last route of a
    hundred costs half a millisecond more than the first.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=StrictRoute, **options)

    def get(
        self, path: str, *, hot: bool = False, **options: Any
    ) -> Callable[[DecoratedCallable], DecoratedCallable]:
        """`GET`; hot: whether it is a hot route (`HotRoute`); options: those of `APIRouter.get`."""
        return self._declare("GET", path, hot, None, options)

    def post(
        self, path: str, *, hot: bool = False, body_limits: BodyLimits | None = None, **options: Any
    ) -> Callable[[DecoratedCallable], DecoratedCallable]:
        """`POST`, as `get`; body_limits: where a valid body may be larger than `SMALL_BODY`."""
        return self._declare("POST", path, hot, body_limits, options)

    def patch(
        self, path: str, *, body_limits: BodyLimits | None = None, **options: Any
    ) -> Callable[[DecoratedCallable], DecoratedCallable]:
        """`PATCH`, as `post`."""
        return self._declare("PATCH", path, False, body_limits, options)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As an APIRouter does, for paths with the fixed part of the prefix (below whatever it is included under)."""
        if self.prefix.partition("{")[0] not in get_request_path(scope):
            return Match.NONE, {}
        return super().matches(scope)

    def _declare(
        self, method: str, path: str, hot: bool, body_limits: BodyLimits | None, options: dict[str, Any]
    ) -> Callable[[DecoratedCallable], DecoratedCallable]:
        def declare(endpoint: DecoratedCallable) -> DecoratedCallable:
            route_class: type[StrictRoute] = HotRoute if hot else StrictRoute
            if body_limits is not None:
                route_class = _with_limits(route_class, body_limits)
            self.add_api_route(path, endpoint, methods=[method], route_class_override=route_class, **options)
            return endpoint

        return declare


def _with_limits(route_class: type[StrictRoute], body_limits: BodyLimits) -> type[StrictRoute]:
    """The same class of routes with other limits: FastAPI makes a route of its class and of nothing else."""
    return type(route_class.__name__, (route_class,), {"body_limits": body_limits})
