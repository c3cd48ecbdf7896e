"""Bulk inserts of memberships and pledges, on the driver's connection (`get_driver`).

A thousand of each take one statement. Triggers open the accounts of the memberships.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import asyncpg

from app.auth.actor import Actor
from app.core.postgres.bulk import rows_to_json

_Rows = Sequence[Mapping[str, Any]]

_MAX_ROWS_PER_STATEMENT = 1_000
"""The most rows of one statement."""

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
