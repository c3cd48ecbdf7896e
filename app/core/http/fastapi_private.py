"""The only names of FastAPI that are not public, and why there is no other way.

A router that is included (`include_router`) keeps its routes as they are; what the inclusion adds to them (prefix,
dependencies, the application that overrides dependencies) is in a context beside the route. FastAPI gives it to
`APIRoute.get_route_handler` in a ContextVar and to a request in its scope, and to nobody in public before the first
request. `tests/core/http/test_private_names.py` says which version of FastAPI moved them.
"""

from typing import Any

from fastapi.routing import APIRoute, _effective_route_context_var
from starlette.types import Scope


def get_effective_route(route: APIRoute) -> Any:
    """The route with what its inclusion adds, for `get_route_handler`: it has the attributes of an APIRoute."""
    context = _effective_route_context_var.get()
    return route if context is None or context.original_route is not route else context


def get_effective_path(scope: Scope) -> str | None:
    """The template of the route that a request was matched with, under the prefixes of its inclusions."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    route = getattr(context, "starlette_route", None) or context or scope.get("route")
    path: str | None = getattr(route, "path_format", None)
    return path
