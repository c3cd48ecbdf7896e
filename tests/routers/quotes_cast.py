"""What the tests of quotes ask, and how they read the answers."""

from typing import Any

import httpx

from tests.routers.answers import got

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


async def asked(client: httpx.AsyncClient, body: dict[str, Any], **other: Any) -> Any:
    return got(await client.post(PATH, json=body | other))


def values(answer: dict[str, Any]) -> dict[str, str]:
    """The values that an answer was worked out with."""
    return {rule["key"]: rule["value"] for rule in answer["rules"]}


def warned(answer: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in answer["warnings"]}
