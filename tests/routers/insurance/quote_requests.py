"""Requests of the tests of quotes, and readers of their responses."""

from typing import Any

import httpx

from tests.routers.responses import expect_json

PATH = "/v1/insurance/quotes"
PREMIUM: dict[str, Any] = {
    "product": "bhxh_tn",
    "method": "months_12",
    "monthly_income": 1_500_000,
    "payment_date": "2026-11-20",
    "support_group": "near_poor",
}
CARDS: dict[str, Any] = {
    "product": "bhyt_hgd",
    "months": 12,
    "payment_date": "2026-11-20",
    "members": [{"order": 1, "support_group": None}, {"order": 2}],
}


async def request_quote(client: httpx.AsyncClient, body: dict[str, Any], **other: Any) -> Any:
    return expect_json(await client.post(PATH, json=body | other))


def rule_values(body: dict[str, Any]) -> dict[str, str]:
    """The rule values that a response was calculated with."""
    return {rule["key"]: rule["value"] for rule in body["rules"]}


def warning_codes(body: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in body["warnings"]}
