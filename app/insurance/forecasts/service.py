"""Forecasts from the ledger: computed at every request, never stored."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.auth.scope import select_visible
from app.core.errors import InvalidInput, NotFound
from app.core.language import Language
from app.core.values.paging import PageRequest, get_cursor_values
from app.core.values.time import today
from app.insurance.forecasts.calculation import Forecaster
from app.insurance.forecasts.queries import list_savers
from app.insurance.forecasts.rules import WORST_STATUS_FIRST, ForecastStatus
from app.insurance.forecasts.schemas import (
    ForecastDetails,
    ForecastTotalsOut,
    GroupForecastOut,
    MemberForecastOut,
    MembershipForecastOut,
)
from app.insurance.plans.notes import collect_price_warnings, collect_used_rules
from app.insurance.quotes.responses import warning_to_response
from app.insurance.rules.rulebook import Rule, Rulebook
from app.models.savings.group import Group
from app.models.savings.membership import Membership
from app.models.savings.savings_model import SavingsModel
from app.savings.visible_groups import find_group


@dataclass(frozen=True, slots=True)
class ForecastQuery:
    """What every forecast is computed from. due: in place of everybody's own due date."""

    actor: Actor
    book: Rulebook
    language: Language
    due: date | None


async def forecast_group(
    db: AsyncSession, query: ForecastQuery, group_id: UUID, page: PageRequest
) -> GroupForecastOut:
    """Forecast one page of a group's members, those who fall short most first, with the totals of all.

    Raises: NotFound, InvalidInput.
    """
    group = await find_group(db, query.actor, group_id)
    if group is None:
        raise NotFound
    forecaster, forecasts = await _forecast(db, query, group)
    forecasts.sort(key=_sort_key)
    after = get_cursor_values(page, int, int, UUID)
    remaining = [forecast for forecast in forecasts if after is None or _sort_key(forecast) > after]
    return GroupForecastOut(
        totals=_sum_totals(forecasts),
        items=remaining[: page.limit],
        next_cursor=page.next_cursor(remaining, _sort_key),
        **_build_details(forecaster, group, query.language),
    )


async def forecast_membership(
    db: AsyncSession, query: ForecastQuery, membership_id: UUID
) -> MembershipForecastOut:
    """Forecast one present membership. Computes the whole group, for a household's cards depend on one another.

    Raises: NotFound, InvalidInput.
    """
    stmt = select_visible(query.actor, Membership).where(col(Membership.id) == membership_id)
    membership = (await db.exec(stmt)).first()
    group = membership and await find_group(db, query.actor, membership.group_id)
    if not group:
        raise NotFound
    forecaster, forecasts = await _forecast(db, query, group)
    forecast = next((candidate for candidate in forecasts if candidate.membership_id == membership_id), None)
    if forecast is None:
        raise NotFound
    return MembershipForecastOut(**forecast.model_dump(), **_build_details(forecaster, group, query.language))


async def _forecast(
    db: AsyncSession, query: ForecastQuery, group: Group
) -> tuple[Forecaster, list[MemberForecastOut]]:
    day = today()
    if query.due is not None and query.due < day:
        raise InvalidInput.at(
            "/query/due",
            "due_passed",
            vi="Ngày đóng phải từ hôm nay trở đi.",
            en="The due date must be today or later.",
        )
    model = await _find_model(db, query.actor, group)
    forecaster = Forecaster(query.book, model, day, query.due, group.province_code)
    forecasts = forecaster.forecast(await list_savers(db, group, day))
    if not query.actor.has_permission(Permission.MEMBER_READ):
        forecasts = [forecast.model_copy(update={"full_name": None}) for forecast in forecasts]
    return forecaster, forecasts


async def _find_model(db: AsyncSession, actor: Actor, group: Group) -> SavingsModel | None:
    if group.model_id is None:
        return None
    return (
        await db.exec(
            select_visible(actor, SavingsModel, shared=True).where(SavingsModel.id == group.model_id)
        )
    ).first()


def _sort_key(forecast: MemberForecastOut) -> tuple[int, int, UUID]:
    """Sort key of a member in the list: whoever falls short most comes first."""
    return WORST_STATUS_FIRST.index(forecast.status), -forecast.short_by, forecast.membership_id


def _sum_totals(forecasts: Sequence[MemberForecastOut]) -> ForecastTotalsOut:
    counts = Counter(forecast.status for forecast in forecasts)
    return ForecastTotalsOut(
        members=len(forecasts),
        **{status.value: counts[status] for status in ForecastStatus},
        no_goal=counts[None],
        available=sum(forecast.available for forecast in forecasts),
        price=sum(goal.price for forecast in forecasts for goal in forecast.goals),
        short_by=sum(forecast.short_by for forecast in forecasts),
    )


def _build_details(forecaster: Forecaster, group: Group, language: Language) -> dict[str, Any]:
    """Build the fields of `ForecastDetails`."""
    warnings = dict.fromkeys(
        note for prices, day in forecaster.used_prices for note in collect_price_warnings(prices, day)
    )
    lookups = [
        quoted.lookup for prices, day in forecaster.used_prices if (quoted := prices.find_quote_on(day))
    ]
    details = ForecastDetails(
        as_of=forecaster.today,
        group_id=group.id,
        rules=[
            json.loads(rule.json_text) for _, rule in collect_used_rules(lookups) if isinstance(rule, Rule)
        ],
        warnings=[warning_to_response(note, language) for note in warnings],
    )
    return details.model_dump()
