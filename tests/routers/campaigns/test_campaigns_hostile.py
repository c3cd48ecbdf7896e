"""Whatever a field of the campaign resources contains, the response is no server error, and a refusal names the field."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from app.campaigns.awards.schemas import AwardIn
from app.campaigns.campaigns.schemas import CampaignIn
from app.campaigns.events.schemas import EventIn
from app.campaigns.observations.schemas import ObservationIn
from app.campaigns.payouts.schemas import PayoutIn
from app.campaigns.targets.schemas import TargetIn
from app.core.values.ids import uuid7
from tests.campaigns.scenario import CampaignScenario, create_row
from tests.world import World

HOSTILE: list[Any] = [
    None, True, -1, 0, 10**30, "", "x" * 3000, "a\u0000", "\u202e", "-0", "9" * 15, "-999999999999999.999999",
    [None], {}, "9999-12-31",
]  # fmt: skip

SOURCE = {"kind": "report", "date": "2024-01-31"}
BODIES: list[tuple[str, type[BaseModel], dict[str, Any]]] = [
    ("/v1/campaigns", CampaignIn, {"kind": "emulation", "name": "Thi đua"}),
    ("events", EventIn, {"kind": "show", "held_on": "2024-01-01"}),
    (
        "/v1/awards",
        AwardIn,
        {"level": "commune", "title": "Giấy khen", "recipient_kind": "person", "awarded_on": "2024-01-01"},
    ),
    ("/v1/payouts", PayoutIn, {"kind": "reward", "amount": 1, "paid_on": "2024-01-01", "purpose": "Thưởng"}),
    (
        "/v1/targets",
        TargetIn,
        {"metric": "groups", "unit": "groups", "value": "3", "period": "year", "period_from": "2024-01-01"},
    ),
    (
        "/v1/observations",
        ObservationIn,
        {"metric": "groups", "unit": "groups", "value": "3", "nature": "stock", "source": SOURCE},
    ),
]
INSIDE: dict[str, list[str]] = {
    "attendance": ["min", "max", "qualifier", "text", "of"],
    "details": ["recruiters", "recruits_max", "gifts", "theme", "coverage_percent"],
    "numerator": ["value", "unit", "qualifier"],
    "comparison": ["base", "on", "value", "text", "difference", "difference_kind"],
    "source": ["kind", "title", "date"],
}  # fmt: skip


def build_variations(model: type[BaseModel]) -> list[tuple[str, dict[str, Any]]]:
    """Every field, and every field inside one, with every hostile value."""
    bodies = []
    for field in model.model_fields:
        bodies += [(field, {field: value}) for value in HOSTILE]
        for inner in INSIDE.get(field, []):
            bodies += [(field, {field: {inner: value}}) for value in HOSTILE]
    if "parts" in model.model_fields:
        part = {"label": "x", "value": "1", "unit": "groups", "qualifier": "exact"}
        bodies += [("parts", {"parts": [part | {name: value}]}) for name in part for value in HOSTILE]
    return bodies


@pytest.mark.parametrize(("path", "model", "body"), BODIES, ids=[path for path, _, _ in BODIES])
async def test_no_value_is_a_defect(
    client: httpx.AsyncClient, world: World, path: str, model: type[BaseModel], body: dict[str, Any]
):
    officer = (await CampaignScenario.create(world)).officer
    if path == "events":
        campaign = await create_row(
            client, "/v1/campaigns", officer, {"kind": "emulation", "name": "Thi đua"}
        )
        path = f"/v1/campaigns/{campaign['id']}/events"
    for field, change in build_variations(model):
        sent = body | change
        headers = officer.headers | {"Idempotency-Key": str(uuid7())}
        response = await client.post(path, json=sent, headers=headers)
        assert response.status_code in (201, 403, 404, 422), (change, response.text)
        if response.status_code == 422:
            assert response.json()["errors"], (field, change, response.text)
        if response.status_code == 201:
            there = response.headers["Location"]
            assert (await client.get(there, headers=officer.headers)).status_code == 200, change
