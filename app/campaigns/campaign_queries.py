"""Selects over campaigns and what belongs to them, each within what the actor may see."""

from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.campaigns.attendance_rules import Attendance
from app.campaigns.campaign_schemas import CampaignFilter
from app.campaigns.kinds import AttendanceOf
from app.campaigns.number_rules import Qualifier
from app.campaigns.records import chosen, uncorrected
from app.core.paging import PageRequest, paged
from app.models.award import Award
from app.models.campaign import Campaign, CampaignEvent
from app.models.payout import Payout


async def list_campaigns(
    db: AsyncSession, actor: Actor, wanted: CampaignFilter, page: PageRequest
) -> tuple[list[Campaign], str | None]:
    """One page of the campaigns that the filters choose, in the order of their ids."""
    stmt = scoped(actor, Campaign, shared=True).where(*await chosen(db, Campaign, wanted))
    for name in ("kind", "level", "model_id"):
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Campaign, name) == value)
    if wanted.product is not None:
        stmt = stmt.where(col(Campaign.products).contains([wanted.product.value]))
    if wanted.on is not None:
        begins, ends = col(Campaign.starts_on), col(Campaign.ends_on)
        stmt = stmt.where(or_(begins.is_(None), begins <= wanted.on), or_(ends.is_(None), ends >= wanted.on))
    return await paged(db, stmt, columns=[col(Campaign.id)], page=page)


async def attendances(db: AsyncSession, actor: Actor, campaign_id: UUID) -> tuple[int, list[Attendance]]:
    """How many events a campaign had, and the attendance of those that told one."""
    stmt = scoped(actor, CampaignEvent, shared=True).where(CampaignEvent.campaign_id == campaign_id)
    rows = (await db.exec(stmt)).all()
    return len(rows), [attendance for row in rows if (attendance := _attendance(row)) is not None]


def _attendance(row: CampaignEvent) -> Attendance | None:
    low, high = row.attendance_min, row.attendance_max
    word, of = row.attendance_qualifier, row.attendance_of
    if low is None or high is None or word is None or of is None:
        return None
    return Attendance(low, high, Qualifier(word), AttendanceOf(of), row.sessions)


async def awards_by_level(db: AsyncSession, actor: Actor, campaign_id: UUID) -> dict[str, int]:
    """How many awards of each level a campaign brought."""
    stmt = (
        select(Award.level, func.sum(Award.count))
        .where(visible(actor, Award, shared=True), Award.campaign_id == campaign_id)
        .group_by(col(Award.level))
        .order_by(col(Award.level))
    )
    return dict((await db.exec(stmt)).all())


async def amounts_paid(db: AsyncSession, actor: Actor, campaign_id: UUID) -> list[tuple[int, Qualifier]]:
    """What was paid in a campaign, payout by payout, as corrected."""
    stmt = select(Payout.amount, Payout.qualifier).where(
        visible(actor, Payout, shared=True),
        Payout.campaign_id == campaign_id,
        Payout.amount > 0,
        uncorrected(Payout),
    )
    return [(amount, Qualifier(word)) for amount, word in (await db.exec(stmt)).all()]
