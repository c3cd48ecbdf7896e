"""Job: decide on a long list of enrolments, a thousand at a time."""

import gzip
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.auth.permissions import Permission
from app.imports.files.sources import to_json_line
from app.imports.run import OUTCOMES_NAME
from app.insurance.enrolments.decisions.records import (
    RowOutcome,
    count_done,
    decide_rows,
    finish_decision,
    read_decision,
)
from app.insurance.enrolments.decisions.schemas import MAX_DECIDED_AT_ONCE, outcome_to_response
from app.jobs import files
from app.jobs.errors import JobCancelled
from app.jobs.kinds import job_kind
from app.jobs.run import JobRun

DECISION_KIND: Final = "enrolments.decide"
_OUTCOMES_TYPE: Final = "application/gzip"


@job_kind(DECISION_KIND, Permission.ENROLMENT_DECIDE)
async def decide_list(run: JobRun) -> None:
    """Decide on the rows of a decision, from the checkpoint on; its file has the outcome of each."""
    if run.job.checkpoint.get("finished"):
        return
    rows, done = run.job.checkpoint.get("rows", 0), run.job.counts.get("done", 0)
    async with run.begin() as (db, actor):
        total = (await read_decision(db, actor, _decision_id(run))).rows
    stop = False
    while rows < total and not stop:
        async with run.begin() as (db, actor):
            decision = await read_decision(db, actor, _decision_id(run))
            outcomes = await decide_rows(db, actor, decision, rows, MAX_DECIDED_AT_ONCE)
            await files.put_part(
                db, run.job.id, OUTCOMES_NAME, rows // MAX_DECIDED_AT_ONCE, _format(rows, outcomes)
            )
            rows, done = rows + len(outcomes), done + count_done(outcomes)
            counts = {"done": done, "refused": rows - done}
            stop = await run.record_progress(db, rows, counts, checkpoint={"rows": rows})
        if rows < total and not stop:
            await run.take_turns()
    await _finish(run, rows, done)
    if stop and rows < total:
        raise JobCancelled


async def _finish(run: JobRun, rows: int, done: int) -> None:
    """Record what was decided, also of a job that was stopped on the way, and offer the file."""
    async with run.begin() as (db, actor):
        decision = await read_decision(db, actor, _decision_id(run))
        await finish_decision(db, actor, decision, done, rows - done)
        await run.offer_file(db, OUTCOMES_NAME, _OUTCOMES_TYPE)
        await run.record_progress(db, rows, checkpoint={"rows": rows, "finished": True})


def _decision_id(run: JobRun) -> UUID:
    return UUID(run.job.params["subject_id"])


def _format(first: int, outcomes: Sequence[RowOutcome]) -> bytes:
    """A line of JSON for each row, as the answer of a short list has it, in Vietnamese."""
    lines = (
        to_json_line(outcome_to_response(index, outcome, "vi").model_dump(mode="json"))
        for index, outcome in enumerate(outcomes, first)
    )
    return gzip.compress(b"".join(lines), 1)
