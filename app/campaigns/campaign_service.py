"""Campaigns: list, read, add, edit."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.campaigns import campaign_queries as queries
from app.campaigns.attendance_rules import reach_of
from app.campaigns.campaign_rules import check_details
from app.campaigns.campaign_schemas import (
    AwardCountOut,
    CampaignDetailOut,
    CampaignDetails,
    CampaignFilter,
    CampaignIn,
    CampaignOut,
    CampaignPatch,
    PayoutSumOut,
    ReachOut,
)
from app.campaigns.kinds import CampaignKind
from app.campaigns.number_rules import of_sum
from app.campaigns.records import edit, find, locked, owned, store
from app.campaigns.references import model_id_of, party_columns, place_columns
from app.campaigns.shapes import check_order
from app.core.bodies import given
from app.core.errors import IdTaken, InvalidInput, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.models.campaign import Campaign

_NOTED = (
    "kind", "level", "products", "place_code", "model_id", "organiser_id", "starts_on", "ends_on", "details",
)  # fmt: skip
_PLAIN = {"kind", "name", "level", "partners", "products", "starts_on", "ends_on", "goal", "note"}
_ORGANISER = ("organiser_id", "organiser_code", "organiser_name")

register_constraint("campaign_pkey", IdTaken)


async def list_campaigns(
    db: AsyncSession, actor: Actor, wanted: CampaignFilter, page: PageRequest
) -> Page[CampaignOut]:
    """One page of campaigns."""
    rows, cursor = await queries.list_campaigns(db, actor, wanted, page)
    return Page(items=[CampaignOut.of(row) for row in rows], next_cursor=cursor)


async def read_campaign(db: AsyncSession, actor: Actor, campaign_id: UUID) -> CampaignDetailOut:
    """One campaign with its reach, awards and payouts. Raises: NotFound."""
    row = await find(db, actor, Campaign, campaign_id)
    reach = reach_of(*await queries.attendances(db, actor, campaign_id))
    awards = await queries.awards_by_level(db, actor, campaign_id)
    paid = await queries.amounts_paid(db, actor, campaign_id)
    return CampaignDetailOut(
        **CampaignOut.of(row).model_dump(),
        reach=ReachOut(
            events=reach.events,
            counted=reach.counted,
            min=reach.low,
            max=reach.high,
            qualifier=reach.qualifier,
            smallest=reach.smallest,
            largest=reach.largest,
        ),
        awards=[
            AwardCountOut.model_validate({"level": level, "count": count}) for level, count in awards.items()
        ],
        payouts=PayoutSumOut(
            count=len(paid),
            amount=sum(amount for amount, _ in paid),
            qualifier=of_sum(word for _, word in paid),
        ),
    )


async def create_campaign(db: AsyncSession, actor: Actor, body: CampaignIn) -> Campaign:
    """Add a campaign; the same body with the same id again gives the one that is there.

    Raises: InvalidInput, NotFound (organiser, model), OutsideScope, IdTaken.
    """
    check_order(body.starts_on, body.ends_on, "/ends_on")
    row = Campaign(
        **owned(actor),
        **body.model_dump(include=_PLAIN),
        **await place_columns(db, actor, body.place_code, body.starts_on),
        **await _organiser(db, actor, body),
        id=body.id or uuid7(),
        details=_stored(body.kind, body.details),
        model_id=await model_id_of(db, actor, body.model_id, body.model_code),
    )
    return await store(db, actor, row, Event.CAMPAIGN_CREATED, _NOTED, body.id)


async def change_campaign(
    db: AsyncSession, actor: Actor, campaign_id: UUID, version: int, body: CampaignPatch
) -> Campaign:
    """Edit a campaign of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    row = await locked(db, actor, Campaign, campaign_id)
    values = {name: value for name, value in given(body).items() if name not in _ORGANISER}
    if "details" in values:
        values["details"] = _stored(CampaignKind(row.kind), body.details)
    if not body.model_fields_set.isdisjoint(_ORGANISER):
        values |= await _organiser(db, actor, body)
    check_order(values.get("starts_on", row.starts_on), values.get("ends_on", row.ends_on), "/ends_on")
    await edit(db, actor, row, version, values, Event.CAMPAIGN_CHANGED, _NOTED)
    return row


async def _organiser(db: AsyncSession, actor: Actor, body: CampaignIn | CampaignPatch) -> dict[str, Any]:
    return await party_columns(
        db, actor, "organiser", body.organiser_id, body.organiser_code, body.organiser_name
    )


def _stored(kind: CampaignKind, details: CampaignDetails | None) -> dict[str, Any]:
    """The details as they are kept: only those that say something."""
    if details is None:
        return {}
    told = details.model_dump(mode="json", exclude_none=True)
    check_details(kind, told)
    low, high = details.recruits_min, details.recruits_max
    if high is not None and low is not None and high < low:
        raise InvalidInput.at(
            "/details/recruits_max",
            "range",
            vi="Số lớn nhất nhỏ hơn số nhỏ nhất.",
            en="The largest is less than the smallest.",
        )
    return told
