"""Export everything that is recorded about one person, for that person (Luật 91/2025/QH15, Article 4)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.read_acts import ReadAct
from app.audit.reads.service import note_seen_whole
from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.time import now
from app.models.people.consent import Consent
from app.models.people.member import SupportGroup
from app.models.savings.group import Group
from app.models.savings.membership import Membership
from app.people.consents.schemas import ConsentOut
from app.people.consents.service import select_consents
from app.people.members.queries import require_visible_member
from app.people.members.schemas import MemberWhole, RevealReason
from app.people.support_groups.schemas import SupportGroupOut
from app.people.support_groups.service import select_support_groups


class MembershipOfPerson(BaseModel):
    """A group (tổ) in which the person is or was."""

    group_id: UUID
    group_code: str
    group_name: str
    duty: str
    joined_on: date
    left_on: date | None


class MemberExport(BaseModel):
    """A copy of one person's record; the money is in the passbook."""

    exported_at: datetime
    member: MemberWhole
    consents: list[ConsentOut]
    support_groups: list[SupportGroupOut]
    memberships: Annotated[list[MembershipOfPerson], Field(description="Tham gia các tổ")]


async def export_member(
    db: AsyncSession, actor: Actor, member_id: UUID, reason: RevealReason
) -> MemberExport:
    """Export a copy of a member's record, audited as seen in full and why. Raises: NotFound."""
    row = await require_visible_member(db, actor, member_id)
    fields = {"exported": True, "reason": reason.value}
    await note_seen_whole(db, actor, ReadAct.EXPORTED, row, reason.value, fields)
    consents = (await db.exec(select_consents(actor, row.id).order_by(col(Consent.given_at)))).all()
    support_groups = select_support_groups(actor, row.id).order_by(col(SupportGroup.valid_from))
    memberships = (
        select(Membership, Group)
        .join(Group, col(Group.id) == col(Membership.group_id))
        .where(visible_condition(actor, Membership), Membership.member_id == row.id)
        .order_by(col(Membership.joined_on), col(Membership.id))
    )
    return MemberExport(
        exported_at=now(),
        member=MemberWhole.from_record(row),
        consents=[ConsentOut.from_record(consent) for consent in consents],
        support_groups=[SupportGroupOut.from_record(row) for row in (await db.exec(support_groups)).all()],
        memberships=[_membership_to_response(*pair) for pair in (await db.exec(memberships)).all()],
    )


def _membership_to_response(membership: Membership, group: Group) -> MembershipOfPerson:
    return MembershipOfPerson(
        group_id=group.id,
        group_code=group.code,
        group_name=group.name,
        duty=membership.duty,
        joined_on=membership.joined_on,
        left_on=membership.left_on,
    )
