"""The document of the API and the page that shows it."""

import asyncio
import gzip
import json
import re
from collections import Counter
from typing import Any

import pytest

from app.core.settings import Settings
from app.main import create_app
from tests.core.http.asgi_client import AsgiClient


class TestDocs:
    async def test_everything_it_loads_comes_from_this_server(self, client):
        page = await client.get("/docs")
        assert page.status_code == 200
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(loaded) == 4
        for path in loaded:
            assert path.startswith("/docs/")
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_nothing_is_written_into_the_page_itself(self, client):
        page = await client.get("/docs")
        assert re.findall(r"<style|style=|\son\w+=|javascript:", page.text) == []
        assert re.findall(r"<script(?![^>]*\ssrc=)", page.text) == []
        assert "unsafe" not in page.headers["content-security-policy"]

    async def test_the_document_describes_every_noun(self, client):
        document = (await client.get("/openapi.json")).json()
        assert len(document["paths"]) > 60
        for resource in (
            "contributions",
            "meetings",
            "groups",
            "members",
            "enrolments",
            "stats",
            "campaigns",
        ):
            assert any(resource in path for path in document["paths"])

    async def test_every_part_is_named_in_vietnamese(self, client):
        tags = (await client.get("/openapi.json")).json()["tags"]
        assert [tag["name"] for tag in tags if tag["description"] == tag["name"]] == []


class TestReadyMade:
    async def test_it_is_sent_once_to_who_has_it(self, client):
        first = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
        etag = first.headers["etag"]
        assert not etag.startswith("W/")
        for named in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            again = await client.get(
                "/openapi.json", headers={"Accept-Encoding": "identity", "If-None-Match": named}
            )
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        other = await client.get(
            "/openapi.json", headers={"Accept-Encoding": "identity", "If-None-Match": '"other"'}
        )
        assert (other.status_code, other.content) == (200, first.content)

    async def test_packed_it_is_the_same_under_another_etag(self, client):
        plain = await client.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})
        async with client.stream("GET", "/openapi.json", headers={"Accept-Encoding": "br, gzip"}) as packed:
            raw = b"".join([chunk async for chunk in packed.aiter_raw()])
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert gzip.decompress(raw) == plain.content
        assert len(raw) * 5 < len(plain.content)
        assert packed.headers["etag"] != plain.headers["etag"]
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"

    async def test_a_process_builds_it_once_however_many_ask(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ):
        built: Counter[str] = Counter()

        def counted(name: str, build: Any) -> Any:
            def call(*arguments: Any, **named: Any) -> Any:
                built[name] += 1
                return build(*arguments, **named)

            return call

        application = create_app(settings)
        monkeypatch.setattr(application, "openapi", counted("built", application.openapi))
        monkeypatch.setattr(gzip, "compress", counted("packed", gzip.compress))
        async with AsgiClient(application) as stranger:
            for _ in range(2):
                answers = await asyncio.gather(
                    *(
                        stranger.get("/openapi.json", headers={"Accept-Encoding": coding})
                        for coding in ("identity", "gzip", "identity", "gzip")
                    )
                )
                etags = {answer.headers["etag"] for answer in answers}
                assert {answer.status_code for answer in answers} == {200}
                assert len(etags) == 2
                for etag in etags:
                    again = await stranger.get("/openapi.json", headers={"If-None-Match": etag})
                    assert again.status_code in (200, 304)
        assert built == {"built": 1, "packed": 1}

    async def test_it_is_the_document_of_the_application(self, app, client):
        assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(app.openapi()))


class TestSlash:
    @pytest.mark.parametrize(
        "path", ["/v1/members/", "/v1/contributions/", "/docs/", "/docs/assets", "/health/live/"]
    )
    async def test_no_redirect_names_the_callers_host(self, client, path: str):
        answer = await client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert answer.headers.get("location", path.rstrip("/")) == path.rstrip("/")
        assert answer.status_code == (404 if path == "/docs/assets" else 307)
        assert "evil.example" not in answer.text + str(answer.headers)


class TestNothingElse:
    @pytest.mark.parametrize("path", ["/docs/assets/", "/docs/assets/%2e%2e/__init__.py", "/.git/config"])
    async def test_no_folder_is_listed_and_no_source_is_served(self, client, path: str):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize("path", ["/v1/members", "/v1/auth/login", "/health/live", "/metrics", "/docs"])
    @pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
    async def test_no_method_repeats_what_was_sent(self, client, path: str, method: str):
        answer = await client.request(method, path, headers={"X-Secret": "repeated"})
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert "repeated" not in answer.text + str(answer.headers)

    def test_the_application_is_never_in_debug_mode(self, app):
        assert app.debug is False

    async def test_another_origin_is_allowed_nothing(self, client):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        for answer in (
            await client.options("/v1/members", headers=asked),
            await client.get("/v1/members", headers=asked),
            await client.get("/docs", headers=asked),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control-")]
