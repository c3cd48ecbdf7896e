"""A kind of job for tests: counts in chunks, leaving one trace in the audit for each number."""

import asyncio
from uuid import UUID

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.permissions import Permission
from app.core.errors import Conflict
from app.jobs.errors import JobCancelled
from app.jobs.kinds import JOB_KINDS, job_kind
from app.jobs.run import JobRun

KIND = "test.count"


class CountRefused(Conflict):
    """The error with which this job fails on request."""

    code = "test_refused"
    vi = "Thử từ chối."
    en = "Refused, for a test."


async def _count(run: JobRun) -> None:
    params = run.job.params
    done = run.job.checkpoint.get("done", 0)
    total, chunk = params["numbers"], params.get("chunk", 10)
    while done < total:
        if done == params.get("fail_at"):
            raise CountRefused
        if done == params.get("break_at"):
            raise RuntimeError("a defect, for a test")
        chunk_end = min(done + chunk, total)
        async with run.begin() as (db, actor):
            for number in range(done, chunk_end):
                await record_event(
                    db, actor, Event.MEMBER_SEEN_WHOLE, UUID(int=number), {"job": str(run.job.id)}
                )
            stop = await run.record_progress(
                db, chunk_end, {"counted": chunk_end}, checkpoint={"done": chunk_end}, rows_total=total
            )
        done = chunk_end
        if stop:
            raise JobCancelled
        await run.take_turns()
        await asyncio.sleep(params.get("pause", 0))
    if params.get("file"):

        async def lines():
            for number in range(total):
                yield f"{number}\n".encode() * params["file"]

        await run.write_file("kết quả.txt", "text/plain; charset=utf-8", lines())


def register_job_kind() -> None:
    """Register the kind, once in a process."""
    if KIND not in JOB_KINDS:
        job_kind(KIND, Permission.GROUP_READ, lambda params: params.get("whole", False))(_count)
