"""Selects over coverage that comes to its end, each within what the actor may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, and_, func, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.core.db import driver_of
from app.core.paging import PageRequest, paged
from app.insurance.renewal_rules import NOT_DUE
from app.insurance.renewal_schemas import By, SummaryFilter, Wanted
from app.models.coverage import Coverage
from app.models.enrolment import Enrolment
from app.models.group import Group
from app.models.member import Member
from app.models.premium_payment import PremiumPayment
from app.savings.savings_model_queries import in_place

_until: Final[ColumnElement[date]] = func.least(col(Coverage.valid_to), col(Coverage.ended_on), type_=Date())
"""The last day that is covered, after a refund too."""

_pay_by: Final[ColumnElement[date]] = func.renewal_deadline(
    col(Coverage.product), col(Coverage.method), col(Coverage.valid_to), type_=Date()
)


async def list_due(
    db: AsyncSession, actor: Actor, wanted: Wanted, first: date, last: date, page: PageRequest
) -> tuple[list[Coverage], str | None]:
    """A page of what ends between two days and is not renewed, the earliest first."""
    stmt = (await _wanted(db, actor, wanted)).where(
        col(Coverage.valid_to).between(first, last),
        col(Coverage.ended_on).is_(None),
        col(Enrolment.status) != "ended",
        col(Member.died_on).is_(None),
    )
    return await paged(db, stmt, columns=[col(Coverage.valid_to), col(Coverage.id)], page=page)


async def list_lapsed(
    db: AsyncSession, actor: Actor, wanted: Wanted, days: tuple[date, date], today: date, page: PageRequest
) -> tuple[list[Coverage], str | None]:
    """A page of those whose insurance ended between two days, who are too late to go on with it and did not return."""
    ended = col(Enrolment.ended_why)
    stmt = (await _wanted(db, actor, wanted)).where(
        _until.between(*days),
        or_(_pay_by < today, col(Coverage.ended_on).is_not(None)),
        or_(ended.is_(None), ended.not_in(NOT_DUE)),
        or_(col(Coverage.ended_why).is_(None), col(Coverage.ended_why).not_in(NOT_DUE)),
        col(Member.died_on).is_(None),
    )
    return await paged(db, stmt, columns=[_until, col(Coverage.id)], page=page)


async def details(db: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Of each coverage: payment, full_name, group_code, pay_by, ended_why."""
    stmt: Any = (
        columns(
            col(Coverage.id),
            PremiumPayment,
            col(Member.full_name),
            col(Group.code).label("group_code"),
            _pay_by.label("pay_by"),
            func.coalesce(col(Enrolment.ended_why), col(Coverage.ended_why)).label("why"),
        )
        .join(PremiumPayment, col(PremiumPayment.id) == col(Coverage.payment_id))
        .join(Member, col(Member.id) == col(Coverage.member_id))
        .join(Enrolment, col(Enrolment.id) == col(Coverage.enrolment_id))
        .join(Group, col(Group.id) == col(Coverage.group_id))
        .where(visible(actor, Coverage), col(Coverage.id).in_(ids))
    )
    return {row[0]: row for row in (await db.execute(stmt)).all()}


async def _wanted(db: AsyncSession, actor: Actor, wanted: Wanted) -> SelectOfScalar[Coverage]:
    """Coverage that the filters choose and on which nothing follows.

    Whoever is limited to groups does not see what another group paid, and asks the database whether it did.
    """
    stmt = (
        scoped(actor, Coverage)
        .join(PremiumPayment, col(PremiumPayment.id) == col(Coverage.payment_id))
        .join(Enrolment, col(Enrolment.id) == col(Coverage.enrolment_id))
        .join(Member, col(Member.id) == col(Coverage.member_id))
        .where(*_nothing_follows())
    )
    if actor.groups is not None:
        stmt = stmt.where(col(Coverage.group_id).in_(actor.groups), ~func.is_renewed(col(Coverage.id)))
    if wanted.product is not None:
        stmt = stmt.where(Coverage.product == wanted.product)
    if wanted.group_id is not None:
        stmt = stmt.where(Coverage.group_id == wanted.group_id)
    if wanted.group_code is not None:
        stmt = stmt.where(col(Coverage.group_id).in_(_of_code(actor, wanted.group_code)))
    if wanted.collector_id is not None:
        stmt = stmt.where(PremiumPayment.posted_by == wanted.collector_id)
    for place in (wanted.province_code, wanted.commune_code):
        if place is not None:
            stmt = stmt.where(await in_place(db, Coverage, place))
    return stmt


def _nothing_follows() -> Sequence[ColumnElement[bool]]:
    later, held = aliased(Coverage), aliased(PremiumPayment)
    same_later = and_(
        col(later.member_id) == col(Coverage.member_id), col(later.product) == col(Coverage.product)
    )
    same_held = and_(
        col(held.member_id) == col(Coverage.member_id), col(held.product) == col(Coverage.product)
    )
    left = or_(col(later.ended_on).is_(None), col(later.ended_on) >= col(later.valid_from))
    return (
        ~select(later.id).where(same_later, col(later.valid_from) > col(Coverage.valid_from), left).exists(),
        ~select(held.id)
        .where(same_held, held.status == "held", col(held.from_month) > col(Coverage.valid_from))
        .exists(),
    )


def _of_code(actor: Actor, code: str) -> Any:
    return scoped(actor, Group).where(Group.code == code).with_only_columns(col(Group.id))


_KEYS: Final = {
    By.PLACE: (
        "c.commune_code",
        "(select p.name from place p where p.code = k.key order by p.valid_from desc limit 1)",
    ),
    By.GROUP: ("c.group_id::text", "(select g.code || ' ' || g.name from savings_group g where g.id = k.key::uuid)"),
    By.COLLECTOR: ("p.posted_by::text", "(select u.full_name from app_user u where u.id = k.key::uuid)"),
    By.NETWORK: ("c.network", "(select n.name_vi from network n where n.code = k.key)"),
}  # fmt: skip
"""For each way to tell a summary: the key of a coverage, and the name of a key."""

_TALLIES: Final = """
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


async def tallies(db: AsyncSession, wanted: SummaryFilter, today: date) -> Sequence[Mapping[str, Any]]:
    """Of what ended in the period: key, whole (the row of all), due, renewed, open, persons, name.

    Row-level security leaves the actor's networks, places and groups.
    """
    key, name = _KEYS[wanted.by]
    rows: Sequence[Mapping[str, Any]] = await (await driver_of(db)).fetch(
        _TALLIES.format(key=key, name=name),
        wanted.from_, wanted.to, wanted.product, wanted.grace_days, today, list(NOT_DUE),
    )  # fmt: skip
    return rows
