"""The private names of FastAPI: a test that fails here tells which upgrade moved them (core/http/fastapi_private.py)."""

from contextvars import ContextVar
from typing import Annotated, Any

import fastapi
import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi import routing as fastapi_routing
from fastapi.routing import APIRoute

from app.core.http.fastapi_private import get_effective_path, get_effective_route
from app.core.http.routing import StrictRoute, get_query_names, takes_several_values
from app.core.settings import Settings
from app.main import create_app

UPGRADE = f"FastAPI {fastapi.__version__} moved a private name: mend app/core/http/fastapi_private.py"


async def _mark(request: Request) -> None:
    request.state.marked = True


class _NotingRoute(APIRoute):
    """A route that notes what it is when its handler is built."""

    effective: list[Any]

    def get_route_handler(self) -> Any:
        self.__dict__.setdefault("effective", []).append(get_effective_route(self))
        return super().get_route_handler()


def _build_app() -> tuple[FastAPI, APIRouter]:
    router = APIRouter(prefix="/things", route_class=_NotingRoute)

    @router.get("/{thing_id}")
    async def read(thing_id: int, request: Request) -> str | None:
        return get_effective_path(request.scope)

    app = FastAPI()
    app.include_router(router, prefix="/v1", dependencies=[Depends(_mark)])
    return app, router


class TestEffectiveRoute:
    def test_the_name_is_there(self):
        variable = getattr(fastapi_routing, "_effective_route_context_var", None)
        assert isinstance(variable, ContextVar), UPGRADE
        assert variable.get() is None, UPGRADE

    async def test_it_has_what_the_inclusion_adds(self):
        app, router = _build_app()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            response = await client.get("/v1/things/5")
        assert response.json() == "/v1/things/{thing_id}", UPGRADE
        route = router.routes[0]
        assert isinstance(route, _NotingRoute)
        alone, included = route.effective
        assert alone is route, UPGRADE
        assert [one.call for one in included.dependant.dependencies] == [_mark], UPGRADE
        assert included.body_field is None, UPGRADE
        assert included.dependency_overrides_provider is app, UPGRADE
        assert get_effective_route(route) is route, UPGRADE


class TestQueryNames:
    """What stands in place of private names follows the framework, which says in the document how it reads."""

    async def test_they_are_those_of_the_document(self, settings: Settings):
        app = create_app(settings)
        operations = app.openapi()["paths"]
        compared = 0
        for context in fastapi_routing.iter_route_contexts(app.routes):
            if not isinstance(context.original_route, StrictRoute):
                continue
            for method in context.methods or ():
                documented = {
                    parameter["name"]: _is_array(parameter["schema"])
                    for parameter in operations[context.path][method.lower()].get("parameters", ())
                    if parameter["in"] == "query"
                }
                assert get_query_names(context.dependant) == documented, f"{method} {context.path}: {UPGRADE}"
                compared += len(documented)
        assert compared > 200

    def test_types(self):
        for several in (list[str], list[int] | None, set[str], Annotated[tuple[int, ...], "x"], list):
            assert takes_several_values(several)
        for one in (str, str | None, int, Annotated[str, "x"], bytes, dict[str, int]):
            assert not takes_several_values(one)


def _is_array(schema: dict[str, Any]) -> bool:
    return any(part.get("type") == "array" for part in (schema, *schema.get("anyOf", ())))
