"""Awards: list, read, create, edit."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.campaigns.awards.schemas import AwardFilter, AwardIn, AwardOut, AwardPatch
from app.campaigns.kinds import RecipientKind
from app.campaigns.records import (
    build_date_conditions,
    build_filter_conditions,
    create_record,
    edit_record,
    lock_record,
    ownership_columns,
    require_record,
)
from app.campaigns.references import (
    resolve_campaign_id,
    resolve_group_id,
    resolve_organisation_id,
    resolve_record_place,
    resolve_reference,
)
from app.campaigns.shapes import check_day_or_period
from app.core.errors import IdTaken, InvalidInput, register_constraint
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.campaigns.award import Award
from app.models.people.member import Member

_AUDITED_FIELDS = (
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
_COPIED_FIELDS = {
    "level", "title", "awarded_by", "decision_no", "recipient_kind", "recipient_text", "count", "awarded_on",
    "period_from", "period_to", "note",
}  # fmt: skip

register_constraint("award_pkey", IdTaken)


async def list_awards(
    db: AsyncSession, actor: Actor, filters: AwardFilter, page: PageRequest
) -> Page[AwardOut]:
    """List one page of awards."""
    stmt = select_visible(actor, Award, shared=True).where(
        *await build_filter_conditions(db, Award, filters),
        *build_date_conditions(Award, Award.awarded_on, filters),
    )
    for name in ("level", "recipient_kind"):
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(Award, name) == value)
    rows, cursor = await fetch_page(db, stmt, columns=[col(Award.id)], page=page)
    return Page(items=[AwardOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_award(db: AsyncSession, actor: Actor, award_id: UUID) -> Award:
    """Find one award. Raises: NotFound."""
    return await require_record(db, actor, Award, award_id)


async def create_award(db: AsyncSession, actor: Actor, body: AwardIn) -> Award:
    """Create an award; the same body with the same id again returns the existing one.

    Raises: InvalidInput, NotFound (recipient, campaign), OutsideScope, IdTaken.
    """
    check_day_or_period(body.awarded_on, body.period_from, body.period_to, "awarded_on")
    row = Award(
        **ownership_columns(actor),
        **body.model_dump(include=_COPIED_FIELDS),
        **await resolve_record_place(db, actor, body.place_code, body.awarded_on or body.period_to),
        **await _resolve_recipient(db, actor, body),
        id=body.id or uuid7(),
        campaign_id=await resolve_campaign_id(db, actor, body.campaign_id),
    )
    return await create_record(db, actor, row, Event.AWARD_GIVEN, _AUDITED_FIELDS, body.id)


async def edit_award(db: AsyncSession, actor: Actor, award_id: UUID, version: int, body: AwardPatch) -> Award:
    """Edit an award of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    row = await lock_record(db, actor, Award, award_id)
    values = get_set_fields(body)
    awarded_on, begins, ends = (
        values.get(name, getattr(row, name)) for name in ("awarded_on", "period_from", "period_to")
    )
    check_day_or_period(awarded_on, begins, ends, "awarded_on")
    await edit_record(db, actor, row, version, values, Event.AWARD_CHANGED, _AUDITED_FIELDS)
    return row


async def _resolve_recipient(db: AsyncSession, actor: Actor, body: AwardIn) -> dict[str, Any]:
    """Resolve the recipient's columns. Raises: InvalidInput for an id of another kind, NotFound."""
    for kind in RecipientKind:
        if kind is body.recipient_kind:
            continue
        for pointer in _RECIPIENT_FIELDS[kind]:
            if getattr(body, pointer) is not None:
                raise InvalidInput.at(
                    f"/{pointer}",
                    "recipient_kind",
                    vi="Người nhận không thuộc loại đã chọn.",
                    en="The recipient is not of the chosen kind.",
                )
    members = select_visible(actor, Member)
    member = await resolve_reference(db, members, Member, "recipient_member", body.recipient_member_id)
    return {
        "recipient_member_id": member.id if member else None,
        "recipient_group_id": await resolve_group_id(
            db, actor, "recipient_group", body.recipient_group_id, body.recipient_group_code
        ),
        "recipient_organisation_id": await resolve_organisation_id(
            db,
            actor,
            "recipient_organisation",
            body.recipient_organisation_id,
            body.recipient_organisation_code,
        ),
    }


_RECIPIENT_FIELDS = {
    RecipientKind.PERSON: ("recipient_member_id",),
    RecipientKind.GROUP: ("recipient_group_id", "recipient_group_code"),
    RecipientKind.ORGANISATION: ("recipient_organisation_id", "recipient_organisation_code"),
}
