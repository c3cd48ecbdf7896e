"""The document of the API and the page that shows it."""

import gzip
import json
import re

import pytest


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

    async def test_it_is_the_document_of_the_application(self, app, client):
        assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(app.openapi()))


class TestSlash:
    @pytest.mark.parametrize(
        "path", ["/v1/members/", "/v1/contributions/", "/docs/", "/docs/assets", "/health/live/"]
    )
    async def test_no_redirect_names_the_callers_host(self, client, path: str):
        answer = await client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "evil.example" not in answer.text
