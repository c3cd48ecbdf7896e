"""Inserts many people into a network's register at once, in one statement with their audit events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import asyncpg

from app.audit.events import Event
from app.audit.service import actor_arguments, record_event_sql
from app.auth.actor import Actor
from app.core.errors import IdTaken
from app.core.postgres.bulk import BulkColumn, BulkRows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A person who is new to the register: the columns of `member` that are written, each by its field."""

    id: UUID
    province_code: str
    commune_code: str
    hamlet_code: str | None = None
    full_name: str
    search_name: str
    birth_date: date | None
    sex: str | None
    national_id: str | None
    social_insurance_no: str | None
    phone: str | None
    occupation: str | None = None
    joined_on: date | None = None


_SQL_TYPES: Final[Mapping[Any, str]] = {
    UUID: "uuid",
    str: "text",
    str | None: "text",
    date | None: "date",
}
_NEW_MEMBERS: Final[BulkRows[NewMember]] = BulkRows(
    "member",
    *(BulkColumn(field.name, _SQL_TYPES[field.type], attrgetter(field.name)) for field in fields(NewMember)),
)
# The first five arguments of the statement are its `actor_arguments`.
_FIRST_ARGUMENT: Final = 6


async def insert_members(
    driver: asyncpg.Connection, actor: Actor, members: Sequence[NewMember], *, keep_pending: bool = False
) -> set[UUID]:
    """Insert people into the register of the actor's network; returns the ids of those whose numbers somebody has whom
    the actor sees: another sender entered them meanwhile.

    They are written in the order of their numbers, so that two senders of the same people wait for one another.
    keep_pending: a person with a number that somebody in the network has is inserted all the same, as pending, by the
    same statement (decision 0016); else that violates a constraint. Raises: IdTaken.
    """
    source, arguments = await _NEW_MEMBERS.prepare_source(driver, members, _FIRST_ARGUMENT)
    sql = _insert_pending_sql(source) if keep_pending else _insert_sql(source)
    written, in_sight = await driver.fetchrow(sql, *actor_arguments(actor), *arguments)
    if written < len(members):
        raise IdTaken
    return set(in_sight)


_COLUMNS: Final = ", ".join(_NEW_MEMBERS.names)
_VALUES: Final = "$1::text, $4::uuid, $2::uuid, " + ", ".join(f"x.{name}" for name in _NEW_MEMBERS.names)
_RETURNED: Final = "id, province_code, commune_code, national_id, social_insurance_no"
_ORDER: Final = "x.national_id, x.social_insurance_no, x.id"


@cache
def _insert_sql(source: str) -> str:
    """SQL that inserts members, and returns how many; a number in sight violates a constraint, so nobody's is."""
    return f"""
with written as (
insert into member (network, organisation_id, created_by, {_COLUMNS})
select {_VALUES} from {source} order by {_ORDER}
returning id, province_code, commune_code
), recorded as ({record_event_sql(Event.MEMBER_CREATED, "written", "'{}'::jsonb", 1)})
select count(*), '{{}}'::uuid[] from written
"""


@cache
def _insert_pending_sql(source: str) -> str:
    """SQL that inserts members, those with a number that is taken as pending; returns how many, and whose number is in
    sight.

    (`not in` is answered by one hash of the ids, whatever their number is thought to be. The first row goes through the
    second insert as well, which passes over it if it is in: asking the policies costs more than a row, and so the time
    does not tell whether anybody is pending.)
    """
    return f"""
with confirmed as (
insert into member (network, organisation_id, created_by, {_COLUMNS})
select {_VALUES} from {source} order by {_ORDER}
on conflict do nothing
returning {_RETURNED}
), pending as (
insert into member (network, organisation_id, created_by, {_COLUMNS}, number_claim, number_status)
select {_VALUES}, x.id, 'pending' from {source}
 where x.id not in (select id from confirmed) or x.nth <= 1 order by {_ORDER}
on conflict do nothing
returning {_RETURNED}
), written as (select * from confirmed union all select * from pending),
recorded as ({record_event_sql(Event.MEMBER_CREATED, "written", "'{}'::jsonb", 1)})
select count(*), array(
       select numbers_in_sight($1, array_agg(id), array_agg(national_id), array_agg(social_insurance_no)))
  from written
"""
