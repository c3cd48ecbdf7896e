"""Every route reads the largest body that is valid for it, and little more where strangers may send one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.core.http.request_body import PUBLIC_BODY, SMALL_BODY, BodyLimits
from app.core.http.routing import StrictRoute
from app.main import PUBLIC_PATHS, create_app
from app.routers.upload import UPLOAD_BODY

ESCAPED = 6
"""Bytes of one letter where all but ASCII is escaped, as `json.dumps` does."""
WORD = 100
"""Bytes of a text that is a code, number or date, which its pattern or its type bounds."""
ANY_TEXT = 100_000
"""What `RequestBody` lets a text have that says no length: one whose type says enough."""


class Schemas:
    """The schemas of a document: how long and how many values an instance can be."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document["components"]["schemas"]
        self.unbounded: set[str] = set()

    def measure(self, schema: Mapping[str, Any], name: str = "") -> tuple[int, int]:
        """Bytes and values of the largest instance. name: of the field, for those without a bound."""
        if "$ref" in schema:
            return self.measure(self._components[schema["$ref"].rpartition("/")[2]], name)
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                sizes, values = zip(*(self.measure(part, name) for part in schema[key]), strict=True)
                return max(sizes), max(values)
        if "const" in schema or "enum" in schema:
            return max(len(json.dumps(value)) for value in schema.get("enum", [schema.get("const")])), 1
        match schema.get("type"):
            case "object":
                return self._measure_object(schema, name)
            case "array":
                return self._measure_array(schema, name)
            case "string":
                return self._measure_text(schema), 1
            case _:
                return 24, 1

    def _measure_object(self, schema: Mapping[str, Any], name: str) -> tuple[int, int]:
        size, values = 2, 1
        for field, inner in schema.get("properties", {}).items():
            inner_size, inner_values = self.measure(inner, f"{name}.{field}")
            size, values = size + len(field) + 6 + inner_size, values + inner_values
        if isinstance(extra := schema.get("additionalProperties"), dict):
            inner_size, inner_values = self.measure(extra, name)
            count = self._bound(schema, "maxProperties", name)
            size, values = size + count * (WORD + inner_size), values + count * inner_values
        return size, values

    def _measure_array(self, schema: Mapping[str, Any], name: str) -> tuple[int, int]:
        item: Mapping[str, Any] = schema.get("items", {})
        resolved = self._components[item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        size, values = self.measure(item, name)
        # Lists of an enum have each value once.
        count = len(resolved["enum"]) if "enum" in resolved else self._bound(schema, "maxItems", name)
        return 2 + count * (size + 2), 1 + count * values

    def _measure_text(self, schema: Mapping[str, Any]) -> int:
        if schema.get("format") == "uuid":
            return 40
        letters = int(schema.get("maxLength", ANY_TEXT))
        return WORD if letters == ANY_TEXT else 2 + ESCAPED * letters

    def _bound(self, schema: Mapping[str, Any], key: str, name: str) -> int:
        if key not in schema:
            self.unbounded.add(name)
        return int(schema.get(key, 10))


def list_bodies(app: FastAPI) -> Iterator[tuple[str, str, BodyLimits, Mapping[str, Any]]]:
    """Name, path, limits and schema of every body of JSON."""
    document = app.openapi()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        for method in context.methods or ():
            if isinstance(route, StrictRoute) and method not in ("GET", "HEAD"):
                operation = document["paths"][context.path][method.lower()]
                content = operation.get("requestBody", {}).get("content", {})
                if "application/json" in content:
                    schema = content["application/json"]["schema"]
                    yield f"{method} {context.path}", str(context.path), route.get_body_limits(), schema


class TestLimits:
    def test_the_largest_valid_body_is_read(self, settings):
        app = create_app(settings)
        schemas = Schemas(app.openapi())
        bodies = list(list_bodies(app))
        assert len(bodies) > 60
        too_small = {
            name: (needed, limits)
            for name, _, limits, schema in bodies
            if limits is not UPLOAD_BODY and not fits(needed := schemas.measure(schema, name), limits)
        }
        assert too_small == {}, "say body_limits= at the route (docs/howto/body-limit.md)"
        assert schemas.unbounded == set(), "give the list a max_length"

    def test_strangers_send_little(self, settings):
        for name, path, limits, _ in list_bodies(create_app(settings)):
            if path in PUBLIC_PATHS:
                assert isinstance(limits.size, int)
                assert limits.size <= 76 * 1024, name
                assert limits.values <= 500, name

    def test_what_is_not_said_is_small(self, settings):
        declared = {
            name
            for name, _, limits, _ in list_bodies(create_app(settings))
            if limits not in (SMALL_BODY, PUBLIC_BODY)
        }
        assert declared == {
            "POST /v1/contributions/batches",
            "POST /v1/enrolments/batches",
            "POST /v1/enrolments/decisions",
            "POST /v1/enrolments/{enrolment_id}/reject",
            "POST /v1/enrolments/{enrolment_id}/return",
            "POST /v1/insurance/benefit-estimates",
            "POST /v1/insurance/plans",
            "POST /v1/insurance/quotes",
            "POST /v1/meetings",
            "POST /v1/members/{member_id}/benefit-estimates",
            "POST /v1/observations",
            "POST /v1/savings-models",
            "PATCH /v1/savings-models/{model_id}",
        }


def fits(needed: tuple[int, int], limits: BodyLimits) -> bool:
    """Whether so many bytes and values are read."""
    assert isinstance(limits.size, int)
    return needed[0] <= limits.size and needed[1] <= limits.values
