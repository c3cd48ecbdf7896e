"""Selects over coverage that ends, each limited to what the actor may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, and_, func, literal, or_
from sqlalchemy import select as columns
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.postgres.database import get_driver
from app.core.values.paging import PageRequest, fetch_page
from app.insurance.eligibility.rules import VOLUNTARY_EXCLUDING_KINDS
from app.insurance.queries import own_rows_condition
from app.insurance.renewals.rules import END_REASONS_WITHOUT_RENEWAL
from app.insurance.renewals.schemas import By, RenewalFilterBase, RenewalSummaryFilter
from app.models.insurance.coverage import Coverage
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment
from app.models.people.member import Member
from app.models.savings.group import Group
from app.savings.kinds import Product
from app.savings.savings_models.queries import build_place_condition

_last_covered_day: Final[ColumnElement[date]] = func.least(
    col(Coverage.valid_to), col(Coverage.ended_on), type_=Date()
)
"""The last day that is covered, after a refund too."""

_payment_deadline: Final[ColumnElement[date]] = func.renewal_deadline(
    col(Coverage.product), col(Coverage.method), col(Coverage.valid_to), type_=Date()
)


async def read_due_coverages(
    db: AsyncSession, actor: Actor, filters: RenewalFilterBase, first: date, last: date, page: PageRequest
) -> tuple[list[Coverage], str | None]:
    """Read a page of the coverages that end between two days and are not renewed, the earliest first."""
    stmt = (await _build_unrenewed_select(db, actor, filters)).where(
        col(Coverage.valid_to).between(first, last),
        col(Coverage.ended_on).is_(None),
        col(Enrolment.status) != "ended",
        col(Member.died_on).is_(None),
    )
    return await fetch_page(db, stmt, columns=[col(Coverage.valid_to), col(Coverage.id)], page=page)


async def read_lapsed_coverages(
    db: AsyncSession,
    actor: Actor,
    filters: RenewalFilterBase,
    days: tuple[date, date],
    today: date,
    page: PageRequest,
) -> tuple[list[Coverage], str | None]:
    """Read a page of the coverages that ended between two days, can no longer be renewed in time and were not."""
    end_reason = col(Enrolment.ended_why)
    stmt = (await _build_unrenewed_select(db, actor, filters)).where(
        _last_covered_day.between(*days),
        _last_covered_day >= col(Coverage.valid_from),  # who never was insured did not stop
        _last_covered_day < today,
        ~_has_other_insurance(today),
        or_(_payment_deadline < today, col(Coverage.ended_on).is_not(None)),
        or_(end_reason.is_(None), end_reason.not_in(END_REASONS_WITHOUT_RENEWAL)),
        or_(col(Coverage.ended_why).is_(None), col(Coverage.ended_why).not_in(END_REASONS_WITHOUT_RENEWAL)),
        col(Member.died_on).is_(None),
    )
    return await fetch_page(db, stmt, columns=[_last_covered_day, col(Coverage.id)], page=page)


def _has_other_insurance(today: date) -> ColumnElement[bool]:
    """Whether the person of a coverage is known to have other insurance in its place this month.

    A free card is in place of one that was paid for, and of nothing else.
    """
    months = array([literal(today.replace(day=1), Date())])
    known = func.other_insurance_in(array([col(Coverage.member_id)]), months).table_valued("kind")
    excludes = known.c.kind.in_([kind.value for kind in VOLUNTARY_EXCLUDING_KINDS])
    is_card = col(Coverage.product) == Product.BHYT_HGD.value
    return columns(literal(1)).select_from(known).where(or_(excludes, is_card)).exists()


async def read_renewal_details(db: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Read for each coverage: payment, full_name, group_code, pay_by, why, and its enrolment."""
    stmt: Any = (
        columns(
            col(Coverage.id),
            PremiumPayment,
            col(Member.full_name),
            col(Group.code).label("group_code"),
            _payment_deadline.label("pay_by"),
            func.coalesce(col(Enrolment.ended_why), col(Coverage.ended_why)).label("why"),
            Enrolment,
        )
        .join(PremiumPayment, col(PremiumPayment.id) == col(Coverage.payment_id))
        .join(Member, col(Member.id) == col(Coverage.member_id))
        .join(Enrolment, col(Enrolment.id) == col(Coverage.enrolment_id))
        .outerjoin(Group, col(Group.id) == col(Coverage.group_id))
        .where(visible_condition(actor, Coverage), col(Coverage.id).in_(ids))
    )
    return {row[0]: row for row in (await db.execute(stmt)).all()}


async def _build_unrenewed_select(
    db: AsyncSession, actor: Actor, filters: RenewalFilterBase
) -> SelectOfScalar[Coverage]:
    """Build the select of the coverages that match the filters and that no later one follows.

    Whoever is limited to groups does not see what another group paid, and asks the database whether it did.
    """
    stmt = (
        select_visible(actor, Coverage)
        .join(PremiumPayment, col(PremiumPayment.id) == col(Coverage.payment_id))
        .join(Enrolment, col(Enrolment.id) == col(Coverage.enrolment_id))
        .join(Member, col(Member.id) == col(Coverage.member_id))
        .where(*_no_successor_conditions())
    )
    if actor.groups is not None:
        stmt = stmt.where(own_rows_condition(actor, Coverage), ~func.is_renewed(col(Coverage.id)))
    if filters.product is not None:
        stmt = stmt.where(Coverage.product == filters.product)
    if filters.group_id is not None:
        stmt = stmt.where(Coverage.group_id == filters.group_id)
    if filters.group_code is not None:
        stmt = stmt.where(col(Coverage.group_id).in_(_select_group_ids(actor, filters.group_code)))
    if filters.collector_id is not None:
        stmt = stmt.where(
            func.coalesce(PremiumPayment.collector_id, PremiumPayment.posted_by) == filters.collector_id
        )
    for place in (filters.province_code, filters.commune_code):
        if place is not None:
            stmt = stmt.where(await build_place_condition(db, Coverage, place))
    return stmt


def _no_successor_conditions() -> Sequence[ColumnElement[bool]]:
    later, held = aliased(Coverage), aliased(PremiumPayment)
    same_later = and_(
        col(later.member_id) == col(Coverage.member_id), col(later.product) == col(Coverage.product)
    )
    same_held = and_(
        col(held.member_id) == col(Coverage.member_id), col(held.product) == col(Coverage.product)
    )
    is_in_force = or_(col(later.ended_on).is_(None), col(later.ended_on) >= col(later.valid_from))
    return (
        ~select(later.id)
        .where(same_later, col(later.valid_from) > col(Coverage.valid_from), is_in_force)
        .exists(),
        ~select(held.id)
        .where(same_held, held.status == "held", col(held.from_month) > col(Coverage.valid_from))
        .exists(),
    )


def _select_group_ids(actor: Actor, code: str) -> Any:
    return select_visible(actor, Group).where(Group.code == code).with_only_columns(col(Group.id))


_SUMMARY_KEYS: Final = {
    By.PLACE: (
        "c.commune_code",
        "(select p.name from place p where p.code = k.key order by p.valid_from desc limit 1)",
    ),
    By.GROUP: (
        "coalesce(c.group_id::text, '')",
        "(select g.code || ' ' || g.name from savings_group g where g.id = nullif(k.key, '')::uuid)",
    ),
    By.COLLECTOR: (
        "coalesce(p.collector_id, p.posted_by)::text",
        "(select u.full_name from app_user u where u.id = k.key::uuid)",
    ),
    By.NETWORK: ("c.network", "(select n.name_vi from network n where n.code = k.key)"),
}  # fmt: skip
"""For each way to tell a summary: the key of a coverage (empty: without a group), and the name of a key."""

_SELECT_TALLIES: Final = """
with ended as materialized (
    select {key} as key, c.member_id,
           exists (select from coverage n where n.member_id = c.member_id and n.product = c.product
                      and n.valid_from > c.valid_from and (n.ended_on is null or n.ended_on >= n.valid_from)
                      and n.valid_from <= coalesce(c.valid_to + 1 + $4::integer, renewal_latest(c.product, c.valid_to))
           ) as renewed,
           greatest(renewal_deadline(c.product, c.method, c.valid_to),
                    coalesce(c.valid_to + 1 + $4::integer, renewal_latest(c.product, c.valid_to))) >= $5::date as early
      from coverage c
      join premium_payment p on p.id = c.payment_id
      join enrolment e on e.id = c.enrolment_id
     where c.valid_to between $1 and $2 and c.ended_on is null and ($3::text is null or c.product = $3)
       and (e.ended_why is null or e.ended_why <> all ($6::text[]))
), told as (
    select x.key, grouping(x.key) = 1 as whole, count(*) as due, count(*) filter (where x.renewed) as renewed,
           count(*) filter (where not x.renewed and x.early) as open, count(distinct x.member_id) as persons
      from ended x group by grouping sets ((x.key), ())
)
select k.*, case when not k.whole then {name} end as name from told k order by k.key
"""


async def read_renewal_tallies(
    db: AsyncSession, filters: RenewalSummaryFilter, today: date
) -> Sequence[Mapping[str, Any]]:
    """Read the counts of what ended in the period: key, whole (the row of all), due, renewed, open, persons, name.

    Row-level security leaves the actor's networks, places and groups.
    """
    key, name = _SUMMARY_KEYS[filters.by]
    rows: Sequence[Mapping[str, Any]] = await (await get_driver(db)).fetch(
        _SELECT_TALLIES.format(key=key, name=name),
        filters.from_, filters.to, filters.product, filters.grace_days, today, list(END_REASONS_WITHOUT_RENEWAL),
    )  # fmt: skip
    return rows
