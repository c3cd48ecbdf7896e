"""Selects over members, each within what the actor may see."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.errors import NotFound
from app.core.text import search_key
from app.models.audit_event import AuditEvent
from app.models.member import Member
from app.models.network import Network
from app.people.member_schemas import MemberSearch

MOST_FOUND = 100
"""How many namesakes a search gives at most."""


async def find_member(db: AsyncSession, actor: Actor, member_id: UUID, *, to_edit: bool = False) -> Member:
    """A member of the actor's; locked when it is to be edited. Raises: NotFound."""
    stmt = scoped(actor, Member).where(Member.id == member_id)
    if to_edit:
        stmt = stmt.with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


def sought(actor: Actor, wanted: MemberSearch) -> SelectOfScalar[Member]:
    """Members who are exactly this person, of every network that the actor sees."""
    return (
        scoped(actor, Member).where(*_same_person(actor, wanted)).order_by(col(Member.id)).limit(MOST_FOUND)
    )


def _same_person(actor: Actor, wanted: MemberSearch) -> list[ColumnElement[bool] | bool]:
    # The numbers are indexed per network, so all networks are named where all are meant.
    networks = (
        col(Member.network).in_(select(Network.code))
        if actor.all_networks
        else Member.network == actor.network
    )
    if wanted.national_id is not None:
        return [networks, col(Member.national_id) == wanted.national_id]
    if wanted.social_insurance_no is not None:
        return [networks, col(Member.social_insurance_no) == wanted.social_insurance_no]
    if wanted.phone is not None:
        return [col(Member.phone) == wanted.phone]
    assert wanted.full_name is not None  # noqa: S101 - the schema demands one of the four
    return [
        col(Member.commune_code) == wanted.commune_code,
        col(Member.search_name) == search_key(wanted.full_name),
        col(Member.birth_date) == wanted.birth_date,
    ]


def history_of(actor: Actor, subject_id: UUID) -> SelectOfScalar[AuditEvent]:
    """What happened to a record, as far as it happened in the actor's places."""
    return scoped(actor, AuditEvent, shared=True).where(AuditEvent.subject_id == subject_id)
