"""Lines of jobs and of batches of contributions: their organisation's, and of those who work for some groups only, their own."""

import json
from itertools import count
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from app.exchange import job_kinds as _job_kinds
from app.exchange.job_run import JobRun
from tests.access.actors import ABOVE, OTHER_UNION, SIBLING, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.spots import Spot

lines = Matrix()
_CELLS = (SUBJECT, SIBLING, OTHER_UNION, ABOVE)
_numbers = count(1)


async def _nothing(_run: JobRun) -> None: ...


_job_kinds.KINDS.setdefault("test.access", _job_kinds.JobKind("test.access", P.JOB_USE, _nothing))


async def job(at: Spot) -> str:
    """A job of the cell's officer, with a file, that a worker is about to do."""

    async def make() -> UUID:
        job_id, officer = uuid7(), at.stage.officer(at.cell)
        await at.stage.owner.execute(
            "insert into job (id, network, organisation_id, kind, status, session_id, asked_by, file_name, file_type,"
            " file_size, params) values ($1, $2, $3, 'test.access', 'queued', $4, $5, $6, 'application/json', 2, $7)",
            job_id, at.cell.network, officer.organisation_id, officer.session_id, officer.id, at.name(Sight.HOUSE),
            json.dumps({"number": next(_numbers)}),
        )  # fmt: skip
        await at.stage.owner.execute(
            "insert into job_file (job_id, name, part, content) values ($1, $2, 0, '{}')",
            job_id,
            at.name(Sight.HOUSE),
        )
        return job_id

    return await at.row("job", make, sight=Sight.HOUSE)


@lines.line("GET /v1/jobs", P.JOB_USE, Reach.LIST, cells=_CELLS, sight=Sight.HOUSE)
async def list_jobs(at: Spot) -> Sent:
    return Sent(shown=await job(at))


@lines.line("GET /v1/jobs/{job_id}", P.JOB_USE, Reach.ROW, cells=_CELLS, sight=Sight.HOUSE)
async def read_job(at: Spot) -> Sent:
    return Sent({"job_id": await job(at)})


@lines.line("GET /v1/jobs/{job_id}/file", P.JOB_USE, Reach.ROW, cells=_CELLS, sight=Sight.HOUSE)
async def read_file(at: Spot) -> Sent:
    return Sent({"job_id": await job(at)})


@lines.line("POST /v1/jobs/{job_id}/cancel", P.JOB_USE, Reach.ROW, cells=_CELLS, sight=Sight.HOUSE)
async def cancel_job(at: Spot) -> Sent:
    return Sent({"job_id": await job(at)})


async def batch(at: Spot) -> str:
    """A batch of contributions that the cell's officer sent."""

    async def make() -> str:
        sent = {"mode": "atomic", "items": [await _donation(at)]}
        answer = await at.stage.post(at.cell, "/v1/contributions/batches", sent)
        return str(answer["batch_id"])

    return str(
        await at.once("batch of contributions", make)
    )  # an id that the audit tells those above, too: no mark


@lines.line(
    "POST /v1/contributions/batches", P.CONTRIBUTION_VALIDATE, Reach.ROW, sight=Sight.GROUPED, foreign=422
)
async def receive_contributions(at: Spot) -> Sent:
    return Sent(body={"mode": "atomic", "items": [await _donation(at)]}, keyed=True)


@lines.line(
    "POST /v1/contributions/batches", P.CONTRIBUTION_VALIDATE, Reach.OWN,
    cells=(SUBJECT, OTHER_UNION), about="validating",
)  # fmt: skip
async def validate_contributions(at: Spot) -> Sent:
    return Sent(body={"mode": "validate", "items": [await _donation(at)]}, keyed=True)


async def _donation(at: Spot) -> dict[str, Any]:
    return {"group_id": await at.group(), "kind": "donation", "amount": 1_000, "business_date": "2026-01-05"}


@lines.line("GET /v1/contributions/batches/template", P.CONTRIBUTION_READ, Reach.OWN)
async def read_template(_at: Spot) -> Sent:
    return Sent(query={"format": "ndjson"})


@lines.line(
    "GET /v1/contributions/batches/{batch_id}",
    P.CONTRIBUTION_READ,
    Reach.ROW,
    cells=(SUBJECT, SIBLING, OTHER_UNION),
    sight=Sight.HOUSE,
)
async def read_contributions(at: Spot) -> Sent:
    return Sent({"batch_id": await batch(at)})
