"""What every stage of an intake works with."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.insurance.enrolments.intake.schemas import OnConflict
from app.insurance.kinds import EnrolmentStatus


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """How rows are processed. status: that new enrolments get; keep: False rolls everything back at the end;
    show_new_ids: False where what was written is to be rolled back later."""

    status: EnrolmentStatus
    batch_id: UUID | None = None
    on_conflict: OnConflict = OnConflict.REFUSE
    keep: bool = True
    show_new_ids: bool = True


@dataclass(frozen=True, slots=True)
class IntakeContext:
    """One attempt: on which connection, for whom, how, and on which day."""

    driver: asyncpg.Connection
    actor: Actor
    options: IntakeOptions
    today: date
