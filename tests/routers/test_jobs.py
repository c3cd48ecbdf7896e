"""Jobs over HTTP: seen by those of the organisation, cancelled, and their file fetched."""

import json
from typing import Any

import pytest

from app.jobs.files import PART_BYTES
from tests.jobs.job_workers import list_counted_numbers, run_pending_jobs, start_counting_job
from tests.routers.responses import expect_problem


@pytest.fixture
async def unit(world):
    return await world.unit("womens_union")


@pytest.fixture
async def officer(world, unit):
    return await world.user(unit, "union_officer")


async def read_job(client, login, job_id: Any, status: int = 200) -> dict[str, Any]:
    response = await client.get(f"/v1/jobs/{job_id}", headers=login.headers)
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


class TestReadJob:
    async def test_anonymous_is_401(self, app, client, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        assert (await client.get(f"/v1/jobs/{job.id}")).status_code == 401

    async def test_queued_then_succeeded(self, app, client, officer):
        job = await start_counting_job(app, officer, {"numbers": 25})
        queued = await read_job(client, officer, job.id)
        assert (queued["status"], queued["kind"]) == ("queued", "test.count")
        assert queued["progress"] == {"rows_done": 0, "rows_total": None, "percent": None}
        assert queued["report_url"] is None
        await run_pending_jobs(app)
        job_body = await read_job(client, officer, job.id)
        assert job_body["status"] == "succeeded"
        assert job_body["progress"] == {"rows_done": 25, "rows_total": 25, "percent": 100}
        assert job_body["counts"] == {"counted": 25}
        assert job_body["asked_by"] == str(officer.id)
        assert job_body["started_at"] <= job_body["finished_at"]

    async def test_a_colleague_sees_it_and_nobody_else(self, app, client, world, unit, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        await read_job(client, await world.user(unit, "union_officer"), job.id)
        await read_job(client, await world.partner(unit, "enrolments:write"), job.id)
        await read_job(client, await world.user(unit, "treasurer"), job.id, 404)
        await read_job(
            client, await world.user(await world.unit("womens_union"), "union_officer"), job.id, 404
        )
        await read_job(
            client, await world.user(await world.unit("farmers_association"), "union_officer"), job.id, 404
        )
        await read_job(client, await world.user(await world.national("bhxh"), "bhxh_officer"), job.id, 404)
        await read_job(client, await world.user(unit, "viewer"), job.id, 403)

    async def test_a_treasurer_sees_their_own(self, app, client, world, unit):
        treasurer = await world.user(unit, "treasurer", groups=[(await world.group(unit)).id])
        job = await start_counting_job(app, treasurer, {"numbers": 1})
        await read_job(client, treasurer, job.id)

    async def test_a_job_goes_on_after_its_asker_logged_out(self, app, client, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 3})
        await client.post("/v1/auth/logout", headers=officer.headers)
        await run_pending_jobs(app)
        assert await list_counted_numbers(owner, job.id) == [0, 1, 2]

    async def test_a_disabled_askers_job_fails(self, app, client, owner, world, unit, officer):
        job = await start_counting_job(app, officer, {"numbers": 3})
        await owner.execute("update app_user set disabled_at = now() where id = $1", officer.id)
        await run_pending_jobs(app)
        job_body = await read_job(client, await world.user(unit, "union_admin"), job.id)
        assert (job_body["status"], job_body["error"]) == ("failed", "unauthenticated")
        assert await list_counted_numbers(owner, job.id) == []

    async def test_lost_rights_end_a_job(self, app, client, owner, world, unit, officer):
        job = await start_counting_job(app, officer, {"numbers": 3})
        await owner.execute("update app_user set roles = '{viewer}' where id = $1", officer.id)
        await run_pending_jobs(app)
        job_body = await read_job(client, await world.user(unit, "union_admin"), job.id)
        assert (job_body["status"], job_body["error"]) == ("failed", "forbidden")

    async def test_what_fails_says_why_and_keeps_what_was_written(self, app, client, owner, officer):
        refused = await start_counting_job(app, officer, {"numbers": 30, "fail_at": 20})
        broken = await start_counting_job(app, officer, {"numbers": 30, "break_at": 10})
        await run_pending_jobs(app)
        job_body = await read_job(client, officer, refused.id)
        assert (job_body["status"], job_body["error"]) == ("failed", "test_refused")
        assert job_body["progress"] == {"rows_done": 20, "rows_total": 30, "percent": 66}
        assert await list_counted_numbers(owner, refused.id) == list(range(20))
        job_body = await read_job(client, officer, broken.id)
        assert (job_body["status"], job_body["error"]) == ("failed", "internal")

    async def test_its_end_is_announced_to_who_asked(self, app, owner, world, unit):
        partner = await world.partner(unit, "enrolments:write")
        job = await start_counting_job(app, partner, {"numbers": 1})
        await run_pending_jobs(app)
        event = await owner.fetchrow(
            "select kind, client_id, data from outbox_event where subject_id = $1", job.id
        )
        assert (event["kind"], event["client_id"]) == ("job.finished", partner.id)
        assert json.loads(event["data"]) == {"kind": "test.count", "status": "succeeded", "error": None}

    async def test_its_session_ends_with_it(self, app, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        await run_pending_jobs(app)
        assert await owner.fetchval(
            "select revoked_at is not null from auth_session where id = $1", job.session_id
        )


class TestListJobs:
    async def test_filters(self, app, client, officer):
        first = await start_counting_job(app, officer, {"numbers": 1})
        await run_pending_jobs(app)
        second = await start_counting_job(app, officer, {"numbers": 1})

        async def ids(**query: str) -> list[str]:
            response = await client.get("/v1/jobs", params=query, headers=officer.headers)
            assert response.status_code == 200, response.text
            return [item["id"] for item in response.json()["items"]]

        assert await ids() == [str(second.id), str(first.id)]
        assert await ids(status="queued") == [str(second.id)]
        assert await ids(kind="test.count", limit="1") == [str(second.id)]
        assert await ids(kind="exports") == []
        await run_pending_jobs(app)

    async def test_unknown_filter_is_422(self, client, officer):
        response = await client.get("/v1/jobs?state=queued", headers=officer.headers)
        expect_problem(response, 422, "unknown_parameter", "/query/state")


class TestCancelJob:
    async def test_a_queued_one_never_begins(self, app, client, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 5})
        response = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        assert (response.status_code, response.json()["status"]) == (200, "cancelled")
        assert (await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)).status_code == 200
        await run_pending_jobs(app)
        assert (await read_job(client, officer, job.id))["status"] == "cancelled"
        assert await list_counted_numbers(owner, job.id) == []

    async def test_a_running_one_stops_after_its_chunk(self, app, client, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 100})
        await owner.execute("update job set status = 'running', cancel_asked_at = null where id = $1", job.id)
        response = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        assert response.json()["status"] == "running"
        assert response.json()["cancel_asked_at"] is not None
        await run_pending_jobs(app)
        assert (await read_job(client, officer, job.id))["status"] == "cancelled"

    async def test_a_finished_one_is_409(self, app, client, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        await run_pending_jobs(app)
        response = await client.post(f"/v1/jobs/{job.id}/cancel", headers=officer.headers)
        expect_problem(response, 409, "job_finished")

    async def test_anothers_is_404(self, app, client, world, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        stranger = await world.user(await world.unit("farmers_association"), "union_officer")
        assert (await client.post(f"/v1/jobs/{job.id}/cancel", headers=stranger.headers)).status_code == 404
        await run_pending_jobs(app)


class TestReadFile:
    async def test_none_yet_is_404(self, app, client, officer):
        job = await start_counting_job(app, officer, {"numbers": 1})
        response = await client.get(f"/v1/jobs/{job.id}/file", headers=officer.headers)
        expect_problem(response, 404, "no_file")
        await run_pending_jobs(app)

    async def test_streamed_in_parts(self, app, client, owner, officer):
        job = await start_counting_job(app, officer, {"numbers": 20, "file": 100_000})
        await run_pending_jobs(app)
        url = (await read_job(client, officer, job.id))["report_url"]
        response = await client.get(url, headers=officer.headers)
        assert response.status_code == 200
        expected = b"".join(f"{n}\n".encode() * 100_000 for n in range(20))
        assert response.content == expected
        assert response.headers["content-length"] == str(len(expected))
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert "filename*=UTF-8''k%E1%BA%BFt%20qu%E1%BA%A3.txt" in response.headers["content-disposition"]
        lengths = await owner.fetch("select length(content) as n from job_file where job_id = $1", job.id)
        assert len(lengths) == len(expected) // PART_BYTES + 1
        assert max(row["n"] for row in lengths) == PART_BYTES

    async def test_anothers_is_404(self, app, client, world, officer):
        job = await start_counting_job(app, officer, {"numbers": 1, "file": 1})
        await run_pending_jobs(app)
        stranger = await world.user(await world.unit("womens_union"), "union_officer")
        response = await client.get(f"/v1/jobs/{job.id}/file", headers=stranger.headers)
        expect_problem(response, 404, "not_found")
