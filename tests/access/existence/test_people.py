"""Nobody learns from an answer whose number stands in a part of the register that they do not see.

Each way to send a number is tried with one that a hidden member has and with one that nobody has; everything that the
sender can see must be the same, the number of statements too.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import app.imports.enrolments.service as enrolment_imports
from app.auth.permissions import Permission, Role
from app.core.values.ids import uuid7
from tests.access.cases.insurance.enrolments import enrolment_row
from tests.access.existence.answers import ATTEMPTS, Answer, counting_statements, mask
from tests.access.existence.senders import ADMIN, HIDDEN_FROM
from tests.access.scenario.actors import BHXH, FARMERS, SUBJECT, WOMEN, ActorKind, Cell
from tests.access.scenario.scenario import AccessScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.people.member_scenario import new_insurance_no
from tests.world import national_id

BHXH_OFFICER = ActorKind(BHXH, "P1", (Role.BHXH_OFFICER,))
NUMBERS = {"national_id": national_id, "social_insurance_no": new_insurance_no}

each_number = pytest.mark.parametrize("field", NUMBERS)
SendValue = Callable[[str], Awaitable[httpx.Response]]


def each_sender(permission: Permission, *, sandbox: bool = False) -> pytest.MarkDecorator:
    senders = [
        kind for kind in HIDDEN_FROM if permission in kind.permissions and (sandbox or not kind.sandbox)
    ]
    return pytest.mark.parametrize("sender", senders, ids=lambda kind: kind.name)


async def hide_member(scenario: AccessScenario, sender: ActorKind, field: str) -> tuple[str, Any]:
    """A number, and the member out of the sender's sight who has it."""
    cell, number = HIDDEN_FROM[sender], NUMBERS[field]()
    member = await scenario.world.member(scenario.units[cell], commune=scenario.places[cell.place])
    await scenario.world.join(scenario.groups[cell], member)
    await scenario.owner.execute(f"update member set {field} = $2 where id = $1", member, number)
    return number, member


async def compare(scenario: AccessScenario, sender: ActorKind, field: str, send: SendValue) -> Answer:
    """Send a number that exists out of sight, and one that does not; returns what both were answered."""
    for _ in range(ATTEMPTS):
        answers = []
        for number in ((await hide_member(scenario, sender, field))[0], NUMBERS[field]()):
            with counting_statements() as statements:
                response = await send(number)
            assert statements
            answers.append(Answer.of(response, number, statements))
        known, unknown = answers
        if known == unknown:
            break
    assert known == unknown
    return known


def headers_of(scenario: AccessScenario, sender: ActorKind) -> dict[str, str]:
    return scenario.logins[sender].headers | {"Idempotency-Key": str(uuid7())}


def row_with(scenario: AccessScenario, field: str, number: str) -> dict[str, Any]:
    """A row about a person who is named by this number alone: nobody else has the name, whoever was sent before."""
    row = enrolment_row(scenario.places["C1"]) | {"national_id": None, "external_ref": None}
    return row | {"full_name": f"Người {uuid7()}", field: number}


class TestMembers:
    @each_number
    @each_sender(Permission.MEMBER_RECORD)
    async def test_created(self, scenario: AccessScenario, sender: ActorKind, field: str):
        async def send(number: str) -> httpx.Response:
            body = {"commune_code": scenario.places["C1"], "full_name": "Người Mới Vào", field: number}
            return await scenario.client.post("/v1/members", json=body, headers=headers_of(scenario, sender))

        assert (await compare(scenario, sender, field, send)).status == 201

    @each_number
    @each_sender(Permission.MEMBER_RECORD)
    async def test_edited(self, scenario: AccessScenario, sender: ActorKind, field: str):
        async def send(number: str) -> httpx.Response:
            own = next(cell for cell in (SUBJECT, Cell(FARMERS, "C1")) if cell.network == sender.network)
            member = await scenario.world.member(scenario.units[own], commune=scenario.places["C1"])
            await scenario.world.join(scenario.groups[own], member)
            headers = headers_of(scenario, sender) | {"If-Match": '"1"'}
            return await scenario.client.patch(f"/v1/members/{member}", json={field: number}, headers=headers)

        assert (await compare(scenario, sender, field, send)).status == 200

    @each_number
    @each_sender(Permission.MEMBER_RECORD)
    @pytest.mark.parametrize("way", ["detail", "list", "search", "again", "history"])
    async def test_read_afterwards(self, scenario: AccessScenario, sender: ActorKind, field: str, way: str):
        headers = headers_of(scenario, sender)

        async def send(number: str) -> httpx.Response:
            body = {"commune_code": scenario.places["C1"], "full_name": f"Người {uuid7()}", field: number}
            created = await scenario.client.post("/v1/members", json=body, headers=headers)
            path = f"/v1/members/{created.json()['id']}"
            match way:
                case "list":
                    query = {"q": body["full_name"], "commune_code": body["commune_code"]}
                    return await scenario.client.get("/v1/members", params=query, headers=headers)
                case "search":
                    return await scenario.client.post(
                        "/v1/members/search", json={field: number}, headers=headers
                    )
                case "again":
                    return await scenario.client.post("/v1/members", json=body, headers=headers)
                case "history":
                    return await scenario.client.get(f"{path}/history", headers=headers)
            return await scenario.client.get(path, headers=headers)

        assert (await compare(scenario, sender, field, send)).status == (409 if way == "again" else 200)

    @each_number
    @each_sender(Permission.MEMBER_READ, sandbox=True)
    async def test_searched(self, scenario: AccessScenario, sender: ActorKind, field: str):
        async def send(number: str) -> httpx.Response:
            return await scenario.client.post(
                "/v1/members/search", json={field: number}, headers=headers_of(scenario, sender)
            )

        assert '"items":[]' in (await compare(scenario, sender, field, send)).body


class TestEnrolments:
    @each_number
    @each_sender(Permission.ENROLMENT_VALIDATE, sandbox=True)
    @pytest.mark.parametrize("mode", ["validate", "partial", "atomic"])
    async def test_batches(self, scenario: AccessScenario, sender: ActorKind, field: str, mode: str):
        async def send(number: str) -> httpx.Response:
            body = {"mode": mode, "items": [row_with(scenario, field, number)]}
            return await scenario.client.post(
                "/v1/enrolments/batches", json=body, headers=headers_of(scenario, sender)
            )

        answer = await compare(scenario, sender, field, send)
        assert answer.status == (403 if sender.sandbox and mode != "validate" else 200)
        assert ('"status":"created"' in answer.body) == (answer.status == 200)

    @each_number
    @each_sender(Permission.ENROLMENT_VALIDATE, sandbox=True)
    async def test_among_many_rows(self, scenario: AccessScenario, sender: ActorKind, field: str):
        """More rows than are sent as arrays, so that they go through a temporary table."""

        async def send(number: str) -> httpx.Response:
            others = [row_with(scenario, field, NUMBERS[field]()) for _ in range(120)]
            body = {"mode": "validate", "items": [*others, row_with(scenario, field, number)]}
            return await scenario.client.post(
                "/v1/enrolments/batches", json=body, headers=headers_of(scenario, sender)
            )

        answer = await compare(scenario, sender, field, send)
        assert answer.body.count('"status":"created"') == 121

    @each_number
    @each_sender(Permission.ENROLMENT_VALIDATE, sandbox=True)
    @pytest.mark.parametrize("rows_at_once", [1000, 0], ids=["at once", "as a job"])
    async def test_files(
        self, app: FastAPI, scenario: AccessScenario, sender: ActorKind, field: str, rows_at_once: int,
        monkeypatch: pytest.MonkeyPatch,
    ):  # fmt: skip
        monkeypatch.setattr(enrolment_imports, "MAX_BATCH_ROWS", rows_at_once)
        headers = headers_of(scenario, sender) | {"Content-Type": "application/x-ndjson"}

        async def send(number: str) -> httpx.Response:
            lines = "".join(json.dumps(row_with(scenario, field, number)) + "\n" for _ in range(1))
            response = await scenario.client.post(
                "/v1/enrolments/batches", params={"mode": "validate"}, content=lines,
                headers=headers | {"Idempotency-Key": str(uuid7())},
            )  # fmt: skip
            if response.status_code != 202:
                return response
            await run_pending_jobs(app)
            return await scenario.client.get(response.headers["location"], headers=headers)

        answer = await compare(scenario, sender, field, send)
        assert answer.status == 200
        assert '"created":1' in answer.body or '"status":"created"' in answer.body

    @each_number
    @each_sender(Permission.ENROLMENT_SUBMIT)
    @pytest.mark.parametrize("way", ["create", "read", "checks", "submit", "again"])
    async def test_single(self, scenario: AccessScenario, sender: ActorKind, field: str, way: str):
        headers = headers_of(scenario, sender)

        async def send(number: str) -> httpx.Response:
            row = row_with(scenario, field, number)
            created = await scenario.client.post("/v1/enrolments", json=row, headers=headers)
            path = f"/v1/enrolments/{created.json()['id']}"
            match way:
                case "read":
                    return await scenario.client.get(path, headers=headers)
                case "checks":
                    return await scenario.client.get(f"{path}/checks", headers=headers)
                case "submit":
                    return await scenario.client.post(f"{path}/submit", headers=headers | {"If-Match": '"1"'})
                case "again":
                    return await scenario.client.post("/v1/enrolments", json=row, headers=headers)
            return created

        answer = await compare(scenario, sender, field, send)
        assert answer.status == {"create": 201, "again": 200}.get(way, 200)

    @each_number
    @each_sender(Permission.ENROLMENT_VALIDATE, sandbox=True)
    async def test_what_bhxh_noted_of_a_hidden_member(
        self, scenario: AccessScenario, sender: ActorKind, field: str
    ):
        known, member = await hide_member(scenario, sender, field)
        noted = await scenario.client.post(
            f"/v1/members/{member}/other-insurance", json={"kind": "pension", "valid_from": "2020-01-01"},
            headers=headers_of(scenario, BHXH_OFFICER),
        )  # fmt: skip
        assert noted.status_code == 201, noted.text
        bodies = []
        for number in (known, NUMBERS[field]()):
            response = await scenario.client.post(
                "/v1/enrolments/batches", json={"mode": "validate", "items": [row_with(scenario, field, number)]},
                headers=headers_of(scenario, sender),
            )  # fmt: skip
            bodies.append(mask(response.text, number))
        assert bodies[0] == bodies[1]


class TestAcceptance:
    """BHXH, which decides, is told; whoever had the number first is not held up."""

    async def send_row(self, scenario: AccessScenario, sender: ActorKind, row: dict[str, Any]) -> str:
        response = await scenario.client.post(
            "/v1/enrolments/batches",
            json={"mode": "atomic", "items": [row]},
            headers=headers_of(scenario, sender),
        )
        assert response.status_code == 200, response.text
        enrolment_id: str = response.json()["items"][0]["enrolment_id"]
        return enrolment_id

    async def accept(self, scenario: AccessScenario, enrolment_id: str) -> httpx.Response:
        headers = headers_of(scenario, BHXH_OFFICER) | {"If-Match": '"1"'}
        return await scenario.client.post(f"/v1/enrolments/{enrolment_id}/accept", headers=headers)

    @each_number
    async def test_a_pair_is_settled_first(self, scenario: AccessScenario, field: str):
        number, member = await hide_member(scenario, ADMIN, field)
        pending = await self.send_row(scenario, ADMIN, row_with(scenario, field, number))
        first = await self.send_row(
            scenario, ActorKind(WOMEN, "C2", (Role.UNION_OFFICER,)),
            {**row_with(scenario, field, number), "national_id": None, "social_insurance_no": None,
             "full_name": None, "birth_date": None, "commune_code": None, "member_id": str(member)},
        )  # fmt: skip
        refused = await self.accept(scenario, pending)
        assert (refused.status_code, refused.json()["code"]) == (409, "number_pair_open")
        assert (await self.accept(scenario, first)).status_code == 200
        record = await scenario.client.get(
            f"/v1/enrolments/{pending}", headers=headers_of(scenario, BHXH_OFFICER)
        )
        body = {"keep": record.json()["member_id"], "other": str(member), "outcome": "wrong_number"}
        settled = await scenario.client.post(
            "/v1/member-number-pairs/settle", json=body, headers=headers_of(scenario, BHXH_OFFICER)
        )
        assert settled.status_code == 200, settled.text
        assert (await self.accept(scenario, pending)).status_code == 200

    async def test_a_number_that_became_free_holds_up_nobody(self, scenario: AccessScenario):
        number, member = await hide_member(scenario, ADMIN, "national_id")
        pending = await self.send_row(scenario, ADMIN, row_with(scenario, "national_id", number))
        await scenario.owner.execute("update member set national_id = null where id = $1", member)
        assert (await self.accept(scenario, pending)).status_code == 200
