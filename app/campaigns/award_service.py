"""Awards: list, read, add, edit."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.campaigns.award_schemas import AwardFilter, AwardIn, AwardOut, AwardPatch
from app.campaigns.kinds import RecipientKind
from app.campaigns.records import chosen, edit, find, happened, locked, owned, store
from app.campaigns.references import (
    campaign_id_of,
    group_id_of,
    organisation_id_of,
    place_columns,
    referred,
)
from app.campaigns.shapes import check_when
from app.core.bodies import given
from app.core.errors import IdTaken, InvalidInput, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.models.award import Award
from app.models.member import Member

_NOTED = (
    "level",
    "title",
    "recipient_kind",
    "count",
    "awarded_on",
    "period_from",
    "period_to",
    "campaign_id",
    "place_code",
)
_PLAIN = {
    "level", "title", "awarded_by", "decision_no", "recipient_kind", "recipient_text", "count", "awarded_on",
    "period_from", "period_to", "note",
}  # fmt: skip

register_constraint("award_pkey", IdTaken)


async def list_awards(
    db: AsyncSession, actor: Actor, wanted: AwardFilter, page: PageRequest
) -> Page[AwardOut]:
    """One page of awards."""
    stmt = scoped(actor, Award, shared=True).where(
        *await chosen(db, Award, wanted), *happened(Award, Award.awarded_on, wanted)
    )
    for name in ("level", "recipient_kind"):
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Award, name) == value)
    rows, cursor = await paged(db, stmt, columns=[col(Award.id)], page=page)
    return Page(items=[AwardOut.of(row) for row in rows], next_cursor=cursor)


async def find_award(db: AsyncSession, actor: Actor, award_id: UUID) -> Award:
    """One award. Raises: NotFound."""
    return await find(db, actor, Award, award_id)


async def create_award(db: AsyncSession, actor: Actor, body: AwardIn) -> Award:
    """Add an award; the same body with the same id again gives the one that is there.

    Raises: InvalidInput, NotFound (recipient, campaign), OutsideScope, IdTaken.
    """
    check_when(body.awarded_on, body.period_from, body.period_to, "awarded_on")
    row = Award(
        **owned(actor),
        **body.model_dump(include=_PLAIN),
        **await place_columns(db, actor, body.place_code, body.awarded_on or body.period_to),
        **await _recipient(db, actor, body),
        id=body.id or uuid7(),
        campaign_id=await campaign_id_of(db, actor, body.campaign_id),
    )
    return await store(db, actor, row, Event.AWARD_GIVEN, _NOTED, body.id)


async def change_award(
    db: AsyncSession, actor: Actor, award_id: UUID, version: int, body: AwardPatch
) -> Award:
    """Edit an award of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    row = await locked(db, actor, Award, award_id)
    values = given(body)
    awarded_on, begins, ends = (
        values.get(name, getattr(row, name)) for name in ("awarded_on", "period_from", "period_to")
    )
    check_when(awarded_on, begins, ends, "awarded_on")
    await edit(db, actor, row, version, values, Event.AWARD_CHANGED, _NOTED)
    return row


async def _recipient(db: AsyncSession, actor: Actor, body: AwardIn) -> dict[str, Any]:
    """The columns of the recipient's id. Raises: InvalidInput for an id of another kind, NotFound."""
    for kind in RecipientKind:
        if kind is body.recipient_kind:
            continue
        for pointer in _ID_FIELDS[kind]:
            if getattr(body, pointer) is not None:
                raise InvalidInput.at(
                    f"/{pointer}",
                    "recipient_kind",
                    vi="Người nhận không thuộc loại đã chọn.",
                    en="The recipient is not of the chosen kind.",
                )
    members = scoped(actor, Member)
    member = await referred(db, members, Member, "recipient_member", body.recipient_member_id)
    return {
        "recipient_member_id": member.id if member else None,
        "recipient_group_id": await group_id_of(
            db, actor, "recipient_group", body.recipient_group_id, body.recipient_group_code
        ),
        "recipient_organisation_id": await organisation_id_of(
            db,
            actor,
            "recipient_organisation",
            body.recipient_organisation_id,
            body.recipient_organisation_code,
        ),
    }


_ID_FIELDS = {
    RecipientKind.PERSON: ("recipient_member_id",),
    RecipientKind.GROUP: ("recipient_group_id", "recipient_group_code"),
    RecipientKind.ORGANISATION: ("recipient_organisation_id", "recipient_organisation_code"),
}
