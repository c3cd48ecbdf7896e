"""Factory for posted premium payments, inserted as rows, for export lists."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app.core.values.ids import uuid7
from tests.world import GroupRef, World

PAID_ON = date(2026, 11, 20)


def make_used_rule(key: str, value: str) -> dict[str, Any]:
    """A rule as a payment keeps it."""
    return {
        "key": key, "value": value, "effective_from": "2026-01-01", "legal_basis": None, "id": None, "assumed": False,
    }  # fmt: skip


_STATE_RULES = [
    make_used_rule("bhxh_tn_rate", "0.22"), make_used_rule("rural_poverty_line", "1500000"), make_used_rule("base_salary", "2530000"),
]  # fmt: skip


async def insert_payment(world: World, group: GroupRef, member: UUID, **overrides: Any) -> UUID:
    """A posted payment: by default 12 months of BHXH of a near-poor member on the least income."""
    payment_id, enrolment_id = uuid7(), uuid7()
    row = {
        "id": payment_id, "network": group.unit.network, "organisation_id": group.unit.id, "commune_code": group.commune,
        "province_code": await world.owner.fetchval(
            "select province_code from savings_group where id = $1", group.id),
        "group_id": group.id, "member_id": member, "enrolment_id": enrolment_id, "product": "bhxh_tn",
        "method": "months_12", "months": 12, "monthly_income": 1_500_000, "from_month": date(2026, 12, 1),
        "status": "posted", "business_date": PAID_ON, "priced_on": PAID_ON, "amount_due": 3_960_000,
        "state_support": 1_584_000, "province_support": 0, "other_support": 0, "supported_months": 12,
        "supported_before": 0, "support_group": "near_poor", "formula": json.dumps({"support_rate": "0.4"}),
        "rules": json.dumps(_STATE_RULES), "receipt_series": "BL/26", "receipt_no": str(payment_id),
        "payment_date": PAID_ON, "posted_at": datetime.now(UTC), "remuneration_kind": "first",
        "client_key": str(payment_id), "request_hash": b"", "answer": "{}", "created_by": uuid7(),
    }  # fmt: skip
    more_rules = overrides.pop("more_rules", {})
    continuous_since = overrides.pop("continuous_since", None)
    row |= overrides
    if overrides.get("payment_date"):
        row["priced_on"] = row["payment_date"]
    if more_rules:
        extra = [make_used_rule(key, value) for key, value in more_rules.items()]
        row["rules"] = json.dumps(_STATE_RULES + extra)
    row["participant_pays"] = (
        row["amount_due"] - row["state_support"] - row["province_support"] - row["other_support"]
    )
    await insert_enrolment(world, row)
    columns = ", ".join(row)
    placeholders = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await world.owner.execute(
        f"insert into premium_payment ({columns}) values ({placeholders})", *row.values()
    )
    await insert_coverage(world, row, continuous_since)
    return payment_id


async def insert_enrolment(world: World, row: dict[str, Any]) -> None:
    """The enrolment that a payment is for."""
    await world.owner.execute(
        "insert into enrolment (id, network, organisation_id, province_code, commune_code, group_id, member_id, product,"
        " method, months, monthly_income, from_month, support_group, status, content_hash, submitted_at, decided_at,"
        " paid_at, created_by)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'paid', '', now(), now(), now(), $14)",
        row["enrolment_id"], row["network"], row["organisation_id"], row["province_code"], row["commune_code"],
        row["group_id"], row["member_id"], row["product"], row["method"], row["months"], row["monthly_income"],
        row["from_month"], row["support_group"], row["created_by"],
    )  # fmt: skip


async def insert_coverage(world: World, row: dict[str, Any], since: date | None) -> None:
    """The coverage that a payment buys."""
    first = row["from_month"]
    months = first.year * 12 + first.month - 1 + row["months"]
    await world.owner.execute(
        "insert into coverage (id, network, organisation_id, province_code, commune_code, group_id, member_id,"
        " enrolment_id, payment_id, product, method, months, supported_months, valid_from, valid_to, continuous_since)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::date - 1, $16)",
        uuid7(), row["network"], row["organisation_id"], row["province_code"], row["commune_code"], row["group_id"],
        row["member_id"], row["enrolment_id"], row["id"], row["product"], row["method"], row["months"],
        row["supported_months"], first, date(months // 12, months % 12 + 1, 1), since or first,
    )  # fmt: skip
