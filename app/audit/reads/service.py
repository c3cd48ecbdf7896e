"""The read audit (nhật ký xem): who saw which person's whole record, or searched for whom.

Noted in the transaction of the read, which commits before it is answered. Hot paths note it in their SQL function
(`begin_reading`, `note_search`), as pending rows that are folded into their place.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.read_acts import ReadAct, SearchedBy
from app.audit.reads.queries import select_reads
from app.audit.reads.schemas import ReadAuditFilter, ReadAuditOut
from app.auth.actor import Actor
from app.core.postgres.database import Database
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.audit.read_audit import ReadAudit
from app.models.people.member import Member

_FOLD: Final = select(func.fold_reads())


async def fold_reads(database: Database) -> int:
    """Move what hot paths noted into its place. Returns: how many rows."""
    moved: int = (await database.call("select fold_reads() as moved"))["moved"]
    return moved


async def note_read(
    db: AsyncSession, actor: Actor, act: ReadAct, member: Member, reason: str | None = None
) -> None:
    """Note that the actor is shown a member's whole record, and why where a reason is asked for."""
    await _note(db, [_build_row(actor, act, member) | {"reason": reason}])


async def note_search(
    db: AsyncSession, actor: Actor, searched_by: SearchedBy, masked: str, found: Sequence[Member]
) -> None:
    """Note for whom the actor searched: for each whom they are shown, or once when that is nobody.

    masked: what was searched for, as it may be kept.
    """
    search = {"searched_by": searched_by.value, "searched_for": masked, "shown": len(found)}
    await _note(db, [_build_row(actor, ReadAct.SEARCHED, member) | search for member in found or (None,)])


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
