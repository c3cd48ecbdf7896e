"""Batches of enrolments: taken in once under their key, answered row by row."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.core.db import driver_of
from app.core.errors import FieldError, IdempotencyKeyReused, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import today
from app.insurance import enrolment_queries as queries
from app.insurance.enrolment_batch_schemas import BadRow, EnrolmentBatchSummary, Mode, OnConflict, Verdict
from app.insurance.enrolment_errors import BatchRefused
from app.insurance.enrolment_intake import Intake
from app.insurance.enrolment_row import Row, Said, prepared, rejected, verdict_of
from app.insurance.enrolment_rules import Status
from app.insurance.enrolment_schemas import EnrolmentIn
from app.insurance.enrolment_tries import taken_in
from app.models.enrolment import EnrolmentBatch

Items = Sequence[EnrolmentIn | BadRow]
Telling = Callable[[int, Said], None]
"""Rewords what is said about the row of this place."""

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_TAKE_KEY = text("""
insert into enrolment_batch (id, network, organisation_id, province_code, commune_code, client_id, client_key,
       request_hash, mode, rows, sent_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_id, :client_key,
       :request_hash, :mode, :rows, :sent_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


@dataclass(frozen=True, slots=True)
class Sending:
    """How a batch is sent. key: its Idempotency-Key; request_hash: of all that it says."""

    key: str
    request_hash: bytes
    mode: Mode
    on_conflict: OnConflict = OnConflict.REFUSE


async def receive(
    db: AsyncSession, actor: Actor, sending: Sending, items: Items, tell: Telling | None = None
) -> tuple[EnrolmentBatch, bool]:
    """Take a batch in under its key; the batch as stored, and whether it is the answer to an earlier send.

    Raises: SandboxOnly when the sender may validate only; IdempotencyKeyReused for a key used with another body;
    BatchRefused when one row of an `atomic` batch is rejected, after which nothing of it is kept, the key neither.
    """
    batch, is_new = await register(db, actor, sending, len(items))
    if not is_new:
        return batch, True
    driver = await driver_of(db)
    verdicts = await take_in(driver, actor, sending, items, batch.id, keep=sending.mode is not Mode.VALIDATE)
    for index, said in enumerate(verdicts if tell else ()):
        tell(index, said)  # type: ignore[misc]
    batch.items = [dict(verdict) for verdict in verdicts]
    for verdict in Verdict:
        setattr(batch, verdict.value, sum(item["status"] == verdict for item in verdicts))
    if sending.mode is Mode.ATOMIC and batch.rejected:
        raise BatchRefused(errors=_errors(verdicts), rejected=batch.rejected)
    await note_received(db, actor, batch)
    return batch, False


async def register(
    db: AsyncSession, actor: Actor, sending: Sending, rows: int
) -> tuple[EnrolmentBatch, bool]:
    """The batch of a key, and whether it is new and now this sending's.

    Raises: SandboxOnly; IdempotencyKeyReused for a key used with another body.
    """
    check_mode(actor, sending.mode)
    values = {
        "id": uuid7(),
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_id": actor.id if actor.kind == "client" else None,
        "client_key": sending.key,
        "request_hash": sending.request_hash,
        "mode": sending.mode.value,
        "rows": rows,
        "sent_by": actor.id,
    }
    is_new = (await (await db.connection()).execute(_TAKE_KEY, values)).first() is not None
    batch = await queries.read_sent(db, actor, sending.key)
    if batch is None or batch.request_hash != sending.request_hash:
        raise IdempotencyKeyReused
    return batch, is_new


async def note_received(db: AsyncSession, actor: Actor, batch: EnrolmentBatch) -> None:
    """Write a batch's counts down, in its record and in the audit."""
    counts = {verdict.value: getattr(batch, verdict.value) for verdict in Verdict}
    await record(db, actor, Event.ENROLMENT_BATCH_RECEIVED, batch, {"mode": batch.mode, **counts})
    await db.flush()


def check_mode(actor: Actor, mode: Mode) -> None:
    """Whoever may not submit only validates. Raises: SandboxOnly."""
    if mode is not Mode.VALIDATE and not actor.may(Permission.ENROLMENT_SUBMIT):
        raise SandboxOnly


async def read_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> EnrolmentBatch:
    """One batch. Raises: NotFound."""
    batch = await queries.read_batch(db, actor, batch_id)
    if batch is None:
        raise NotFound
    return batch


async def list_batches(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[EnrolmentBatchSummary]:
    """One page of the batches, the newest first."""
    batches, cursor = await queries.list_batches(db, actor, page)
    return Page(items=[EnrolmentBatchSummary.of(batch) for batch in batches], next_cursor=cursor)


class Prepared:
    """Rows before their turn: with verdicts on those that say nothing sensible, and looked at where that was done."""

    def __init__(self, items: Items, sending: Sending, batch_id: UUID) -> None:
        day = today()
        self.sending, self.batch_id = sending, batch_id
        self.read: list[Row | Said] = [_ready(item, day) for item in items]
        self.intake: Intake | None = None

    def open(self, driver: asyncpg.Connection, actor: Actor, unseen: Collection[str] = ()) -> Intake:
        """The intake of the rows, on this connection. unseen: as for `Intake`."""
        if self.intake is None:
            rows = [row for row in self.read if isinstance(row, Row)]
            on_conflict = self.sending.on_conflict
            self.intake = Intake(
                driver, actor, rows, status=Status.SUBMITTED, batch_id=self.batch_id, on_conflict=on_conflict,
                unseen=unseen,
            )  # fmt: skip
        self.intake.turn(driver, actor)
        return self.intake

    def verdicts(self) -> list[Said]:
        """What became of each row, in their order."""
        return [verdict_of(row) if isinstance(row, Row) else row for row in self.read]


async def take_in(
    driver: asyncpg.Connection,
    actor: Actor,
    sending: Sending,
    items: Items,
    batch_id: UUID,
    *,
    keep: bool,
    prepared: Prepared | None = None,
    looked: Callable[[Intake], None] | None = None,
) -> list[Said]:
    """The verdict on every row, in their order. keep: False takes back what was written, once all is known.

    prepared: the items, where that was done already. looked: is told when the rows are looked at, before they are
    written, and again whenever that has to be done again. Raises: SandboxOnly, PeopleElsewhere.
    """
    check_mode(actor, sending.mode)
    at_hand = [prepared]

    async def work(unseen: Collection[str]) -> list[Said]:
        here = at_hand.pop() if at_hand else None  # when it is called again the rows have been written on
        here = here or Prepared(items, sending, batch_id)
        intake = here.open(driver, actor, unseen)
        if not intake.is_looked_at:
            await intake.look()
        if looked:
            looked(intake)
        await intake.write()
        if sending.mode is Mode.VALIDATE:
            intake.forget()
        return here.verdicts()

    return await taken_in(driver, work, keep=keep)


def _ready(item: EnrolmentIn | BadRow, day: date) -> Row | Said:
    if isinstance(item, BadRow):
        return rejected(item.external_ref, item.errors)
    row = prepared(item, day)
    return row if isinstance(row, Row) else rejected(item.external_ref, row)


def _errors(verdicts: Sequence[Said]) -> list[FieldError]:
    """Every error of the rejected rows, under its place in the batch."""
    found: list[FieldError] = []
    for index, item in enumerate(verdicts):
        found += [FieldError(f"/items/{index}{pointer}", *rest) for pointer, *rest in item["errors"]]
    return found
