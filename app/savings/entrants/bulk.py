"""Bulk inserts of people with their memberships and pledges, on the driver's connection (`get_driver`).

A thousand people take three statements. Triggers open the accounts of the memberships.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import asyncpg

from app.auth.actor import Actor
from app.core.postgres.bulk import rows_to_json

_Rows = Sequence[Mapping[str, Any]]

_MAX_ROWS_PER_STATEMENT = 1_000
"""The most rows of one statement."""

_MEMBERS = """
insert into member (id, network, organisation_id, province_code, commune_code, hamlet_code, full_name, search_name,
       birth_date, sex, national_id, social_insurance_no, phone, occupation, joined_on, created_by)
select x.id, $2, $3, x.province_code, x.commune_code, x.hamlet_code, x.full_name, x.search_name,
       x.birth_date, x.sex, x.national_id, x.social_insurance_no, x.phone, x.occupation, x.joined_on, $4
  from json_to_recordset($1::text::json) as x (id uuid, province_code text, commune_code text, hamlet_code text,
       full_name text, search_name text, birth_date date, sex text, national_id text, social_insurance_no text,
       phone text, occupation text, joined_on date)
 order by x.national_id, x.social_insurance_no, x.id
"""

_MEMBERSHIPS = """
insert into membership (id, group_id, member_id, network, province_code, commune_code, joined_on)
select x.id, x.group_id, x.member_id, $2, x.province_code, x.commune_code, x.joined_on
  from json_to_recordset($1::text::json) as x (id uuid, group_id uuid, member_id uuid, province_code text,
       commune_code text, joined_on date)
 order by x.group_id, x.member_id
"""

_PLEDGES = """
insert into pledge (id, membership_id, group_id, network, province_code, commune_code, kind, product, amount, per,
       asset_name, asset_quantity, asset_quantity_max, valid_from)
select x.id, x.membership_id, x.group_id, $2, x.province_code, x.commune_code, x.kind, x.product, x.amount, x.per,
       x.asset_name, x.asset_quantity, x.asset_quantity_max, x.valid_from
  from json_to_recordset($1::text::json) as x (id uuid, membership_id uuid, group_id uuid, province_code text,
       commune_code text, kind text, product text, amount bigint, per text, asset_name text, asset_quantity numeric,
       asset_quantity_max numeric, valid_from date)
"""


async def insert_members(driver: asyncpg.Connection, actor: Actor, rows: _Rows) -> None:
    """Insert people in the register of the actor's network."""
    for chunk in _chunks(rows):
        await driver.execute(_MEMBERS, rows_to_json(chunk), actor.network, actor.organisation_id, actor.id)


async def insert_memberships(driver: asyncpg.Connection, actor: Actor, rows: _Rows) -> None:
    """Insert memberships of groups of the actor's network."""
    for chunk in _chunks(rows):
        await driver.execute(_MEMBERSHIPS, rows_to_json(chunk), actor.network)


async def insert_pledges(driver: asyncpg.Connection, actor: Actor, rows: _Rows) -> None:
    """Insert pledges of memberships of the actor's network."""
    for chunk in _chunks(rows):
        await driver.execute(_PLEDGES, rows_to_json(chunk), actor.network)


def _chunks(rows: _Rows) -> Iterator[_Rows]:
    return (
        rows[begin : begin + _MAX_ROWS_PER_STATEMENT]
        for begin in range(0, len(rows), _MAX_ROWS_PER_STATEMENT)
    )
