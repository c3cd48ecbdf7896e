"""Forecasts from the ledger: recomputed at every request, never stored."""

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
from app.auth.scope import scoped
from app.core.errors import InvalidInput, NotFound
from app.core.language import Language
from app.core.paging import PageRequest, cursor_values
from app.core.time import today
from app.insurance.forecast_queries import savers
from app.insurance.forecast_rules import WORST_FIRST, Standing
from app.insurance.forecast_schemas import (
    Explained,
    ForecastTotalsOut,
    GroupForecastOut,
    MemberForecastOut,
    MembershipForecastOut,
)
from app.insurance.forecast_work import Forecaster
from app.insurance.plan_notes import used_by, warnings_of
from app.insurance.quote_service import said
from app.insurance.rulebook import Rule, Rulebook
from app.models.group import Group
from app.models.membership import Membership
from app.models.savings_model import SavingsModel
from app.savings.group_queries import read_group


@dataclass(frozen=True, slots=True)
class Asked:
    """What every forecast begins with. due: in place of everybody's own due date."""

    actor: Actor
    book: Rulebook
    language: Language
    due: date | None


async def forecast_group(
    db: AsyncSession, asked: Asked, group_id: UUID, page: PageRequest
) -> GroupForecastOut:
    """A page of a group's members, those who fall short most first, with the totals of all.

    Raises: NotFound, InvalidInput.
    """
    group = await read_group(db, asked.actor, group_id)
    if group is None:
        raise NotFound
    work, found = await _forecast(db, asked, group)
    found.sort(key=_key)
    after = cursor_values(page, int, int, UUID)
    rest = [one for one in found if after is None or _key(one) > after]
    return GroupForecastOut(
        totals=_totals(found),
        items=rest[: page.limit],
        next_cursor=page.next_cursor(rest, _key),
        **_explained(work, group, asked.language),
    )


async def forecast_membership(db: AsyncSession, asked: Asked, membership_id: UUID) -> MembershipForecastOut:
    """One present membership. The whole group is worked out, for a household's cards depend on one another.

    Raises: NotFound, InvalidInput.
    """
    own = scoped(asked.actor, Membership).where(col(Membership.id) == membership_id)
    membership = (await db.exec(own)).first()
    group = membership and await read_group(db, asked.actor, membership.group_id)
    if not group:
        raise NotFound
    work, found = await _forecast(db, asked, group)
    mine = next((one for one in found if one.membership_id == membership_id), None)
    if mine is None:
        raise NotFound
    return MembershipForecastOut(**mine.model_dump(), **_explained(work, group, asked.language))


async def _forecast(
    db: AsyncSession, asked: Asked, group: Group
) -> tuple[Forecaster, list[MemberForecastOut]]:
    day = today()
    if asked.due is not None and asked.due < day:
        raise InvalidInput.at(
            "/query/due",
            "due_passed",
            vi="Ngày đóng phải từ hôm nay trở đi.",
            en="The due date must be today or later.",
        )
    model = await _model(db, asked.actor, group)
    work = Forecaster(asked.book, model, day, asked.due)
    found = work.forecast(await savers(db, group, day))
    if not asked.actor.may(Permission.MEMBER_READ):
        found = [one.model_copy(update={"full_name": None}) for one in found]
    return work, found


async def _model(db: AsyncSession, actor: Actor, group: Group) -> SavingsModel | None:
    if group.model_id is None:
        return None
    return (
        await db.exec(scoped(actor, SavingsModel, shared=True).where(SavingsModel.id == group.model_id))
    ).first()


def _key(one: MemberForecastOut) -> tuple[int, int, UUID]:
    """The place of a member in the list: whoever falls short most comes first."""
    return WORST_FIRST.index(one.status), -one.short_by, one.membership_id


def _totals(found: Sequence[MemberForecastOut]) -> ForecastTotalsOut:
    counts = Counter(one.status for one in found)
    return ForecastTotalsOut(
        members=len(found),
        **{standing.value: counts[standing] for standing in Standing},
        no_goal=counts[None],
        available=sum(one.available for one in found),
        price=sum(goal.price for one in found for goal in one.goals),
        short_by=sum(one.short_by for one in found),
    )


def _explained(work: Forecaster, group: Group, language: Language) -> dict[str, Any]:
    """The fields of `Explained`."""
    notes = dict.fromkeys(note for prices, day in work.priced for note in warnings_of(prices, day))
    readings = [found.read for prices, day in work.priced if (found := prices.maybe(day))]
    out = Explained(
        as_of=work.today,
        group_id=group.id,
        rules=[json.loads(rule.told) for _, rule in used_by(readings) if isinstance(rule, Rule)],
        warnings=[said(note, language) for note in notes],
    )
    return out.model_dump()
