"""Selects over members, each within what the actor may see."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import NotFound
from app.core.values.search_key import search_key
from app.models.audit.audit_event import AuditEvent
from app.models.people.member import Member
from app.models.tenancy.network import Network
from app.people.errors import MemberAnonymised
from app.people.members.schemas import MemberSearch

MAX_SEARCH_RESULTS = 100
"""The most results of a search."""


async def require_visible_member(
    db: AsyncSession, actor: Actor, member_id: UUID, *, to_edit: bool = False
) -> Member:
    """Find a member that the actor may see; locked when it is to be edited. Raises: NotFound."""
    stmt = select_visible(actor, Member).where(Member.id == member_id)
    if to_edit:
        stmt = stmt.with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def require_named_member(
    db: AsyncSession, actor: Actor, member_id: UUID, *, to_edit: bool = False
) -> Member:
    """Find a member of whom something is to be recorded. Raises: NotFound, MemberAnonymised."""
    row = await require_visible_member(db, actor, member_id, to_edit=to_edit)
    if row.anonymised_at is not None:
        raise MemberAnonymised
    return row


def select_exact_matches(actor: Actor, search: MemberSearch) -> SelectOfScalar[Member]:
    """Select the members who match the search exactly, in every network that the actor sees."""
    return (
        select_visible(actor, Member)
        .where(*_match_person(actor, search))
        .order_by(col(Member.id))
        .limit(MAX_SEARCH_RESULTS)
    )


def _match_person(actor: Actor, search: MemberSearch) -> list[ColumnElement[bool] | bool]:
    # The numbers are indexed per network, so all networks are named where all are meant.
    networks = (
        col(Member.network).in_(select(Network.code))
        if actor.all_networks
        else Member.network == actor.network
    )
    if search.national_id is not None:
        return [networks, col(Member.national_id) == search.national_id]
    if search.social_insurance_no is not None:
        return [networks, col(Member.social_insurance_no) == search.social_insurance_no]
    if search.phone is not None:
        return [col(Member.phone) == search.phone]
    assert search.full_name is not None  # noqa: S101 - the schema demands one of the four
    return [
        col(Member.commune_code) == search.commune_code,
        col(Member.search_name) == search_key(search.full_name),
        col(Member.birth_date) == search.birth_date,
    ]


def select_member_history(actor: Actor, subject_id: UUID) -> SelectOfScalar[AuditEvent]:
    """Select the audit events of a record in the actor's places."""
    return select_visible(actor, AuditEvent, shared=True).where(AuditEvent.subject_id == subject_id)
