"""Everything that is recorded of one person, for that person (Luật 91/2025/QH15, Article 4)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.scope import visible
from app.core.time import now
from app.models.consent import Consent
from app.models.group import Group
from app.models.member import SupportGroup
from app.models.membership import Membership
from app.people.consent_schemas import ConsentOut
from app.people.consent_service import consents_of
from app.people.member_queries import find_member
from app.people.member_schemas import MemberWhole
from app.people.support_group_schemas import SupportGroupOut
from app.people.support_group_service import support_groups_of


class MembershipOfPerson(BaseModel):
    """In which group (tổ) the person is or was."""

    group_id: UUID
    group_code: str
    group_name: str
    duty: str
    joined_on: date
    left_on: date | None


class MemberExport(BaseModel):
    """A copy of one person's record; the passbook has the money."""

    exported_at: datetime
    member: MemberWhole
    consents: list[ConsentOut]
    support_groups: list[SupportGroupOut]
    memberships: Annotated[list[MembershipOfPerson], Field(description="Tham gia các tổ")]


async def export_member(db: AsyncSession, actor: Actor, member_id: UUID) -> MemberExport:
    """A copy of a member's record, noted as seen whole. Raises: NotFound."""
    row = await find_member(db, actor, member_id)
    await record(db, actor, Event.MEMBER_SEEN_WHOLE, row, {"exported": True})
    consents = (await db.exec(consents_of(actor, row.id).order_by(col(Consent.given_at)))).all()
    support = support_groups_of(actor, row.id).order_by(col(SupportGroup.valid_from))
    joined = (
        select(Membership, Group)
        .join(Group, col(Group.id) == col(Membership.group_id))
        .where(visible(actor, Membership), Membership.member_id == row.id)
        .order_by(col(Membership.joined_on), col(Membership.id))
    )
    return MemberExport(
        exported_at=now(),
        member=MemberWhole.of(row),
        consents=[ConsentOut.of(consent) for consent in consents],
        support_groups=[SupportGroupOut.of(one) for one in (await db.exec(support)).all()],
        memberships=[_membership(*pair) for pair in (await db.exec(joined)).all()],
    )


def _membership(membership: Membership, group: Group) -> MembershipOfPerson:
    return MembershipOfPerson(
        group_id=group.id,
        group_code=group.code,
        group_name=group.name,
        duty=membership.duty,
        joined_on=membership.joined_on,
        left_on=membership.left_on,
    )
