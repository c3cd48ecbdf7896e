"""What programs ask beside the API's own methods: HEAD, OPTIONS, a slash at the end, and pages of other origins."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.main import CORS_TERMS, create_app
from tests.core.http.asgi_client import AsgiClient
from tests.routers.responses import expect_problem
from tests.world import World

ORIGIN = "https://bang.example.vn"


class TestHead:
    @pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
    async def test_of_health(self, client: httpx.AsyncClient, path: str):
        assert (await client.head(path)).status_code == 200

    async def test_is_get_with_its_headers(self, client: httpx.AsyncClient, world: World):
        officer = await world.user(await world.unit("womens_union"), "union_officer")
        path = "/v1/enrolments/batches/template"
        head, get = [
            await client.request(method, path, params={"format": "csv"}, headers=officer.headers)
            for method in ("HEAD", "GET")
        ]
        assert head.status_code == 200
        assert head.headers["content-length"] == get.headers["content-length"]

    async def test_asks_who_is_calling(self, client: httpx.AsyncClient):
        assert (await client.head("/v1/members")).status_code == 401

    async def test_of_what_is_only_posted(self, client: httpx.AsyncClient):
        assert (await client.head("/v1/auth/login")).status_code == 405


class TestOptions:
    async def test_says_what_a_path_takes(self, client: httpx.AsyncClient):
        answer = await client.options("/v1/members")
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert "access-control-allow-origin" not in answer.headers

    async def test_of_no_path(self, client: httpx.AsyncClient):
        expect_problem(await client.options("/v1/nothing"), 404, "not_found")


class TestSlash:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_is_sent_on_without_naming_a_host(self, client: httpx.AsyncClient, method: str):
        headers = {"Host": "evil.example", "X-Forwarded-Proto": "https"}
        answer = await client.request(method, "/v1/members/?q=hoa", headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (307, "/v1/members?q=hoa")

    @pytest.mark.parametrize("path", ["/v1/nothing/", "//evil.example/", "/"])
    async def test_of_no_path(self, client: httpx.AsyncClient, path: str):
        expect_problem(await client.get(f"http://test{path}"), 404, "not_found")


class TestOrigins:
    @pytest.fixture
    async def page(self, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
        settings: Settings = app.state.settings
        other = create_app(settings.model_copy(update={"cors_origins": (ORIGIN,)}))
        async with AsgiClient(other) as client:
            yield client

    async def test_an_allowed_page_may_ask(self, page: httpx.AsyncClient):
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,idempotency-key,if-match",
        }
        answer = await page.options("/v1/stats/summary", headers=asked)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert set(CORS_TERMS["allow_methods"]) <= set(
            answer.headers["access-control-allow-methods"].split(", ")
        )
        assert "access-control-allow-credentials" not in answer.headers

    async def test_and_read_the_answer(self, page: httpx.AsyncClient):
        answer = await page.get("/health/live", headers={"Origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "Idempotency-Replayed" in answer.headers["access-control-expose-headers"]

    async def test_another_page_may_not(self, page: httpx.AsyncClient):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
            answer = await page.request(method, "/health/live", headers=headers)
            assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize("origins", ["*", "bang.example.vn", "https://*.example.vn", "https://a/b"])
    def test_a_wrong_setting_is_refused(self, monkeypatch: pytest.MonkeyPatch, origins: str):
        monkeypatch.setenv("ANSINH_CORS_ORIGINS", origins)
        with pytest.raises(ValueError, match="cors_origins"):
            Settings()

    def test_several(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("ANSINH_CORS_ORIGINS", f"{ORIGIN}, http://localhost:5173")
        assert Settings().cors_origins == (ORIGIN, "http://localhost:5173")
