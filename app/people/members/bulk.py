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
    driver: asyncpg.Connection, actor: Actor, members: Sequence[NewMember], *, skip_existing: bool = False
) -> set[UUID]:
    """Insert people into the register of the actor's network; returns the ids of those who were inserted.

    They are written in the order of their numbers, so that two senders of the same people wait for one another.
    skip_existing: whoever is there already is passed over; else that violates a constraint.
    """
    source, arguments = await _NEW_MEMBERS.prepare_source(driver, members, _FIRST_ARGUMENT)
    rows = await driver.fetch(_insert_sql(source, skip_existing), *actor_arguments(actor), *arguments)
    return {row["id"] for row in rows}


@cache
def _insert_sql(source: str, skip_existing: bool) -> str:
    columns = ", ".join(_NEW_MEMBERS.names)
    values = ", ".join(f"x.{name}" for name in _NEW_MEMBERS.names)
    return f"""
with inserted as (
insert into member (network, organisation_id, created_by, {columns})
select $1::text, $4::uuid, $2::uuid, {values}
  from {source}
 order by x.national_id, x.social_insurance_no, x.id
{"on conflict do nothing" if skip_existing else ""}
returning id, province_code, commune_code
), recorded as ({record_event_sql(Event.MEMBER_CREATED, "inserted", "'{}'::jsonb", 1)})
select id from inserted
"""
