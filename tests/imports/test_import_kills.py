"""A worker that is killed repeatedly while it imports a file: row-exact, nothing doubled, all accounted for."""

import asyncio
import gzip
import json
import random
import time

import pytest

from tests.imports.import_files import NDJSON, read_csv, send_file, to_ndjson
from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.jobs.job_workers import start_worker_process

ROWS, KILLS, BAD_EVERY = 24_000, 5, 500
SECONDS = 120

_COUNTS_SQL = """
select (select count(*) from enrolment where batch_id = $1) as enrolments,
       (select count(distinct external_ref) from enrolment where batch_id = $1) as refs,
       (select count(*) from member m where m.id in (select member_id from enrolment where batch_id = $1)) as members,
       (select count(*) from audit_event where event = 'enrolment.created'
           and subject_id in (select id from enrolment where batch_id = $1)) as noted,
       (select count(*) from outbox_event where kind = 'enrolment.submitted'
           and subject_id in (select id from enrolment where batch_id = $1)) as announced
"""


@pytest.mark.drill
async def test_killed_five_times_it_is_row_exact(app, world, client, owner, settings):
    scenario = await EnrolmentScenario.create(world, client)
    rows = [scenario.row(group_code=scenario.group.code if n % 3 else None) for n in range(ROWS)]
    for at in range(0, ROWS, BAD_EVERY):
        rows[at]["from_month"] = "2026-13"
    response = await send_file(scenario, to_ndjson(rows), NDJSON)
    assert response.status_code == 202, response.text
    job = response.json()
    job_sql = "select status, rows_done, taken from job where id = $1"
    rng = random.Random(7)  # noqa: S311 - when to kill

    async def until(reached) -> None:
        end = time.monotonic() + SECONDS
        while not reached(await owner.fetchrow(job_sql, job["id"])):
            assert time.monotonic() < end, await owner.fetchrow(job_sql, job["id"])
            await asyncio.sleep(0.02)

    for kill in range(KILLS):
        worker = start_worker_process(settings, "app.worker")
        await until(lambda row, times=kill + 1: row["taken"] == times)
        await asyncio.sleep(rng.random() * 0.4)
        worker.kill()
        worker.wait()
    last = start_worker_process(settings, "app.worker")
    await until(lambda row: row["status"] == "succeeded")
    last.terminate()
    assert last.wait(SECONDS) == 0

    assert (await owner.fetchrow(job_sql, job["id"]))["taken"] == KILLS + 1
    good = ROWS - ROWS // BAD_EVERY
    counts = dict(await owner.fetchrow(_COUNTS_SQL, job["subject_id"]))
    assert counts == dict.fromkeys(("enrolments", "refs", "members", "noted", "announced"), good)
    body = (await client.get(f"/v1/jobs/{job['id']}", headers=scenario.partner.headers)).json()
    assert body["counts"] == {
        "created": good,
        "updated": 0,
        "duplicate": 0,
        "unchanged": 0,
        "rejected": ROWS // BAD_EVERY,
    }
    url = body["report_url"]
    report = read_csv((await client.get(url, headers=scenario.partner.headers)).content)
    assert [line["external_ref"] for line in report] == [
        rows[at]["external_ref"] for at in range(0, ROWS, BAD_EVERY)
    ]
    packed = await client.get(url, params={"name": "ket-qua.ndjson.gz"}, headers=scenario.partner.headers)
    lines = [json.loads(line) for line in gzip.decompress(packed.content).splitlines()]
    assert [line["index"] for line in lines] == list(range(ROWS))
    assert [line["external_ref"] for line in lines] == [row["external_ref"] for row in rows]
    await owner.execute(
        "delete from outbox_pending"
    )  # no endpoint of another test should receive so many events
