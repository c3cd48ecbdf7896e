"""Decisions of BHXH on many enrolments at once: each row with its own outcome; tried first; as a job when long."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, groupby
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

import app.imports.decisions.job as decision_job
import app.imports.decisions.service as decisions
from app.insurance.enrolments.decisions.catalogue import CATALOGUE
from app.insurance.enrolments.decisions.schemas import EnrolmentDecisionIn
from tests.insurance.enrolment_scenario import ENROLMENTS, REASON, EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

DECISIONS, REASONS = f"{ENROLMENTS}/decisions", f"{ENROLMENTS}/decision-reasons"
UNREADABLE = {"code": "document_unreadable"}
_keys = count(1)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def decide(
    scenario: EnrolmentScenario, login: Login | None = None, *, key: str | None = None, **body: Any
) -> httpx.Response:
    """Send a decision, as BHXH's officer and under a new key unless said otherwise."""
    headers = (login or scenario.bhxh).headers | {"Idempotency-Key": key or f"decision-{next(_keys)}"}
    return await scenario.client.post(DECISIONS, json=body, headers=headers)


def rows_of(*enrolments: Any) -> list[dict[str, Any]]:
    return [{"enrolment_id": enrolment["id"]} for enrolment in enrolments]


def outcomes_of(body: Any) -> list[tuple[str, str | None, str | None]]:
    return [(item["status"], item["enrolment_status"], item["code"]) for item in body["items"]]


async def read_status(scenario: EnrolmentScenario, enrolment: Any) -> str:
    status: str = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}"))["status"]
    return status


async def send_batch(scenario: EnrolmentScenario, rows: int) -> tuple[str, list[dict[str, Any]]]:
    """A batch of submitted enrolments: its id, and its enrolments by their ids."""
    batch = await scenario.send_ok(*[scenario.row() for _ in range(rows)])
    return batch["batch_id"], [{"id": item["enrolment_id"]} for item in batch["items"]]


async def note_pension(scenario: EnrolmentScenario, enrolment: Any) -> None:
    path = f"/v1/members/{enrolment['member_id']}/other-insurance"
    body = {"kind": "pension", "valid_from": "2020-01-01"}
    expect_json(await scenario.post(path, scenario.bhxh, **body), 201)


@contextmanager
def count_statements(app: FastAPI) -> Iterator[list[str]]:
    """The statements that sessions and their driver connections send meanwhile."""
    statements: list[str] = []
    engine = app.state.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    def noting(method: Any) -> Any:
        def call(connection: asyncpg.Connection, sql: str, *args: Any, **options: Any) -> Any:
            statements.append(sql)
            return method(connection, sql, *args, **options)

        return call

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patcher:
            for name in ("execute", "fetch", "fetchrow", "fetchval", "prepare"):
                patcher.setattr(asyncpg.Connection, name, noting(getattr(asyncpg.Connection, name)))
            yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


class TestDecide:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        body = {"action": "accept", "items": rows_of({"id": str(uuid4())})}
        assert (await scenario.client.post(DECISIONS, json=body)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        sent = await scenario.create_submitted()
        response = await decide(scenario, getattr(scenario, who), action="accept", items=rows_of(sent))
        expect_problem(response, 403, "forbidden")
        assert await read_status(scenario, sent) == "submitted"

    async def test_each_row_has_its_own_outcome(self, scenario: EnrolmentScenario):
        good, pensioner, draft, stale = (
            await scenario.create_submitted(), await scenario.create_submitted(), await scenario.create_draft(),
            await scenario.create_submitted(),
        )  # fmt: skip
        await note_pension(scenario, pensioner)
        items = [
            {"enrolment_id": good["id"], "version": good["version"]},
            *rows_of(pensioner, draft),
            {"enrolment_id": stale["id"], "version": stale["version"] - 1},
            *rows_of({"id": str(uuid4())}, good),
        ]
        response = await decide(scenario, action="accept", items=items)
        body = expect_json(response)
        assert outcomes_of(body) == [
            ("done", "accepted", None),
            ("refused", "submitted", "not_eligible"),
            ("refused", "draft", "enrolment_status"),
            ("refused", "submitted", "stale_version"),
            ("refused", None, "not_found"),
            ("refused", "accepted", "enrolment_repeated"),
        ]
        assert [(e["pointer"], e["code"]) for e in body["items"][1]["errors"]] == [
            ("/product", "has_pension")
        ]
        assert body["counts"] == {"done": 1, "refused": 5}
        assert await read_status(scenario, good) == "accepted"
        assert response.headers["location"] == f"{DECISIONS}/{body['decision_id']}"

    async def test_refused_as_the_single_decision_is(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        await note_pension(scenario, sent)
        single = (await scenario.transition(sent, "accept", scenario.bhxh)).json()
        [row] = expect_json(await decide(scenario, action="accept", items=rows_of(sent)))["items"]
        assert (row["code"], row["detail"]) == (single["code"], single["detail"])
        assert row["errors"] == single["errors"]

    async def test_elsewhere_is_not_found(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        for place in (scenario.world.sibling_province, scenario.world.province):
            unit = await scenario.world.unit("bhxh", place)
            stranger = await scenario.world.user(unit, "bhxh_officer")
            body = expect_json(
                await decide(scenario, stranger, action="reject", items=rows_of(sent), reasons=[REASON])
            )
            is_ours = place == scenario.world.province
            assert outcomes_of(body)[0][2] == (None if is_ours else "not_found")

    @pytest.mark.parametrize(("action", "status"), [("return", "returned"), ("reject", "rejected")])
    async def test_reasons_are_of_every_row(self, scenario: EnrolmentScenario, action: str, status: str):
        rows = [await scenario.create_submitted() for _ in range(2)]
        reasons = [{"code": "national_id_wrong", "text": "Số trên ảnh là số khác."}, REASON]
        expect_json(await decide(scenario, action=action, items=rows_of(*rows), reasons=reasons))
        for row in rows:
            found = expect_json(await scenario.get(f"{ENROLMENTS}/{row['id']}"))
            assert found["status"] == status
            assert found["reasons"] == [
                {
                    "pointer": "/national_id",
                    "code": "national_id_wrong",
                    "text": "Số định danh cá nhân không khớp với Cơ sở dữ liệu quốc gia về dân cư."
                    " Số trên ảnh là số khác.",
                },
                REASON,
            ]

    async def test_is_audited_and_announced_for_each(self, scenario: EnrolmentScenario, owner: Any):
        _, rows = await send_batch(scenario, 3)
        body = expect_json(
            await decide(scenario, action="return", items=rows_of(*rows), reasons=[UNREADABLE])
        )
        ids = [row["id"] for row in rows]
        events = await owner.fetch(
            "select network, actor_id, fields::text from audit_event where event = 'enrolment.returned'"
            " and subject_id = any($1::uuid[])",
            ids,
        )
        fields = {"from": "submitted", "reasons": [{"pointer": "", "code": "document_unreadable"}]}
        assert [(e["network"], e["actor_id"], json.loads(e["fields"])) for e in events] == [
            ("womens_union", scenario.bhxh.id, fields)
        ] * 3
        kinds = await owner.fetch(
            "select kind from outbox_event where kind = 'enrolment.returned' and subject_id = any($1::uuid[])",
            ids,
        )
        assert len(kinds) == 3
        whole = await owner.fetchval(
            "select fields::text from audit_event where event = 'enrolment_decision.made' and subject_id = $1",
            body["decision_id"],
        )
        assert json.loads(whole)["done"] == 3

    async def test_statements_do_not_grow_with_the_rows(self, scenario: EnrolmentScenario, app: FastAPI):
        counted: list[list[str]] = []
        for rows in (1, 2, 40):  # the first of them loads limits and types
            _, sent = await send_batch(scenario, rows)
            with count_statements(app) as statements:
                expect_json(await decide(scenario, action="accept", items=rows_of(*sent)))
            ours = [sql for sql in statements if "fold" not in sql]  # what runs beside
            counted.append([sql for sql, _ in groupby(ours)])  # what is prepared first comes twice
        assert counted[1] == counted[2] != []

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"action": "accept"}, "", "one_selection"),
            ({"action": "accept", "items": "ONE", "filter": {"status": "submitted"}}, "/filter", "one_selection"),
            ({"items": "ONE"}, "/action", "missing"),
            ({"action": "accept", "items": []}, "/items", "too_short"),
            ({"action": "pay", "items": "ONE"}, "/action", "enum"),
            ({"action": "return", "items": "ONE"}, "/reasons", "missing"),
            ({"action": "accept", "items": "ONE", "reasons": [UNREADABLE]}, "/reasons", "reasons_not_for_accept"),
            ({"action": "reject", "items": "ONE", "reasons": [UNREADABLE]}, "/reasons/0/code", "reason_not_for_action"),
            ({"action": "return", "items": "ONE", "reasons": [{"code": "other"}]}, "/reasons/0/text", "reason_text_needed"),
            ({"action": "return", "items": "ONE", "reasons": [{"code": "mine"}]}, "/reasons/0/text", "reason_not_in_catalogue"),
            ({"action": "accept", "filter": {"status": "submitted"}}, "/filter", "dry_run_needed"),
            ({"action": "accept", "filter": {}, "dry_run": True}, "/filter", "filter_empty"),
            ({"action": "accept", "filter": {"colour": "red"}, "dry_run": True}, "/filter/colour", "extra_forbidden"),
            ({"dry_run_id": str(uuid4()), "dry_run": True}, "/dry_run", "told_by_dry_run"),
        ],
    )  # fmt: skip
    async def test_hostile_bodies(
        self, scenario: EnrolmentScenario, body: dict[str, Any], pointer: str, code: str
    ):
        if body.get("items") == "ONE":
            body = body | {"items": rows_of({"id": str(uuid4())})}
        expect_problem(await decide(scenario, **body), 422, code, pointer)

    async def test_same_key_answers_the_first_result(self, scenario: EnrolmentScenario):
        sent, other = await scenario.create_submitted(), await scenario.create_submitted()
        first = await decide(scenario, key="a-key", action="accept", items=rows_of(sent))
        again = await decide(scenario, key="a-key", action="accept", items=rows_of(sent))
        assert (again.json(), again.headers["idempotency-replayed"]) == (expect_json(first), "true")
        reused = await decide(scenario, key="a-key", action="accept", items=rows_of(other))
        expect_problem(reused, 422, "idempotency_key_reused")
        assert await read_status(scenario, other) == "submitted"

    async def test_without_a_key_is_422(self, scenario: EnrolmentScenario):
        body = {"action": "accept", "items": rows_of({"id": str(uuid4())})}
        response = await scenario.client.post(DECISIONS, json=body, headers=scenario.bhxh.headers)
        assert response.status_code in (400, 422)


class TestTry:
    """A trial answers the same and writes nothing; what it showed is what is carried out."""

    async def test_writes_nothing_and_answers_the_same(self, scenario: EnrolmentScenario, owner: Any):
        good, pensioner = await scenario.create_submitted(), await scenario.create_submitted()
        await note_pension(scenario, pensioner)
        items = rows_of(good, pensioner)
        trial = expect_json(await decide(scenario, action="accept", items=items, dry_run=True))
        assert await read_status(scenario, good) == "submitted"
        audited = "select count(*) from audit_event where event = 'enrolment.accepted' and subject_id = $1"
        assert await owner.fetchval(audited, good["id"]) == 0
        real = expect_json(await decide(scenario, action="accept", items=items))
        assert (trial["items"], trial["counts"]) == (real["items"], real["counts"])
        assert (trial["dry_run"], real["dry_run"]) == (True, False)

    async def test_a_filter_decides_what_was_seen_and_no_more(self, scenario: EnrolmentScenario):
        _, rows = await send_batch(scenario, 2)
        changed = await scenario.create_submitted()
        words = {"status": "submitted", "commune_code": scenario.world.commune}
        trial = expect_json(await decide(scenario, action="accept", filter=words, dry_run=True))
        assert {item["enrolment_id"] for item in trial["items"]} == {row["id"] for row in (*rows, changed)}
        late = await scenario.create_submitted()
        expect_json(await scenario.transition(changed, "return", scenario.bhxh, reasons=[REASON]))
        returned = expect_json(await scenario.get(f"{ENROLMENTS}/{changed['id']}"))
        expect_json(await scenario.transition(returned, "submit"))
        real = expect_json(await decide(scenario, dry_run_id=trial["decision_id"]))
        assert real["dry_run_id"] == trial["decision_id"]
        by_id = {item["enrolment_id"]: (item["status"], item["code"]) for item in real["items"]}
        assert by_id[changed["id"]] == ("refused", "stale_version")
        assert [by_id[row["id"]] for row in rows] == [("done", None)] * 2
        assert await read_status(scenario, late) == "submitted"

    async def test_a_list_decides_what_was_seen_too(self, scenario: EnrolmentScenario):
        """Also where no version was named: what was changed since the trial is refused."""
        sent, kept = await scenario.create_submitted(), await scenario.create_submitted()
        out_of_sight = {"id": str(uuid4())}
        items = rows_of(sent, kept, out_of_sight)
        trial = expect_json(await decide(scenario, action="accept", items=items, dry_run=True))
        assert [code for _, _, code in outcomes_of(trial)] == [None, None, "not_found"]
        expect_json(await scenario.transition(sent, "return", scenario.bhxh, reasons=[REASON]))
        returned = expect_json(await scenario.get(f"{ENROLMENTS}/{sent['id']}"))
        expect_json(await scenario.transition(returned, "submit"))
        real = expect_json(await decide(scenario, dry_run_id=trial["decision_id"]))
        assert [code for _, _, code in outcomes_of(real)] == ["stale_version", None, "not_found"]
        assert await read_status(scenario, sent) == "submitted"

    async def test_a_filter_that_finds_nothing(self, scenario: EnrolmentScenario):
        words = {"external_ref": "nobody sent this"}
        body = expect_json(await decide(scenario, action="accept", filter=words, dry_run=True))
        assert (body["rows"], body["items"]) == (0, [])

    async def test_a_filter_by_who_brought_them(self, scenario: EnrolmentScenario):
        _, rows = await send_batch(scenario, 2)
        entered_by = expect_json(await scenario.get(f"{ENROLMENTS}/{rows[0]['id']}"))["created_by"]
        for collector, found in ((entered_by, 2), (str(uuid4()), 0)):
            words = {"status": "submitted", "collector_id": collector}
            trial = expect_json(await decide(scenario, action="accept", filter=words, dry_run=True))
            assert len(trial["items"]) == found

    def test_what_a_filter_does_not_say_is_no_part_of_its_meaning(self):
        """A trial that an earlier release kept under its key is answered again."""
        said = EnrolmentDecisionIn.model_validate(
            {"action": "accept", "dry_run": True, "filter": {"status": "submitted"}}
        )
        assert (
            said.model_dump(mode="json")["filter"]
            .keys()
            .isdisjoint({"collector_id", "entered_from", "entered_to"})
        )

    async def test_a_trial_is_of_its_organisation(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        trial = expect_json(await decide(scenario, action="accept", items=rows_of(sent), dry_run=True))
        colleagues = await scenario.world.user(await scenario.world.unit("bhxh"), "bhxh_officer")
        response = await decide(scenario, colleagues, dry_run_id=trial["decision_id"])
        expect_problem(response, 404, "not_found", "/dry_run_id")

    async def test_a_decision_is_no_trial(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        real = expect_json(await decide(scenario, action="accept", items=rows_of(sent)))
        response = await decide(scenario, dry_run_id=real["decision_id"])
        expect_problem(response, 422, "not_a_dry_run", "/dry_run_id")


class TestLongLists:
    """More than so many rows become a job, whose file has what became of each."""

    @pytest.fixture(autouse=True)
    def _few_rows_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (decisions, decision_job):
            monkeypatch.setattr(module, "MAX_DECIDED_AT_ONCE", 2)

    async def run(self, scenario: EnrolmentScenario, app: FastAPI, **body: Any) -> tuple[Any, list[Any]]:
        """Decide by a job; returns the job as it ended, and the lines of its file."""
        response = await decide(scenario, **body)
        job = expect_json(response, 202)
        path = response.headers["location"]
        await run_pending_jobs(app)
        job = expect_json(await scenario.get(path, scenario.bhxh))
        file = await scenario.get(job["report_url"], scenario.bhxh)
        return job, [json.loads(line) for line in gzip.decompress(file.content).splitlines()]

    async def test_a_job_decides_each_row(self, scenario: EnrolmentScenario, app: FastAPI):
        batch_id, rows = await send_batch(scenario, 5)
        expect_json(await decide(scenario, action="reject", items=rows_of(rows[3]), reasons=[REASON]))
        trial, seen = await self.run(
            scenario, app, action="accept", filter={"batch_id": batch_id}, dry_run=True
        )
        assert trial["counts"] == {"done": 4, "refused": 1}
        assert await read_status(scenario, rows[0]) == "submitted"
        job, lines = await self.run(scenario, app, dry_run_id=trial["subject_id"])
        assert (job["status"], job["counts"]) == ("succeeded", {"done": 4, "refused": 1})
        assert job["progress"] == {"rows_done": 5, "rows_total": 5, "percent": 100}
        assert lines == seen
        assert [(line["index"], line["status"]) for line in lines] == [
            (0, "done"), (1, "done"), (2, "done"), (3, "refused"), (4, "done"),
        ]  # fmt: skip
        assert [await read_status(scenario, row) for row in rows] == [
            *["accepted"] * 3,
            "rejected",
            "accepted",
        ]
        found = expect_json(await scenario.get(f"{DECISIONS}/{job['subject_id']}", scenario.bhxh))
        assert (found["counts"], found["items"]) == ({"done": 4, "refused": 1}, [])

    async def test_a_trial_sees_two_of_one_person_however_far_apart(
        self, scenario: EnrolmentScenario, app: FastAPI
    ):
        """The first and the last row are of one person in the registers of two unions, for the same months."""
        number = national_id()
        sent = [await scenario.create_submitted(national_id=number)]
        sent += [await scenario.create_submitted() for _ in range(3)]
        sent.append(await scenario.create_submitted(scenario.farmers, national_id=number))
        _, seen = await self.run(scenario, app, action="accept", items=rows_of(*sent), dry_run=True)
        _, lines = await self.run(scenario, app, action="accept", items=rows_of(*sent))
        assert [line["status"] for line in seen] == [*["done"] * 4, "refused"]
        assert [line["status"] for line in lines] == [*["done"] * 4, "refused"]

    async def test_a_trial_that_is_not_over_is_not_carried_out(self, scenario: EnrolmentScenario):
        _, rows = await send_batch(scenario, 3)
        job = expect_json(await decide(scenario, action="accept", items=rows_of(*rows), dry_run=True), 202)
        response = await decide(scenario, dry_run_id=job["subject_id"])
        expect_problem(response, 422, "dry_run_not_over", "/dry_run_id")

    async def test_the_same_key_is_the_same_job(self, scenario: EnrolmentScenario):
        _, rows = await send_batch(scenario, 3)
        body: dict[str, Any] = {"action": "accept", "items": rows_of(*rows)}
        first, again = [await decide(scenario, key="one-job", **body) for _ in range(2)]
        assert expect_json(first, 202)["id"] == expect_json(again, 202)["id"]
        assert again.headers["idempotency-replayed"] == "true"


class TestRead:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(f"{DECISIONS}/{uuid4()}")).status_code == 401

    async def test_of_another_organisation_is_404(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        made = expect_json(await decide(scenario, action="accept", items=rows_of(sent)))
        path = f"{DECISIONS}/{made['decision_id']}"
        assert expect_json(await scenario.get(path, scenario.bhxh)) == made
        colleagues = await scenario.world.user(await scenario.world.unit("bhxh"), "bhxh_officer")
        expect_problem(await scenario.get(path, colleagues), 404, "not_found")
        expect_problem(await scenario.get(path, scenario.officer), 403, "forbidden")

    async def test_in_english(self, scenario: EnrolmentScenario):
        made = expect_json(await decide(scenario, action="accept", items=rows_of({"id": str(uuid4())})))
        headers = scenario.bhxh.headers | {"Accept-Language": "en"}
        body = (await scenario.client.get(f"{DECISIONS}/{made['decision_id']}", headers=headers)).json()
        assert body["items"][0]["detail"] == "What was asked for does not exist."


class TestReasons:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(REASONS)).status_code == 401

    async def test_unions_read_them_too(self, scenario: EnrolmentScenario):
        items = expect_json(await scenario.get(REASONS))["items"]
        assert {item["code"] for item in items} == {reason.code for reason in CATALOGUE}
        assert {"code": "document_unreadable", "pointer": "", "actions": ["return"]}.items() <= items[
            0
        ].items()

    async def test_are_of_a_day(self, scenario: EnrolmentScenario):
        assert expect_json(await scenario.get(REASONS, on="2025-06-30"))["items"] == []
        assert expect_json(await scenario.get(REASONS, on="2025-07-01"))["items"]

    async def test_a_code_is_enough_for_a_single_decision(self, scenario: EnrolmentScenario):
        sent = await scenario.create_submitted()
        reasons = [{"code": "support_group_unproven"}]
        back = expect_json(await scenario.transition(sent, "return", scenario.bhxh, reasons=reasons))
        [reason] = back["reasons"]
        assert (reason["pointer"], reason["code"]) == ("/support_group", "support_group_unproven")
        assert reason["text"].startswith("Chưa có giấy tờ chứng minh")

    def test_every_code_is_there_once(self):
        codes = [reason.code for reason in CATALOGUE]
        assert len(codes) == len(set(codes))
