"""Large lists: the file is made by a job, as the officer who asked."""

from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from app.exchange import export_rows, export_service
from app.exchange.pruning import prune
from tests.exchange.premiums import premium
from tests.exchange.work import work_off

ROWS = 5


@pytest.fixture
async def officer(world):
    return await world.user(await world.unit("womens_union", world.commune, level="commune"), "union_officer")


@pytest.fixture
async def asked(world, officer, client, monkeypatch):
    """A list of five rows where more than two are large, read two at a time."""
    monkeypatch.setattr(export_service, "LARGE", 2)
    monkeypatch.setattr(export_rows, "PORTION", 2)
    unit = await world.unit("womens_union", world.commune, level="commune")
    group = await world.group(unit, members=ROWS)
    for member in group.members:
        await premium(world, group, member)
    return await client.post(
        "/v1/exports",
        json={"form": "d05_ts", "list_date": "2026-11-21", "group_id": str(group.id)},
        headers=officer.headers | {"Idempotency-Key": str(uuid4())},
    )


def people(content):
    sheet = load_workbook(BytesIO(content))["D05-TS"]
    return [sheet.cell(row, 1).value for row in range(15, 15 + ROWS)]


class TestLargeList:
    async def test_is_202_with_its_job(self, client, asked, officer):
        assert asked.status_code == 202
        assert asked.headers["location"] == asked.json()["job_url"] == f"/v1/jobs/{asked.json()['job_id']}"
        job = (await client.get(asked.headers["location"], headers=officer.headers)).json()
        assert (job["kind"], job["status"], job["progress"]["rows_total"]) == ("exports.file", "queued", ROWS)

    async def test_the_file_comes_with_the_job(self, app, client, asked, officer):
        url = asked.json()["file_url"]
        early = await client.get(url, headers=officer.headers)
        assert (early.status_code, early.json()["code"]) == (404, "file_not_ready")
        await work_off(app)
        job = (await client.get(asked.headers["location"], headers=officer.headers)).json()
        assert (job["status"], job["progress"]["rows_done"]) == ("succeeded", ROWS)
        of_list, of_job = [
            await client.get(path, headers=officer.headers) for path in (url, job["report_url"])
        ]
        assert of_list.content == of_job.content
        assert people(of_list.content) == [1, 2, 3, 4, 5]
        assert "D05-TS-1-2026.xlsx" in of_list.headers["content-disposition"]

    async def test_the_list_is_printed_again_when_the_file_is_kept_no_longer(
        self, app, client, owner, asked, officer, settings
    ):
        await work_off(app)
        job_id = asked.json()["job_id"]
        await owner.execute("update job set finished_at = now() - interval '91 days' where id = $1", job_id)
        await prune(app.state.database, settings)
        assert await owner.fetchval("select count(*) from job_file where job_id = $1", job_id) == 0
        answer = await client.get(asked.json()["file_url"], headers=officer.headers)
        assert people(answer.content) == [1, 2, 3, 4, 5]

    async def test_a_cancelled_job_leaves_the_list_printable(self, client, asked, officer):
        cancelled = await client.post(asked.headers["location"] + "/cancel", headers=officer.headers)
        assert cancelled.json()["status"] == "cancelled"
        answer = await client.get(asked.json()["file_url"], headers=officer.headers)
        assert people(answer.content) == [1, 2, 3, 4, 5]
