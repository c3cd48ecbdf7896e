"""Steps on groups in the demonstration: create them and their members, record sheets, enrol and accept."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.auth.actor import Actor
from app.core.values.time import VIET_NAM, freeze_time, today
from app.demo.context import BodyColumns, DemoContext, demo_id
from app.insurance.enrolments.decisions.deciding import DecisionItem, decide_enrolments
from app.insurance.enrolments.intake.batch import BatchRequest, submit_enrolment_batch
from app.insurance.enrolments.intake.schemas import MAX_BATCH_ROWS, EnrolmentBatchIn, Mode
from app.insurance.enrolments.rules import Action
from app.ledger.schemas import MeetingIn
from app.ledger.service import record_sheet
from app.savings.entrants.schemas import EntrantIn
from app.savings.entrants.service import create_entrants
from app.savings.groups.schemas import GroupIn
from app.savings.groups.service import create_group


async def create_groups(context: DemoContext, actor: Actor, groups: Iterable[BodyColumns]) -> None:
    """Create groups, each with an id that follows from its code."""
    for columns in groups:
        await create_group(context.db, actor, GroupIn(id=demo_id("group", columns["code"]), **columns))
        await context.db.flush()
        context.db.expunge_all()


async def create_group_members(context: DemoContext, actor: Actor, entrants: Iterable[BodyColumns]) -> None:
    """Create people with their memberships and pledges."""
    await create_entrants(context.db, actor, [EntrantIn(**columns) for columns in entrants])


async def record_sheets(context: DemoContext, actor: Actor, sheets: Iterable[BodyColumns]) -> None:
    """Record meetings' sheets, in their order. Meetings after today are left out."""
    caller = await context.get_recording_caller(actor)
    for columns in sheets:
        if columns["business_date"] <= today():
            name = f"{columns['group_code']}/{columns['business_date']}"
            await record_sheet(caller, MeetingIn(id=demo_id("meeting", name), **columns), f"demo/{name}")


async def submit_enrolments(
    context: DemoContext, actor: Actor, name: str, rows: Sequence[dict[str, Any]]
) -> list[UUID]:
    """Submit enrolments in batches, all or none, and return their ids in the same order."""
    enrolment_ids: list[UUID] = []
    for begin in range(0, len(rows), MAX_BATCH_ROWS):
        chunk = rows[begin : begin + MAX_BATCH_ROWS]
        body = EnrolmentBatchIn(mode=Mode.ATOMIC, items=list(chunk))
        client_key = f"demo/{name}/{begin // MAX_BATCH_ROWS + 1}"
        digest = sha256(body.model_dump_json().encode()).digest()
        batch, _ = await submit_enrolment_batch(
            context.db, actor, BatchRequest(client_key, digest, body.mode), body.rows
        )
        enrolment_ids += [UUID(item["enrolment_id"]) for item in batch.items]
    return enrolment_ids


async def accept_as_officer(
    context: DemoContext, officer: str, enrolment_ids: Sequence[UUID], on: date
) -> None:
    """Accept enrolments as an officer of BHXH, as on a day on which their months could still be paid for.

    Raises: what refuses one of them.
    """
    actor = await context.act_as(officer)
    items = [DecisionItem(enrolment_id) for enrolment_id in enrolment_ids]
    with freeze_time(datetime(on.year, on.month, on.day, 12, tzinfo=VIET_NAM)):
        outcomes = await decide_enrolments(context.db, actor, Action.ACCEPT, items)
    for outcome in outcomes:
        if outcome.refusal is not None:
            raise outcome.refusal
