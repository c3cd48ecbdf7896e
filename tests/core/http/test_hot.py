"""Hot routes: declared like others, with the same responses with and without the middleware."""

from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Query, Request, Response

from app.core.errors import Forbidden
from app.core.http.answers import json_response
from app.core.http.hot_paths import HotPathMiddleware
from app.core.http.parameters.idempotency import HotIdempotencyKey
from app.core.http.parameters.page_query import PageQuery
from app.core.http.problem import install_error_handlers
from app.core.http.router import StrictRouter
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.paging import use_cursor_secrets

THING = "01920000-0000-7000-8000-000000000001"


class Thing(RequestBody):
    name: str


class ThingFilters(RequestBody):
    colour: str | None = None


class AllowedCaller:
    async def begin(self) -> None:
        """Let everybody in."""


class RefusedCaller:
    async def begin(self) -> None:
        raise Forbidden


def build_app(caller: AllowedCaller | RefusedCaller, *, through_middleware: bool) -> FastAPI:
    async def admitted(request: Request) -> AllowedCaller | RefusedCaller:
        return caller

    router = StrictRouter(prefix="/things")
    Caller = Annotated[AllowedCaller | RefusedCaller, Depends(admitted)]  # noqa: N806 - a type

    @router.post("", hot=True)
    async def make(caller: Caller, body: Thing, key: HotIdempotencyKey = None) -> Response:
        return json_response(f'{{"name": "{body.name}", "key": "{key}"}}')

    @router.get("", hot=True)
    async def look(caller: Caller, filters: Annotated[ThingFilters, Query()], page: PageQuery) -> Response:
        return json_response(f'{{"colour": "{filters.colour}", "limit": {page.limit}}}')

    @router.get("/{thing_id}", hot=True)
    async def one(caller: Caller, thing_id: Uuid) -> Response:
        return json_response(f'{{"id": "{thing_id}"}}')

    @router.get("/broken/now", hot=True)
    async def broken(caller: Caller) -> Response:
        raise ValueError("a defect")

    app = FastAPI()
    install_error_handlers(app)
    if through_middleware:
        app.add_middleware(HotPathMiddleware)
    app.include_router(router)
    return app


@pytest.fixture(params=[True, False], ids=["front door", "back door"])
def through_middleware(request) -> bool:
    use_cursor_secrets("a secret of thirty-two letters or more")
    return bool(request.param)


def make_client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


class TestHotRoute:
    async def test_every_kind_of_parameter(self, through_middleware):
        async with make_client(build_app(AllowedCaller(), through_middleware=through_middleware)) as client:
            created = await client.post("/things", json={"name": "x"}, headers={"Idempotency-Key": "k"})
            assert created.json() == {"name": "x", "key": "k"}
            assert (await client.get("/things?colour=red&limit=7")).json() == {"colour": "red", "limit": 7}
            assert (await client.get("/things")).json() == {"colour": "None", "limit": 50}
            assert (await client.get(f"/things/{THING}")).json() == {"id": THING}
            assert (await client.get(f"/things/{THING.upper()}")).json() == {"id": THING}

    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "pointer"),
        [
            ("POST", "/things", {"name": 5}, 422, "/name"),
            ("POST", "/things", {"name": "x", "nope": 1}, 422, "/nope"),
            ("POST", "/things?x=1", {"name": "x"}, 422, "/query/x"),
            ("GET", "/things?limit=0", None, 422, "/query/limit"),
            ("GET", "/things?cursor=0", None, 422, "/query/cursor"),
            ("GET", "/things?colour=a&colour=b", None, 422, "/query/colour"),
            ("GET", "/things/x", None, 404, None),
            ("GET", "/things/{thing_id}", None, 404, None),
            ("GET", f"/things/{THING.replace('-', '')}", None, 404, None),
            ("GET", f"/things/{THING.replace('0', 'g')}", None, 404, None),
            ("GET", f"/things/{THING}?x=1", None, 422, "/query/x"),
            ("PUT", "/things", None, 405, None),
        ],
    )
    async def test_what_is_wrong_is_told_to_whom_it_may_concern(
        self, through_middleware, method, path, body, status, pointer
    ):
        async with make_client(build_app(AllowedCaller(), through_middleware=through_middleware)) as client:
            response = await client.request(method, path, json=body)
            assert response.status_code == status
            assert [error["pointer"] for error in response.json()["errors"]] == ([pointer] if pointer else [])
        async with make_client(build_app(RefusedCaller(), through_middleware=through_middleware)) as client:
            response = await client.request(method, path, json=body)
            assert response.status_code == (405 if status == 405 else 403)

    @pytest.mark.parametrize(
        "path", [f"/other/{THING}", f"/things/x/{THING}", f"/things/{THING}/x", f"/{THING}"]
    )
    async def test_an_id_elsewhere_leads_nowhere(self, through_middleware, path):
        async with make_client(build_app(AllowedCaller(), through_middleware=through_middleware)) as client:
            assert (await client.get(path)).status_code == 404

    async def test_another_method_is_refused(self, through_middleware):
        async with make_client(build_app(AllowedCaller(), through_middleware=through_middleware)) as client:
            response = await client.delete(f"/things/{THING}")
            assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")

    async def test_a_defect_is_not_hidden(self, through_middleware):
        async with make_client(build_app(AllowedCaller(), through_middleware=through_middleware)) as client:
            assert (await client.get("/things/broken/now")).status_code == 500

    async def test_the_document_knows_it(self, through_middleware):
        paths = build_app(AllowedCaller(), through_middleware=through_middleware).openapi()["paths"][
            "/things"
        ]
        assert paths["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
            "/Thing"
        )
        assert {p["name"] for p in paths["get"]["parameters"]} == {"colour", "limit", "cursor"}

    def test_what_it_cannot_solve_is_refused_at_once(self):
        router = StrictRouter()

        async def unguarded(body: Thing) -> Response:
            return json_response("{}")

        async def unknown(
            caller: Annotated[AllowedCaller, Depends(AllowedCaller)], word: str = ""
        ) -> Response:
            return json_response("{}")

        with pytest.raises(TypeError, match="exactly one guard"):
            router.post("/a", hot=True)(unguarded)
        with pytest.raises(TypeError, match="cannot solve word"):
            router.get("/b", hot=True)(unknown)
