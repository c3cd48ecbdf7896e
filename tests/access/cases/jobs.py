"""Cases of jobs and batches of contributions: seen in their organisation; whoever works for some groups only sees their own."""

import json
from itertools import count
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from app.jobs import kinds as _job_kinds
from app.jobs.run import JobRun
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import OTHER_UNION, PROVINCE, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_CELLS = (SUBJECT, SIBLING, OTHER_UNION, PROVINCE)
_numbers = count(1)


async def _do_nothing(_run: JobRun) -> None: ...


_job_kinds.JOB_KINDS.setdefault("test.access", _job_kinds.JobKind("test.access", P.JOB_USE, _do_nothing))


async def job(data: CellData) -> str:
    """A job of the cell's officer, with a file, that a worker is about to do."""

    async def make() -> UUID:
        job_id, officer = uuid7(), data.scenario.officer(data.cell)
        await data.scenario.owner.execute(
            "insert into job (id, network, organisation_id, kind, status, session_id, asked_by, file_name, file_type,"
            " file_size, params) values ($1, $2, $3, 'test.access', 'queued', $4, $5, $6, 'application/json', 2, $7)",
            job_id, data.cell.network, officer.organisation_id, officer.session_id, officer.id, data.marked_name(Visibility.HOUSE),
            json.dumps({"number": next(_numbers)}),
        )  # fmt: skip
        await data.scenario.owner.execute(
            "insert into job_file (job_id, name, part, content) values ($1, $2, 0, '{}')",
            job_id,
            data.marked_name(Visibility.HOUSE),
        )
        return job_id

    return await data.row_id("job", make, sight=Visibility.HOUSE)


@cases.add("GET /v1/jobs", P.JOB_USE, ScopeCheck.LIST, cells=_CELLS, sight=Visibility.HOUSE)
async def list_jobs(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await job(data))


@cases.add("GET /v1/jobs/{job_id}", P.JOB_USE, ScopeCheck.ROW, cells=_CELLS, sight=Visibility.HOUSE)
async def read_job(data: CellData) -> CaseRequest:
    return CaseRequest({"job_id": await job(data)})


@cases.add("GET /v1/jobs/{job_id}/file", P.JOB_USE, ScopeCheck.ROW, cells=_CELLS, sight=Visibility.HOUSE)
async def read_file(data: CellData) -> CaseRequest:
    return CaseRequest({"job_id": await job(data)})


@cases.add("POST /v1/jobs/{job_id}/cancel", P.JOB_USE, ScopeCheck.ROW, cells=_CELLS, sight=Visibility.HOUSE)
async def cancel_job(data: CellData) -> CaseRequest:
    return CaseRequest({"job_id": await job(data)})


async def batch(data: CellData) -> str:
    """A batch of contributions that the cell's officer sent."""

    async def make() -> str:
        payload = {"mode": "atomic", "items": [await _donation(data)]}
        body = await data.scenario.post(data.cell, "/v1/contributions/batches", payload)
        return str(body["batch_id"])

    return str(
        await data.get_or_create("batch of contributions", make)
    )  # an id that the audit tells those above, too: not a marker


@cases.add(
    "POST /v1/contributions/batches",
    P.CONTRIBUTION_VALIDATE,
    ScopeCheck.ROW,
    sight=Visibility.GROUPED,
    foreign=422,
)
async def receive_contributions(data: CellData) -> CaseRequest:
    return CaseRequest(body={"mode": "atomic", "items": [await _donation(data)]}, keyed=True)


@cases.add(
    "POST /v1/contributions/batches", P.CONTRIBUTION_VALIDATE, ScopeCheck.OWN,
    cells=(SUBJECT, OTHER_UNION), about="validating",
)  # fmt: skip
async def validate_contributions(data: CellData) -> CaseRequest:
    return CaseRequest(body={"mode": "validate", "items": [await _donation(data)]}, keyed=True)


async def _donation(data: CellData) -> dict[str, Any]:
    return {
        "group_id": await data.group(),
        "kind": "donation",
        "amount": 1_000,
        "business_date": "2026-01-05",
    }


@cases.add("GET /v1/contributions/batches/template", P.CONTRIBUTION_READ, ScopeCheck.OWN)
async def read_template(_data: CellData) -> CaseRequest:
    return CaseRequest(query={"format": "ndjson"})


@cases.add(
    "GET /v1/contributions/batches/{batch_id}",
    P.CONTRIBUTION_READ,
    ScopeCheck.ROW,
    cells=(SUBJECT, SIBLING, OTHER_UNION),
    sight=Visibility.HOUSE,
)
async def read_contributions(data: CellData) -> CaseRequest:
    return CaseRequest({"batch_id": await batch(data)})
