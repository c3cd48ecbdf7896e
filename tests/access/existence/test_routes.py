"""Every field of every route that can name something: a value that exists out of sight is answered like one that does not.

The fields come from the OpenAPI document and the requests from the access matrix, so that a new route or field is tried
or noticed. Fields of a path are tried by the matrix itself (`test_not_yours_looks_absent`), numbers of people in every
mode by `test_people`.
"""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from app.main import PUBLIC_PATHS
from tests.access.attempts import send_request
from tests.access.cases.base import AccessCase, CaseRequest
from tests.access.existence.answers import ATTEMPTS, Answer, counting_statements
from tests.access.existence.probes import NamingField, find_hidden_value, list_naming_fields, unknown_like
from tests.access.existence.senders import HIDDEN_PAIRS
from tests.access.existence.told import NAMES_NOTHING, TOLD
from tests.access.matrix import CASES
from tests.access.scenario.actors import OTHER_UNION, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.scenario import AccessScenario

_RIVAL_KINDS = {"id": "code", "code": "id"}
CASE_OF_ROUTE = {case.name: case for case in reversed(CASES)}


@pytest.fixture(scope="module")
def fields(app: FastAPI) -> list[NamingField]:
    return list_naming_fields(app.openapi())


def is_tried(field: NamingField) -> bool:
    return field.name not in NAMES_NOTHING and field.route.split(" ")[1] not in PUBLIC_PATHS


class TestCompleteness:
    async def test_the_walk_sees_fields(self, fields: list[NamingField]):
        labels = {field.label for field in fields}
        assert len(labels) > 150
        assert {"POST /v1/members national_id", "GET /v1/members ?group_id"} <= labels
        assert "POST /v1/contributions/batches items/0/member_id" in labels

    async def test_every_field_has_a_hidden_value_or_a_reason(self, fields: list[NamingField]):
        unknown = {
            field.label
            for field in fields
            if is_tried(field) and field.label not in TOLD and find_hidden_value(field) is None
        }
        assert sorted(unknown) == []

    async def test_every_route_is_in_the_matrix(self, fields: list[NamingField]):
        assert sorted({field.route for field in fields if is_tried(field)} - CASE_OF_ROUTE.keys()) == []

    async def test_what_is_told_is_there(self, fields: list[NamingField]):
        labels = {field.label for field in fields}
        assert sorted(set(TOLD) - labels) == []


@pytest.mark.parametrize("route", sorted(CASE_OF_ROUTE))
async def test_route(route: str, scenario: AccessScenario, fields: list[NamingField]):
    case, faults = CASE_OF_ROUTE[route], []
    for field in fields:
        if field.route != route or not is_tried(field) or field.label in TOLD:
            continue
        for sender, hidden in HIDDEN_PAIRS:
            if case.permission in sender.permissions:
                faults += await compare(scenario, case, field, sender, hidden)
    assert not faults, "\n".join(faults)


async def compare(
    scenario: AccessScenario, case: AccessCase, field: NamingField, sender: ActorKind, hidden: Cell
) -> list[str]:
    """What differs between the answers for a hidden value and for one that does not exist."""
    for _ in range(ATTEMPTS):
        value = await find_hidden_value(field)(CellData(scenario, hidden))  # type: ignore[misc]
        known = await answer(scenario, case, field, sender, value)
        unknown = await answer(scenario, case, field, sender, unknown_like(value))
        if known == unknown:
            return []
    return [f"{field.label} by {sender.name}: {known.difference(unknown)}"]


async def answer(
    scenario: AccessScenario, case: AccessCase, field: NamingField, sender: ActorKind, value: str
) -> Answer:
    """The answer to a request of the sender about rows of their own, with the value in one field."""
    own = OTHER_UNION if sender.network == OTHER_UNION.network else SUBJECT
    data = CellData(scenario, own)
    data.actor = sender
    request = put_value(await case.build_request(data), field, value)
    with counting_statements() as statements:
        response = await send_request(scenario.client, case, request, scenario.logins[sender].token)
    assert response.status_code < 500, f"{field.label}: {response.text}"
    return Answer.of(response, value, statements)


def put_value(request: CaseRequest, field: NamingField, value: str) -> CaseRequest:
    """A request with a value in one field, and without the other field that names the same thing."""
    if field.in_query:
        return replace(request, query={**without_rival(dict(request.query), field.name), field.name: value})
    return replace(request, body=insert(request.body, field.path, value))


def insert(part: Any, path: tuple[str | int, ...], value: str) -> Any:
    """A copy of a part of a body with the value at the end of the path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = part if isinstance(part, list) and part else [None]
        return [insert(items[0], rest, value), *items[1:]]
    whole = part if isinstance(part, dict) else {}
    return {**(whole if rest else without_rival(whole, step)), step: insert(whole.get(step), rest, value)}


def without_rival(part: dict[str, Any], name: str) -> dict[str, Any]:
    """An object without the field that names the same thing in the other way."""
    stem, _, kind = name.rpartition("_")
    rival = f"{stem}_{_RIVAL_KINDS.get(kind)}"
    return {key: each for key, each in part.items() if key != rival}
