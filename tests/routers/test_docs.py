"""The page at /docs."""

import re


class TestDocs:
    async def test_everything_it_loads_comes_from_this_server(self, client):
        page = await client.get("/docs")
        assert page.status_code == 200
        loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(loaded) == 3
        for path in loaded:
            assert path.startswith("/docs/assets/")
            assert (await client.get(path)).status_code == 200
        assert "default-src" not in page.headers.get("content-security-policy", "")

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
