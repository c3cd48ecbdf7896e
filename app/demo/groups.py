"""What chapters do with groups: open them, let people in, record their sheets, enrol and accept."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.auth.actor import Actor
from app.core.time import today
from app.demo.stage import Columns, Stage, key
from app.insurance.enrolment_acceptance import accept_all
from app.insurance.enrolment_batch import Sending, receive
from app.insurance.enrolment_batch_schemas import MOST_ROWS, EnrolmentBatchIn, Mode
from app.ledger.schemas import MeetingIn
from app.ledger.service import record_sheet
from app.savings.entrant_schemas import EntrantIn
from app.savings.entrant_service import enter_members
from app.savings.group_schemas import GroupIn
from app.savings.group_service import open_group


async def open_groups(stage: Stage, actor: Actor, groups: Iterable[Columns]) -> None:
    """Open groups, each with the id that its code gives."""
    for columns in groups:
        await open_group(stage.db, actor, GroupIn(id=key("group", columns["code"]), **columns))
        await stage.db.flush()
        stage.db.expunge_all()


async def let_in(stage: Stage, actor: Actor, entrants: Iterable[Columns]) -> None:
    """Enter people with their memberships and pledges."""
    await enter_members(stage.db, actor, [EntrantIn(**columns) for columns in entrants])


async def record_sheets(stage: Stage, actor: Actor, sheets: Iterable[Columns]) -> None:
    """Record meetings' sheets, in their order. A meeting that is still to come on this machine is left out."""
    caller = await stage.recording(actor)
    for columns in sheets:
        if columns["business_date"] <= today():
            name = f"{columns['group_code']}/{columns['business_date']}"
            await record_sheet(caller, MeetingIn(id=key("meeting", name), **columns), f"demo/{name}")


async def enrol(stage: Stage, actor: Actor, name: str, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Submit enrolments in batches, all or none; their ids, in their order."""
    made: list[UUID] = []
    for begin in range(0, len(rows), MOST_ROWS):
        chunk = rows[begin : begin + MOST_ROWS]
        body = EnrolmentBatchIn(mode=Mode.ATOMIC, items=list(chunk))
        client_key = f"demo/{name}/{begin // MOST_ROWS + 1}"
        digest = sha256(body.model_dump_json().encode()).digest()
        batch, _ = await receive(stage.db, actor, Sending(client_key, digest, body.mode), body.rows)
        made += [UUID(item["enrolment_id"]) for item in batch.items]
    return made


async def accept(stage: Stage, officer: str, enrolment_ids: Sequence[UUID]) -> None:
    """Let an officer of BHXH accept enrolments."""
    await accept_all(stage.db, await stage.acting(officer), enrolment_ids)
