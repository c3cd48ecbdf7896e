"""The contract: problems, log-in and readable names on every operation."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.core.http.openapi import customise_openapi, generate_operation_id
from tests.core.conftest import router


@pytest.fixture
def document() -> dict[str, Any]:
    app = FastAPI(title="An Sinh", version="1", generate_unique_id_function=generate_operation_id)
    app.include_router(router, prefix="/v1")

    @app.get("/v1/auth/open")
    async def show() -> str:
        return ""

    customise_openapi(app, public=frozenset({"/v1/auth/open"}), scopes={"stats:read": "Đọc thống kê"})
    return app.openapi()


class TestDocument:
    def test_ids_are_readable(self, document: dict[str, Any]):
        paths = document["paths"]
        assert paths["/v1/things"]["post"]["operationId"] == "things_create"
        assert paths["/v1/things"]["get"]["operationId"] == "things_list_things"
        assert paths["/v1/auth/open"]["get"]["operationId"] == "auth_show"

    def test_refusals(self, document: dict[str, Any]):
        paths = document["paths"]
        assert {"400", "401", "403", "409", "413", "415", "422", "429", "503"} <= set(
            paths["/v1/things"]["post"]["responses"]
        )
        assert {"404", "412", "428"} <= set(paths["/v1/things/{thing_id}"]["patch"]["responses"])
        assert set(paths["/v1/auth/open"]["get"]["responses"]) == {"200", "429", "503"}
        problem = document["components"]["responses"]["Problem422"]
        assert problem["content"]["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }
        assert "HTTPValidationError" not in str(document)

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]):
        def references(node: Any) -> list[str]:
            if isinstance(node, dict):
                own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
                return own + [targets for child in node.values() for targets in references(child)]
            return (
                [targets for child in node for targets in references(child)] if isinstance(node, list) else []
            )

        targets = references(document)
        assert targets
        for reference in targets:
            target: Any = document
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]

    def test_log_in(self, document: dict[str, Any]):
        assert document["security"] == [{"bearer": []}, {"client": []}]
        assert "security" not in document["paths"]["/v1/things"]["post"]
        assert document["paths"]["/v1/auth/open"]["get"]["security"] == []
        flow = document["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]
        assert flow["scopes"] == {"stats:read": "Đọc thống kê"}

    def test_tags_are_explained(self, document: dict[str, Any]):
        assert {"name": "auth", "description": "Đăng nhập, phiên làm việc (sessions)"} in document["tags"]
        assert document["paths"]["/v1/auth/open"]["get"]["tags"] == ["auth"]
