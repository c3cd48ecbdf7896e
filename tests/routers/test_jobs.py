"""Jobs over HTTP: seen by those of the organisation, cancelled, and their file fetched."""

import json
from typing import Any

import pytest

from app.exchange.job_files import PART
from tests.exchange.work import ask, traces, work_off
from tests.routers.answers import refused


@pytest.fixture
async def unit(world):
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world, unit):
    return await world.user(unit, "union_officer")


async def seen(client, login, job_id: Any, status: int = 200) -> dict[str, Any]:
    answer = await client.get(f"/v1/jobs/{job_id}", headers=login.headers)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


class TestReadJob:
    async def test_anonymous_is_401(self, app, client, officer):
        job = await ask(app, officer, {"numbers": 1})
        assert (await client.get(f"/v1/jobs/{job.id}")).status_code == 401

    async def test_queued_then_succeeded(self, app, client, officer):
        job = await ask(app, officer, {"numbers": 25})
        queued = await seen(client, officer, job.id)
        assert (queued["status"], queued["kind"]) == ("queued", "test.count")
        assert queued["progress"] == {"rows_done": 0, "rows_total": None, "percent": None}
        assert queued["report_url"] is None
        await work_off(app)
        done = await seen(client, officer, job.id)
        assert done["status"] == "succeeded"
        assert done["progress"] == {"rows_done": 25, "rows_total": 25, "percent": 100}
        assert done["counts"] == {"counted": 25}
        assert done["asked_by"] == str(officer.id)
        assert done["started_at"] <= done["finished_at"]

    async def test_a_colleague_sees_it_and_nobody_else(self, app, client, world, unit, officer):
        job = await ask(app, officer, {"numbers": 1})
        await seen(client, await world.user(unit, "union_officer"), job.id)
        await seen(client, await world.partner(unit, "enrolments:write"), job.id)
        await seen(client, await world.user(unit, "treasurer"), job.id, 404)
        await seen(client, await world.user(await world.unit("womens_union"), "union_officer"), job.id, 404)
        await seen(
            client, await world.user(await world.unit("farmers_association"), "union_officer"), job.id, 404
        )
        await seen(client, await world.user(await world.national("bhxh"), "bhxh_officer"), job.id, 404)
        await seen(client, await world.user(unit, "viewer"), job.id, 403)

    async def test_a_treasurer_sees_their_own(self, app, client, world, unit):
        treasurer = await world.user(unit, "treasurer", groups=[(await world.group(unit)).id])
        job = await ask(app, treasurer, {"numbers": 1})
        await seen(client, treasurer, job.id)

    async def test_a_job_goes_on_after_its_asker_logged_out(self, app, client, owner, officer):
        job = await ask(app, officer, {"numbers": 3})
        await client.post("/v1/auth/logout", headers=officer.headers)
        await work_off(app)
        assert await traces(owner, job.id) == [0, 1, 2]

    async def test_a_disabled_askers_job_fails(self, app, client, owner, world, unit, officer):
        job = await ask(app, officer, {"numbers": 3})
        await owner.execute("update app_user set disabled_at = now() where id = $1", officer.id)
        await work_off(app)
        told = await seen(client, await world.user(unit, "union_admin"), job.id)
        assert (told["status"], told["error"]) == ("failed", "unauthenticated")
        assert await traces(owner, job.id) == []

    async def test_lost_rights_end_a_job(self, app, client, owner, world, unit, officer):
        job = await ask(app, officer, {"numbers": 3})
        await owner.execute("update app_user set roles = '{viewer}' where id = $1", officer.id)
        await work_off(app)
        told = await seen(client, await world.user(unit, "union_admin"), job.id)
        assert (told["status"], told["error"]) == ("failed", "forbidden")

    async def test_what_fails_says_why_and_keeps_what_was_written(self, app, client, owner, officer):
        refused = await ask(app, officer, {"numbers": 30, "fail_at": 20})
        broken = await ask(app, officer, {"numbers": 30, "break_at": 10})
        await work_off(app)
        told = await seen(client, officer, refused.id)
        assert (told["status"], told["error"]) == ("failed", "test_refused")
        assert told["progress"] == {"rows_done": 20, "rows_total": 30, "percent": 66}
        assert await traces(owner, refused.id) == list(range(20))
        told = await seen(client, officer, broken.id)
        assert (told["status"], told["error"]) == ("failed", "internal")

    async def test_its_end_is_announced_to_who_asked(self, app, owner, world, unit):
        partner = await world.partner(unit, "enrolments:write")
        job = await ask(app, partner, {"numbers": 1})
        await work_off(app)
        told = await owner.fetchrow(
            "select kind, client_id, data from outbox_event where subject_id = $1", job.id
        )
        assert (told["kind"], told["client_id"]) == ("job.finished", partner.id)
        assert json.loads(told["data"]) == {"kind": "test.count", "status": "succeeded", "error": None}

    async def test_its_session_ends_with_it(self, app, owner, officer):
        job = await ask(app, officer, {"numbers": 1})
        await work_off(app)
        assert await owner.fetchval(
            "select revoked_at is not null from auth_session where id = $1", job.session_id
        )


class TestListJobs:
    async def test_filters(self, app, client, officer):
        first = await ask(app, officer, {"numbers": 1})
        await work_off(app)
        second = await ask(app, officer, {"numbers": 1})

        async def ids(**query: str) -> list[str]:
            answer = await client.get("/v1/jobs", params=query, headers=officer.headers)
            assert answer.status_code == 200, answer.text
            return [item["id"] for item in answer.json()["items"]]

        assert await ids() == [str(second.id), str(first.id)]
        assert await ids(status="queued") == [str(second.id)]
        assert await ids(kind="test.count", limit="1") == [str(second.id)]
        assert await ids(kind="exports") == []
        await work_off(app)

    async def test_unknown_filter_is_422(self, client, officer):
        answer = await client.get("/v1/jobs?state=queued", headers=officer.headers)
        refused(answer, 422, "unknown_parameter", "/query/state")


class TestCancelJob:
    async def test_a_queued_one_never_begins(self, app, client, owner, officer):
        job = await ask(app, officer, {"numbers": 5})
        answer = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert (await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)).status_code == 200
        await work_off(app)
        assert (await seen(client, officer, job.id))["status"] == "cancelled"
        assert await traces(owner, job.id) == []

    async def test_a_running_one_stops_after_its_chunk(self, app, client, owner, officer):
        job = await ask(app, officer, {"numbers": 100})
        await owner.execute("update job set status = 'running', cancel_asked_at = null where id = $1", job.id)
        answer = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        assert answer.json()["status"] == "running"
        assert answer.json()["cancel_asked_at"] is not None
        await work_off(app)
        assert (await seen(client, officer, job.id))["status"] == "cancelled"

    async def test_a_finished_one_is_409(self, app, client, officer):
        job = await ask(app, officer, {"numbers": 1})
        await work_off(app)
        answer = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        refused(answer, 409, "job_finished")

    async def test_anothers_is_404(self, app, client, world, officer):
        job = await ask(app, officer, {"numbers": 1})
        stranger = await world.user(await world.unit("farmers_association"), "union_officer")
        assert (await client.post(f"/v1/jobs/{job.id}/cancel", headers=stranger.headers)).status_code == 404
        await work_off(app)


class TestReadFile:
    async def test_none_yet_is_404(self, app, client, officer):
        job = await ask(app, officer, {"numbers": 1})
        answer = await client.get(f"/v1/jobs/{job.id}/file", headers=officer.headers)
        refused(answer, 404, "no_file")
        await work_off(app)

    async def test_streamed_in_parts(self, app, client, owner, officer):
        job = await ask(app, officer, {"numbers": 20, "file": 100_000})
        await work_off(app)
        url = (await seen(client, officer, job.id))["report_url"]
        answer = await client.get(url, headers=officer.headers)
        assert answer.status_code == 200
        expected = b"".join(f"{n}\n".encode() * 100_000 for n in range(20))
        assert answer.content == expected
        assert answer.headers["content-length"] == str(len(expected))
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "filename*=UTF-8''k%E1%BA%BFt%20qu%E1%BA%A3.txt" in answer.headers["content-disposition"]
        lengths = await owner.fetch("select length(content) as n from job_file where job_id = $1", job.id)
        assert len(lengths) == len(expected) // PART + 1
        assert max(row["n"] for row in lengths) == PART

    async def test_anothers_is_404(self, app, client, world, officer):
        job = await ask(app, officer, {"numbers": 1, "file": 1})
        await work_off(app)
        stranger = await world.user(await world.unit("womens_union"), "union_officer")
        answer = await client.get(f"/v1/jobs/{job.id}/file", headers=stranger.headers)
        refused(answer, 404, "not_found")
