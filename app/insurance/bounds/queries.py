"""Reads what bounds are asked with: when money came, and the months that people have paid for."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from app.core.postgres.bulk import fetch_with_custom_plan

_HELD_ON: Final = """
select enrolment_id, min(business_date) as held_on
  from premium_payment where enrolment_id = any($1::uuid[]) and status = 'held' group by enrolment_id
"""

_MONTHS_PAID: Final = """
select x as member_id, (select coalesce(sum(c.months), 0) from coverage_of(x) c where c.product = 'bhxh_tn') as months
  from unnest($1::uuid[]) as x
"""


async def read_days_of_payment(driver: asyncpg.Connection, enrolment_ids: Sequence[UUID]) -> dict[UUID, date]:
    """Read on which day money was held for enrolments, of those that have any."""
    if not enrolment_ids:
        return {}
    rows = await fetch_with_custom_plan(driver, _HELD_ON, list(enrolment_ids))
    return {row["enrolment_id"]: row["held_on"] for row in rows}


async def read_months_paid(driver: asyncpg.Connection, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Read how many months of voluntary insurance these people have paid for, as recorded here."""
    if not member_ids:
        return {}
    rows = await fetch_with_custom_plan(driver, _MONTHS_PAID, list(set(member_ids)))
    return {row["member_id"]: int(row["months"]) for row in rows}
