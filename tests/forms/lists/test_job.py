"""Large lists: a job writes the file, as the officer who requested it."""

from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from app.forms.documents import files as export_rows
from app.forms.lists import service as export_service
from app.jobs.pruning import prune_expired
from tests.forms.lists.payment_factories import insert_payment
from tests.jobs.job_workers import run_pending_jobs

ROWS = 5


@pytest.fixture
async def officer(world):
    return await world.user(await world.unit("womens_union", world.commune, level="commune"), "union_officer")


@pytest.fixture
async def large_list(world, officer, client, monkeypatch):
    """A list of five rows where more than two are large, read two at a time."""
    monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 2)
    monkeypatch.setattr(export_rows, "PORTION_ROWS", 2)
    unit = await world.unit("womens_union", world.commune, level="commune")
    group = await world.group(unit, members=ROWS)
    for member in group.members:
        await insert_payment(world, group, member)
    return await client.post(
        "/v1/exports",
        json={"form": "d05_ts", "list_date": "2026-11-21", "group_id": str(group.id)},
        headers=officer.headers | {"Idempotency-Key": str(uuid4())},
    )


def read_names(content):
    sheet = load_workbook(BytesIO(content))["D05-TS"]
    return [sheet.cell(row, 1).value for row in range(15, 15 + ROWS)]


class TestLargeList:
    async def test_is_202_with_its_job(self, client, large_list, officer):
        assert large_list.status_code == 202
        assert (
            large_list.headers["location"]
            == large_list.json()["job_url"]
            == f"/v1/jobs/{large_list.json()['job_id']}"
        )
        job = (await client.get(large_list.headers["location"], headers=officer.headers)).json()
        assert (job["kind"], job["status"], job["progress"]["rows_total"]) == ("exports.file", "queued", ROWS)

    async def test_the_file_comes_with_the_job(self, app, client, large_list, officer):
        url = large_list.json()["file_url"]
        early = await client.get(url, headers=officer.headers)
        assert (early.status_code, early.json()["code"]) == (404, "file_not_ready")
        await run_pending_jobs(app)
        job = (await client.get(large_list.headers["location"], headers=officer.headers)).json()
        assert (job["status"], job["progress"]["rows_done"]) == ("succeeded", ROWS)
        of_list, of_job = [
            await client.get(path, headers=officer.headers) for path in (url, job["report_url"])
        ]
        assert of_list.content == of_job.content
        assert read_names(of_list.content) == [1, 2, 3, 4, 5]
        assert "D05-TS-1-2026.xlsx" in of_list.headers["content-disposition"]

    async def test_the_list_is_printed_again_when_the_file_is_kept_no_longer(
        self, app, client, owner, large_list, officer, settings
    ):
        await run_pending_jobs(app)
        job_id = large_list.json()["job_id"]
        await owner.execute("update job set finished_at = now() - interval '91 days' where id = $1", job_id)
        await prune_expired(app.state.database, settings)
        assert await owner.fetchval("select count(*) from job_file where job_id = $1", job_id) == 0
        response = await client.get(large_list.json()["file_url"], headers=officer.headers)
        assert read_names(response.content) == [1, 2, 3, 4, 5]

    async def test_a_cancelled_job_leaves_the_list_printable(self, client, large_list, officer):
        cancelled = await client.post(large_list.headers["location"] + "/cancel", headers=officer.headers)
        assert cancelled.json()["status"] == "cancelled"
        response = await client.get(large_list.json()["file_url"], headers=officer.headers)
        assert read_names(response.content) == [1, 2, 3, 4, 5]
