"""The queue (procrastinate, on the same PostgreSQL): how a job gets in line, and when it makes room for others.

The only job of an organisation has its first turn in a queue where nobody has a second one; all other turns are taken
in the next queue; what is done in one piece stands in the third. Each has places of its own in a worker, so that
neither many jobs nor long ones take all of them. A place in line is a priority (`database/jobs/place_in_line.sql`).
"""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.database import Database
from app.models.jobs.job import Job

TASK_NAME: Final = "run_job"
FIRST_QUEUE: Final = "first_jobs"
TURNS_QUEUE: Final = "jobs"
WHOLE_QUEUE: Final = "whole_jobs"
TURN_SECONDS: Final = 3.0

# procrastinate's own way to put a task into its queue, on our connection: job and task are there together or not.
_DEFER_TASK = text(f"""
select queue.procrastinate_defer_jobs_v1(array[
       row(cast(:queue as text), '{TASK_NAME}', place_in_line(cast(:job_id as uuid), cast(:queue as text)),
           cast(:lock as text), null, cast(:args as jsonb), null)::queue.procrastinate_job_to_defer_v1])
""")
_MAKES_ROOM = "select makes_room($1, $2) as makes_room"


@dataclass(frozen=True, slots=True)
class Turns:
    """How jobs take turns in a worker. queue: from which it was taken; seconds: of a turn, once others wait."""

    queue: str = TURNS_QUEUE
    seconds: float = TURN_SECONDS


async def line_up(db: AsyncSession, job: Job, *, is_whole: bool, is_first: bool = False) -> None:
    """Put a job's next turn in line. An organisation has one job of a kind at a time that is done in one piece.

    is_first: whether it is the first turn of the organisation's only job.
    """
    values = {
        "queue": WHOLE_QUEUE if is_whole else FIRST_QUEUE if is_first else TURNS_QUEUE,
        "lock": f"{job.organisation_id} {job.kind}" if is_whole else None,
        "job_id": job.id,
        "args": json.dumps({"job_id": str(job.id)}),
    }
    await (await db.connection()).execute(_DEFER_TASK, values)


async def makes_room(database: Database, job: Job, queue: str) -> bool:
    """Whether a job that has had its turn makes room for another that waits in its queue."""
    return bool((await database.call(_MAKES_ROOM, job.id, queue))["makes_room"])
