"""The read audit (nhật ký xem): who saw which person's whole record, or searched for whom.

Noted in the transaction of the read, which commits before it is answered. Hot paths note it in their SQL function
(`begin_reading`, `note_search`), as pending rows that are folded into their place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.read_acts import ReadAct, SearchedBy, mask_name
from app.audit.reads.queries import select_reads
from app.audit.reads.schemas import ReadAuditFilter, ReadAuditOut
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.caller import Caller
from app.core.postgres.database import Database, call_beside, get_process_key
from app.core.process.request_id import current_request_id
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.audit.read_audit import ReadAudit
from app.models.people.member import Member

NOTE_EMERGENCY: Final = "select note_emergency_reads($1, $2, $3, $4, $5, $6, $7, $8)"
_FOLD: Final = select(func.fold_reads())


async def fold_reads(database: Database) -> int:
    """Move what hot paths noted into its place. Returns: how many rows."""
    moved: int = (await database.call("select fold_reads() as moved"))["moved"]
    return moved


async def note_seen_whole(
    db: AsyncSession,
    actor: Actor,
    act: ReadAct,
    member: Member,
    reason: str | None,
    fields: Mapping[str, Any],
) -> None:
    """Note, in the audit as well, that the actor is shown a member's whole numbers, and why.

    fields: what the audit says of it beside.
    """
    if actor.emergency_access_id is not None:
        await _note_emergency(db, actor, act, [member.id], reason=reason)
        return
    await record_event(db, actor, Event.MEMBER_SEEN_WHOLE, member, fields)
    await _note(db, [_build_row(actor, act, member) | {"reason": reason}])


async def note_search(
    db: AsyncSession, actor: Actor, searched_by: SearchedBy, masked: str, found: Sequence[Member]
) -> None:
    """Note for whom the actor searched: for each whom they are shown, or once when that is nobody.

    masked: what was searched for, as it may be kept.
    """
    if actor.emergency_access_id is not None:
        ids = [member.id for member in found]
        await _note_emergency(db, actor, ReadAct.SEARCHED, ids, by=searched_by, masked=masked)
        return
    search = {"searched_by": searched_by.value, "searched_for": masked, "shown": len(found)}
    await _note(db, [_build_row(actor, ReadAct.SEARCHED, member) | search for member in found or (None,)])


async def _note_emergency(
    db: AsyncSession,
    actor: Actor,
    act: ReadAct,
    member_ids: list[UUID],
    *,
    reason: str | None = None,
    by: SearchedBy | None = None,
    masked: str | None = None,
) -> None:
    """Note beside the transaction, which cannot write: committed before the answer is sent."""
    key, request_id = get_process_key(db), current_request_id.get()
    await call_beside(
        db, NOTE_EMERGENCY, key, actor.session_id, act, member_ids, reason, by, masked, request_id
    )


async def note_emergency_read(
    caller: Caller, act: ReadAct, member_ids: list[UUID], name: str | None = None
) -> None:
    """Note what a hot path is about to answer under an emergency access. name: that was searched for, if one was."""
    by, masked = (None, None) if name is None else (SearchedBy.NAME, mask_name(name))
    await caller.run(
        NOTE_EMERGENCY, caller.process_key, caller.session_id, act, member_ids, None, by, masked, None
    )


async def _note(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    # Not by the session, which asks for the numbers of new rows: who may write a line may not read it.
    await (await db.connection()).execute(insert(ReadAudit).inline(), rows)


def _build_row(actor: Actor, act: ReadAct, member: Member | None) -> dict[str, Any]:
    return {
        "act": act.value,
        "network": actor.network if member is None else member.network,
        "province_code": None if member is None else member.province_code,
        "commune_code": None if member is None else member.commune_code,
        "member_id": None if member is None else member.id,
        "actor_id": actor.id,
        "actor_kind": actor.kind,
        "organisation_id": actor.organisation_id,
    }


async def list_reads(
    db: AsyncSession, actor: Actor, filters: ReadAuditFilter, page: PageRequest
) -> Page[ReadAuditOut]:
    """List one page of what was seen, the latest first, with every read that was answered before."""
    await db.exec(_FOLD)
    rows, cursor = await fetch_page(
        db, select_reads(actor, filters), columns=[col(ReadAudit.seq)], page=page, descending=True
    )
    return Page(
        items=[ReadAuditOut.model_validate(row, from_attributes=True) for row in rows], next_cursor=cursor
    )
