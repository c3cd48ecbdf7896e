"""Factories for coverage with its enrolment and payment, inserted past the application."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from app.core.values.ids import uuid7
from app.core.values.time import first_day, month_of
from app.insurance.law.card import shift_months
from tests.world import GroupRef, World

_numbers = count(1)
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_MONTHS = {"months_1": 1, "months_3": 3, "months_6": 6, "months_12": 12, "years_2": 24}


async def _insert(world: World, table: str, row: dict[str, Any]) -> None:
    placeholders = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    names = ", ".join(row)
    await world.owner.execute(f"insert into {table} ({names}) values ({placeholders})", *row.values())


async def insert_paid_coverage(
    world: World,
    group: GroupRef,
    member: UUID,
    *,
    product: str = "bhyt_hgd",
    method: str = "months_12",
    until: date,
    begins: date | None = None,
    status: str = "posted",
    collector: UUID | None = None,
    **enrolment: Any,
) -> dict[str, UUID]:
    """Insert an enrolment, its payment and (if posted) the coverage until a day; return their ids.

    begins: by default, so many months before.
    """
    ids = {"enrolment": uuid7(), "payment": uuid7(), "coverage": uuid7()}
    months = _MONTHS[method]
    begins = begins or shift_months(until + timedelta(days=1), -months)
    province = await world.owner.fetchval("select province_code from savings_group where id = $1", group.id)
    common = {
        "network": group.unit.network, "organisation_id": group.unit.id, "province_code": province,
        "commune_code": group.commune, "group_id": group.id, "member_id": member,
    }  # fmt: skip
    income = 1_500_000 if product == "bhxh_tn" else None
    posted = status == "posted"
    terms = {"product": product, "method": method, "months": months}
    await _insert(world, "enrolment", common | terms | {
        "id": ids["enrolment"], "monthly_income": income, "from_month": first_day(month_of(begins)),
        "status": "paid" if posted else "accepted", "paid_at": _LONG_AGO if posted else None,
        "submitted_at": _LONG_AGO, "decided_at": _LONG_AGO, "content_hash": b"hash", "created_by": uuid7(),
    } | enrolment)  # fmt: skip
    number = str(next(_numbers))
    await _insert(world, "premium_payment", common | terms | {
        "id": ids["payment"], "enrolment_id": ids["enrolment"], "monthly_income": income,
        "from_month": first_day(month_of(begins)), "status": status, "business_date": begins, "priced_on": begins,
        "amount_due": 1000, "state_support": 0, "province_support": 0, "other_support": 0, "participant_pays": 1000,
        "supported_months": 0, "supported_before": 0, "formula": "{}", "rules": "[]", "answer": "{}",
        "household_order": 1 if product == "bhyt_hgd" else None, "client_key": number, "request_hash": b"hash",
        "receipt_series": "T" if posted else None, "receipt_no": number if posted else None,
        "payment_date": begins if posted else None, "posted_at": _LONG_AGO if posted else None,
        "posted_by": (collector or uuid7()) if posted else None, "created_by": uuid7(),
    })  # fmt: skip
    if posted:
        await _insert(world, "coverage", common | terms | {
            "id": ids["coverage"], "enrolment_id": ids["enrolment"], "payment_id": ids["payment"],
            "supported_months": 0, "valid_from": begins, "valid_to": until, "continuous_since": begins,
        })  # fmt: skip
    return ids


async def record_refund(world: World, coverage: UUID, last: date, why: str) -> None:
    """End a coverage as a refund does."""
    await world.owner.execute(
        "update coverage set ended_on = $2, ended_why = $3, version = version + 1 where id = $1", coverage, last, why
    )  # fmt: skip


async def record_end(world: World, enrolment: UUID, why: str) -> None:
    """End an enrolment as BHXH does."""
    await world.owner.execute(
        "update enrolment set status = 'ended', ended_on = date '2026-10-01', ended_why = $2, version = version + 1"
        " where id = $1", enrolment, why,
    )  # fmt: skip
