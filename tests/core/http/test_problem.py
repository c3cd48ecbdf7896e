"""Problem responses: shape, language, pointers, and server errors that reveal nothing."""

import json
import logging
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from typing_extensions import TypedDict

from app.core.errors import NotFound
from app.core.http.problem import error_for_validation
from app.core.http.router import StrictRouter
from app.core.language import FIELD_MESSAGES, negotiate_language, translate_field_error
from app.core.process.log_format import JsonFormatter
from app.core.values.bodies import RequestBody

THINGS = "/v1/things"
ONE = f"{THINGS}/01928f00-0000-7000-8000-000000000000"


class TestLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "vi"),
            ("", "vi"),
            ("en", "en"),
            ("en-US,en;q=0.9", "en"),
            ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
            ("fr, en;q=0.5, vi;q=0.6", "vi"),
            ("fr, en;q=0.6, vi;q=0.5", "en"),
            ("en, vi", "en"),
            ("vi, en", "vi"),
            ("fr", "vi"),
            ("*", "vi"),
            ("en;q=0", "vi"),
            ("vi;q=0, en;q=0.1", "en"),
            ("vi;q=0, *", "en"),
            ("en;q=abc", "vi"),
            ("en;q=nan", "vi"),
            ("EN ; Q=1", "en"),
            (",,;;,", "vi"),
            ("en," * 200, "vi"),
        ],
    )
    def test_negotiation(self, header: str | None, language: str):
        assert negotiate_language(header) == language

    @given(st.text(max_size=80))
    def test_anything_is_read(self, header: str):
        assert negotiate_language(header) in ("vi", "en")

    def test_words_never_break(self):
        for kind in FIELD_MESSAGES:
            assert all(translate_field_error(kind, {}))
        assert (
            translate_field_error("string_too_long", {"max_length": 5})[1]
            == "At most 5 characters are allowed."
        )
        assert translate_field_error("unheard_of", {})[1] == "This value is not valid."

    def test_a_text_has_characters_and_a_list_has_items(self):
        class Body(BaseModel):
            text: Annotated[str, AfterValidator(str.strip), Field(min_length=3)]
            items: Annotated[list[int], Field(min_length=3)]

        with pytest.raises(ValidationError) as refused:
            Body.model_validate({"text": "ab", "items": [1]})
        details = [translate_field_error(error["type"], error["ctx"])[0] for error in refused.value.errors()]
        assert details == ["Cần ít nhất 3 ký tự.", "Cần ít nhất 3 phần tử."]

    def test_the_words_between_choices_are_translated(self):
        vi, en = translate_field_error("enum", {"expected": "'saving', 'loan' or 'gift'"})
        assert "'loan' hoặc 'gift'" in vi
        assert "'loan' or 'gift'" in en


class TestShape:
    async def test_a_problem(self, client: AsyncClient):
        response = await client.get("/fails/done")
        assert response.status_code == 409
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["content-language"] == "vi"
        assert response.headers["vary"] == "Accept-Language"
        assert response.json() == {
            "type": "urn:ansinh:problem:already_done",
            "title": "Mâu thuẫn dữ liệu",
            "status": 409,
            "detail": "Việc này đã làm rồi.",
            "code": "already_done",
            "errors": [],
            "request_id": response.headers["x-request-id"],
        }

    async def test_in_english(self, client: AsyncClient):
        response = await client.post(THINGS, json={"items": []}, headers={"Accept-Language": "en-GB"})
        body = response.json()
        assert response.headers["content-language"] == "en"
        assert (body["title"], body["errors"][0]["detail"]) == (
            "Invalid input",
            "At least 1 items are needed.",
        )

    async def test_what_was_sent_is_not_repeated(self, client: AsyncClient):
        body = {"items": [{"name": "bí mật", "amount": "bí mật", "day": "bí mật", "kind": "bí mật"}]}
        response = await client.post(THINGS, json=body)
        assert len(response.json()["errors"]) == 3
        assert "bí mật" not in response.text

    async def test_a_field_name_cannot_be_endless(self, client: AsyncClient):
        response = await client.post(THINGS, json={"x" * 3000: 1})
        assert max(len(item["pointer"]) for item in response.json()["errors"]) < 250


class TestAddress:
    async def test_unknown_path(self, client: AsyncClient):
        response = await client.get("/v1/nowhere")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize("path", [THINGS, "/metrics"])
    async def test_other_method_names_all_that_work(self, client: AsyncClient, path: str):
        response = await client.put(path)
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
        expected = {THINGS: "GET, HEAD, OPTIONS, POST", "/metrics": "GET, HEAD, OPTIONS"}
        assert response.headers["allow"] == expected[path]

    @pytest.mark.parametrize("part", ["x", "123", "01928f00000070008000000000000000", "%00", "%ff", "٣"])
    async def test_a_path_that_cannot_be_an_id_is_absent(self, client: AsyncClient, part: str):
        response = await client.get(f"{THINGS}/{part}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    async def test_nul_in_a_free_part_of_the_path(self, client: AsyncClient):
        response = await client.delete(f"{THINGS}/a%00b", headers={"Idempotency-Key": "k"})
        assert response.status_code == 404

    @pytest.mark.parametrize(
        ("query", "pointer", "code"),
        [
            ("nope=1", "/query/nope", "unknown_parameter"),
            ("Limit=1", "/query/Limit", "unknown_parameter"),
            ("limit=1&limit=2", "/query/limit", "repeated_parameter"),
            ("q=a%00b", "/query/q", "unreadable_text"),
            ("q=%ff", "/query/q", "unreadable_text"),
            ("limit=0", "/query/limit", "greater_than_equal"),
            ("limit=501", "/query/limit", "less_than_equal"),
            ("limit=x", "/query/limit", "int_parsing"),
            ("limit=", "/query/limit", "int_parsing"),
            ("least=-1", "/query/least", "greater_than_equal"),
            ("least=99999999999999999999999999", "/query/least", None),
            ("cursor=x", "/query/cursor", "cursor"),
        ],
    )
    async def test_query(self, client: AsyncClient, query: str, pointer: str, code: str | None):
        response = await client.get(f"{THINGS}?{query}")
        if code is None:
            assert response.status_code == 200
            return
        assert response.status_code == 422
        assert [(item["pointer"], item["code"]) for item in response.json()["errors"]] == [(pointer, code)]

    async def test_a_list_may_be_repeated(self, client: AsyncClient):
        assert (await client.get(f"{THINGS}?kind=a&kind=b&q=x")).status_code == 200

    async def test_routes_without_parameters_know_none(self, client: AsyncClient):
        assert (await client.get(f"{ONE}?q=1")).status_code == 422

    async def test_needed_headers_have_their_own_nouns(self, client: AsyncClient):
        response = await client.patch(ONE, json={"name": "A", "amount": 1})
        assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
        response = await client.delete(ONE)
        assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")
        response = await client.patch(ONE, headers={"If-Match": "x"})
        assert [item["pointer"] for item in response.json()["errors"]] == ["/header/if-match"]

    def test_a_wrong_path_part_is_absent(self):
        errors = [{"type": "int_parsing", "loc": ("path", "n")}, {"type": "missing", "loc": ("body", "a")}]
        assert isinstance(error_for_validation(errors, {}), NotFound)

    async def test_form(self, client: AsyncClient):
        assert (await client.post("/form", data={"grant": "x"})).json() == "x"
        response = await client.post("/form", data={})
        assert [item["pointer"] for item in response.json()["errors"]] == ["/grant"]


class TestDefects:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [("defect", 500, "internal_error"), ("unique", 409, "conflict"), ("away", 503, "unavailable")],
    )
    async def test_an_exception_is_a_problem(self, client, caplog, kind: str, status: int, code: str):
        caplog.set_level(logging.INFO)
        response = await client.get(f"/fails/{kind}")
        body = response.json()
        assert (response.status_code, body["code"]) == (status, code)
        assert body["request_id"] == response.headers["x-request-id"]
        assert ("retry-after" in response.headers) == (status == 503)
        lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
        errors = [line for line in lines if line["logger"] == "ansinh.error"]
        assert len(errors) == (status >= 500)
        if status == 500:
            assert any("fail" in frame for frame in errors[0]["error"][0]["frames"])
        assert "042184000123" not in json.dumps(lines) + response.text
        assert "secret" not in json.dumps(lines) + response.text


class TestRegistration:
    def test_two_body_parameters_are_refused_at_start(self):
        class Other(BaseModel):
            a: int

        router = StrictRouter()
        with pytest.raises(TypeError, match="one model"):

            @router.post("/two")
            async def two(first: Other, second: Other) -> None:
                """Unknown fields beside the two would go unseen."""

    async def test_typed_dicts_are_strict_too(self, app: FastAPI, client: AsyncClient):
        class Row(TypedDict):
            __pydantic_config__ = {"extra": "forbid"}  # type: ignore[misc]
            a: int

        router = StrictRouter()

        @router.post("/rows")
        async def rows(body: list[Row]) -> int:
            return len(body)

        app.include_router(router)
        assert (await client.post("/rows", json=[{"a": 1}])).json() == 1
        response: Any = await client.post("/rows", json=[{"a": 1}, {"a": 1, "b/c": 2}])
        assert [item["pointer"] for item in response.json()["errors"]] == ["/1/b~1c"]

    def test_bodies_forbid_unknown_fields(self):
        assert RequestBody.model_config["extra"] == "forbid"
