"""Support groups of members, dated; the sensitive ones only for those who may see them."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.auth.scope import select_visible
from app.core.errors import FieldError, Forbidden, NotFound
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import check_validity
from app.models.people.member import Member, SupportGroup
from app.people.errors import SupportGroupEnded
from app.people.members.queries import require_named_member, require_visible_member
from app.people.support_groups.schemas import (
    SENSITIVE_KINDS,
    SupportGroupEnd,
    SupportGroupIn,
    SupportGroupOut,
)


async def list_support_groups(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[SupportGroupOut]:
    """List the support groups of a member that the actor may see, the earliest first. Raises: NotFound."""
    await require_visible_member(db, actor, member_id)
    rows, cursor = await fetch_page(
        db,
        select_support_groups(actor, member_id),
        columns=[col(SupportGroup.valid_from), col(SupportGroup.id)],
        page=page,
    )
    return Page(items=[SupportGroupOut.from_record(row) for row in rows], next_cursor=cursor)


def select_support_groups(actor: Actor, member_id: UUID) -> SelectOfScalar[SupportGroup]:
    """Select a member's support groups, without the sensitive kinds unless the actor may see those."""
    stmt = select_visible(actor, SupportGroup).where(SupportGroup.member_id == member_id)
    if not actor.has_permission(Permission.MEMBER_SENSITIVE):
        stmt = stmt.where(col(SupportGroup.kind).not_in([kind.value for kind in SENSITIVE_KINDS]))
    return stmt


async def record_support_group(
    db: AsyncSession, actor: Actor, member_id: UUID, body: SupportGroupIn
) -> tuple[SupportGroup, bool]:
    """Record that a member belongs to a support group; the second value is False when it existed already.

    Raises: NotFound, MemberAnonymised, Forbidden (a sensitive kind), InvalidInput, SupportGroupOverlaps, IdTaken.
    """
    member = await require_named_member(db, actor, member_id)
    if body.kind in SENSITIVE_KINDS and not actor.has_permission(Permission.MEMBER_SENSITIVE):
        raise Forbidden(errors=[FieldError("/kind", Forbidden.code, Forbidden.vi, Forbidden.en)])
    check_validity(body.valid_from, body.valid_to)
    row = SupportGroup(
        **get_set_fields(body) | {"id": body.id or uuid7()},
        member_id=member.id,
        network=member.network,
        province_code=member.province_code,
        commune_code=member.commune_code,
        entered_by=actor.id,
    )
    compared_fields = {"member_id", *type(body).model_fields} - {"id"}
    if body.id is not None and (existing := await find_existing(db, row, compared_fields)) is not None:
        return existing, False
    db.add(row)
    await _record_change(db, actor, member, row)
    await db.flush()
    return row, True


async def end_support_group(
    db: AsyncSession, actor: Actor, member_id: UUID, support_group_id: UUID, body: SupportGroupEnd
) -> SupportGroup:
    """Record the last day of a support group; the same day again changes nothing.

    Raises: NotFound, InvalidInput, SupportGroupEnded.
    """
    member = await require_visible_member(db, actor, member_id)
    stmt = select_support_groups(actor, member.id).where(SupportGroup.id == support_group_id)
    row = (await db.exec(stmt.with_for_update(key_share=True))).first()
    if row is None:
        raise NotFound
    check_validity(row.valid_from, body.valid_to)
    if row.valid_to is not None and row.valid_to != body.valid_to:
        raise SupportGroupEnded
    if row.valid_to is None:
        row.valid_to = body.valid_to
        await _record_change(db, actor, member, row)
        await db.flush()
    return row


async def _record_change(db: AsyncSession, actor: Actor, member: Member, row: SupportGroup) -> None:
    """Audit the change, without a sensitive kind: more people read the audit than the record itself."""
    kind_fields = {"kind": row.kind} if row.kind not in SENSITIVE_KINDS else {"sensitive": True}
    days = {"valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat()}
    await record_event(db, actor, Event.SUPPORT_GROUP_SET, member, {"id": str(row.id), **kind_fields, **days})
