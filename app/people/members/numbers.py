"""Whose a number is: unique in a network's register as far as its members are held for whom they say they are.

A number that somebody has whom the caller may not see is accepted like any other and stays pending; who may see both
gets the pair to settle (`app/people/number_pairs`). Decision 0016 says why, and what else may be learnt from an answer.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import inspect, text
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import IdTaken
from app.core.postgres.database import get_driver
from app.models.people.member import Member
from app.people.errors import NationalIdTaken, SocialInsuranceNoTaken
from app.people.kinds import NumberStatus

NUMBERS = ("national_id", "social_insurance_no")

_STATUS_COLUMNS: Final = ("number_claim", "number_status")
_CONFIRM = "select confirm_numbers(x.id) from unnest($1::uuid[]) as x (id)"
_CONFIRM_DISTINCT = text("select confirm_distinct(:id)")
_CLAIM = text("select claim_numbers(:id, :network, :national_id, :social_insurance_no)")
_TAKEN = {"national_id": NationalIdTaken, "social_insurance_no": SocialInsuranceNoTaken}


async def insert_member(db: AsyncSession, row: Member) -> None:
    """Insert a new member, with numbers that are held as theirs or stay pending, as `claim_numbers` does for an edit.

    One statement does it, in which PostgreSQL itself says whether the numbers are free: that costs what a plain insert
    does, and takes the same steps either way. Afterwards the row is one of the session's.
    Raises: IdTaken, NationalIdTaken, SocialInsuranceNoTaken (by a member whom the caller sees).
    """
    if all(getattr(row, name) is None for name in NUMBERS):
        db.add(row)
        return
    await db.flush()  # whom the row refers to
    sql, names = build_insert()
    inserted = await (await get_driver(db)).fetchrow(sql, *(getattr(row, name) for name in names))
    if inserted is None:
        raise IdTaken
    row.number_claim, row.number_status = inserted["number_claim"], inserted["number_status"]
    if inserted["in_sight"] is not None:
        raise _TAKEN[inserted["in_sight"]]
    make_transient_to_detached(row)
    db.add(row)


@cache
def build_insert() -> tuple[str, list[str]]:
    """Build the SQL that inserts a member, and the names of the columns that are its arguments.

    (The second insert, for which the first is counted before, passes over who is in. It is tried always: asking the
    policies costs more than a row, and so the time does not tell which of the two it was.)
    """
    names = [column.name for column in inspect(Member).columns if column.name not in _STATUS_COLUMNS]
    values = {name: f"${number}" for number, name in enumerate(names, 1)}
    columns, all_values = ", ".join(values), ", ".join(values.values())
    in_sight = ", ".join(values[name] for name in ("id", "network", *NUMBERS))
    sql = f"""
with confirmed as (
insert into member ({columns}) values ({all_values}) on conflict do nothing returning number_claim, number_status
), pending as (
insert into member ({columns}, number_claim, number_status)
select {all_values}, {values["id"]}, 'pending' where (select count(*) from confirmed) < 2 on conflict do nothing
returning number_claim, number_status
)
select number_claim, number_status, number_in_sight({in_sight}) as in_sight
  from (select * from confirmed union all select * from pending) w
"""
    return sql, names


async def claim_numbers(db: AsyncSession, row: Member, changed: Collection[str]) -> None:
    """Write a member with new numbers: held as theirs, or pending where somebody out of the caller's sight has one.

    changed: the columns that are new. Who was settled to be another person stays so, while they share a number that
    did not change and none that did.
    Nothing that the caller sees depends on which of the two, the statements neither.
    Raises: NationalIdTaken, SocialInsuranceNoTaken when a member whom the caller sees has a new one.
    """
    settled = row.number_distinct_from
    set_pending(row)
    if row.number_status == NumberStatus.PENDING:
        row.number_distinct_from = settled
    await db.flush()
    if row.number_status != NumberStatus.PENDING:
        return
    numbers = {name: getattr(row, name) if name in changed else None for name in NUMBERS}
    values = {"id": row.id, "network": row.network, **numbers}
    taken = (await (await db.connection()).execute(_CLAIM, values)).scalar_one()
    if taken is not None:
        raise _TAKEN[taken]


def set_pending(row: Member) -> None:
    """Set the numbers of a member to pending, if there are any."""
    pending = any(getattr(row, name) is not None for name in NUMBERS)
    row.number_claim = row.id if pending else None
    row.number_status = (NumberStatus.PENDING if pending else NumberStatus.CONFIRMED).value
    row.number_to_check = False
    row.number_distinct_from = []


async def confirm_numbers(db: AsyncSession, member_ids: Sequence[UUID]) -> None:
    """Confirm the pending numbers of members whom nobody else in the network keeps from it, one after another."""
    await (await get_driver(db)).execute(_CONFIRM, list(member_ids))


async def confirm_distinct(db: AsyncSession, member_id: UUID) -> None:
    """End what is pending of who has one of the member's numbers and was settled to be distinct from all others."""
    await (await db.connection()).execute(_CONFIRM_DISTINCT, {"id": member_id})
