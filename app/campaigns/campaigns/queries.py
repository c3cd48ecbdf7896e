"""Selects over campaigns and what belongs to them, each within what the actor may see."""

from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.campaigns.campaigns.schemas import CampaignFilter
from app.campaigns.events.attendance import Attendance
from app.campaigns.kinds import AttendanceOf
from app.campaigns.numbers import Qualifier
from app.campaigns.records import build_filter_conditions, is_uncorrected
from app.core.values.paging import PageRequest, fetch_page
from app.models.campaigns.award import Award
from app.models.campaigns.campaign import Campaign, CampaignEvent
from app.models.campaigns.payout import Payout


async def read_campaigns(
    db: AsyncSession, actor: Actor, filters: CampaignFilter, page: PageRequest
) -> tuple[list[Campaign], str | None]:
    """Read one page of the campaigns that match the filters, in the order of their ids."""
    stmt = select_visible(actor, Campaign, shared=True).where(
        *await build_filter_conditions(db, Campaign, filters)
    )
    for name in ("kind", "level", "model_id"):
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(Campaign, name) == value)
    if filters.product is not None:
        stmt = stmt.where(col(Campaign.products).contains([filters.product.value]))
    if filters.on is not None:
        begins, ends = col(Campaign.starts_on), col(Campaign.ends_on)
        stmt = stmt.where(
            or_(begins.is_(None), begins <= filters.on), or_(ends.is_(None), ends >= filters.on)
        )
    return await fetch_page(db, stmt, columns=[col(Campaign.id)], page=page)


async def read_attendances(db: AsyncSession, actor: Actor, campaign_id: UUID) -> tuple[int, list[Attendance]]:
    """Count a campaign's events, and select the attendance of those where it is known."""
    stmt = select_visible(actor, CampaignEvent, shared=True).where(CampaignEvent.campaign_id == campaign_id)
    rows = (await db.exec(stmt)).all()
    return len(rows), [attendance for row in rows if (attendance := _to_attendance(row)) is not None]


def _to_attendance(row: CampaignEvent) -> Attendance | None:
    low, high = row.attendance_min, row.attendance_max
    qualifier, of = row.attendance_qualifier, row.attendance_of
    if low is None or high is None or qualifier is None or of is None:
        return None
    return Attendance(low, high, Qualifier(qualifier), AttendanceOf(of), row.sessions)


async def count_awards_by_level(db: AsyncSession, actor: Actor, campaign_id: UUID) -> dict[str, int]:
    """Count the awards of a campaign by level."""
    stmt = (
        select(Award.level, func.sum(Award.count))
        .where(visible_condition(actor, Award, shared=True), Award.campaign_id == campaign_id)
        .group_by(col(Award.level))
        .order_by(col(Award.level))
    )
    return dict((await db.exec(stmt)).all())


async def read_paid_amounts(db: AsyncSession, actor: Actor, campaign_id: UUID) -> list[tuple[int, Qualifier]]:
    """Read the amount of each payout of a campaign, as corrected."""
    stmt = select(Payout.amount, Payout.qualifier).where(
        visible_condition(actor, Payout, shared=True),
        Payout.campaign_id == campaign_id,
        Payout.amount > 0,
        is_uncorrected(Payout),
    )
    return [(amount, Qualifier(qualifier)) for amount, qualifier in (await db.exec(stmt)).all()]
