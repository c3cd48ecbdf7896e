"""Cases of campaigns, awards, payouts, targets and observations."""

from typing import Any

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.refusal_rules import own_network_only
from tests.access.scenario.actors import PLACE_CELLS, PROVINCE, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData

cases = CaseList()
CAMPAIGNS = (SUBJECT, PROVINCE)
_PLACES = (SUBJECT, SIBLING, PROVINCE)
_PAID = {"kind": "reward", "amount": 50_000, "paid_on": "2026-01-01", "purpose": "Thưởng người vận động"}
_HELD = {"kind": "launch", "held_on": "2026-01-01"}


def award_body() -> dict[str, Any]:
    """What an award for a group looks like."""
    return {"level": "commune", "title": "Giấy khen", "recipient_kind": "group", "awarded_on": "2026-01-01"}


def target_body() -> dict[str, Any]:
    """What a target looks like."""
    return {"metric": "groups", "unit": "groups", "value": "3", "period": "year", "period_from": "2026-01-01"}


def observation_body() -> dict[str, Any]:
    """What an observation looks like."""
    source = {"kind": "report", "date": "2026-01-31"}
    return {"metric": "groups", "unit": "groups", "value": "30", "nature": "stock", "source": source}


async def campaign(data: CellData) -> str:
    """A campaign (phong trào) of the cell."""
    body = {"kind": "emulation", "name": data.marked_name(), "place_code": data.place}
    return await data.post_row("campaign", "/v1/campaigns", body)


async def event(data: CellData) -> str:
    """An event (sự kiện) of `campaign`."""
    path = f"/v1/campaigns/{await campaign(data)}/events"
    return await data.post_row("event of campaign", path, _HELD | {"name": data.marked_name()})


async def award(data: CellData) -> str:
    """An award (khen thưởng) recorded in the cell."""
    body = award_body() | {"title": data.marked_name(), "place_code": data.place}
    return await data.post_row("award", "/v1/awards", body)


async def payout(data: CellData) -> str:
    """A payout (khoản chi) recorded in the cell."""
    body = _PAID | {"purpose": data.marked_name(), "place_code": data.place}
    return await data.post_row("payout", "/v1/payouts", body)


async def target(data: CellData) -> str:
    """A target (chỉ tiêu) of the cell's place."""
    body = target_body() | {"note": data.marked_name(Visibility.PLANS), "place_code": data.place}
    return await data.post_row("target", "/v1/targets", body, sight=Visibility.PLANS)


async def observation(data: CellData) -> str:
    """A figure (số liệu) of the cell's place."""
    body = observation_body() | {"note": data.marked_name(), "place_code": data.place}
    return await data.post_row("observation", "/v1/observations", body)


@cases.add("GET /v1/campaigns", P.CAMPAIGN_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_campaigns(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await campaign(data))


@cases.add("POST /v1/campaigns", P.CAMPAIGN_MANAGE, ScopeCheck.PLACE, cells=_PLACES)
async def create_campaign(data: CellData) -> CaseRequest:
    return CaseRequest(body={"kind": "emulation", "name": "Thi đua", "place_code": data.place})


@cases.add("GET /v1/campaigns/{campaign_id}", P.CAMPAIGN_READ, ScopeCheck.ROW, cells=CAMPAIGNS)
async def read_campaign(data: CellData) -> CaseRequest:
    return CaseRequest({"campaign_id": await campaign(data)})


@cases.add(
    "PATCH /v1/campaigns/{campaign_id}",
    P.CAMPAIGN_MANAGE,
    ScopeCheck.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def change_campaign(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"campaign_id": await campaign(data)}, body={"goal": "Mỗi người vận động một người"}, version=1
    )


@cases.add("GET /v1/campaigns/{campaign_id}/events", P.CAMPAIGN_READ, ScopeCheck.ROW, cells=CAMPAIGNS)
async def list_events(data: CellData) -> CaseRequest:
    await event(data)
    return CaseRequest({"campaign_id": await campaign(data)})


@cases.add(
    "POST /v1/campaigns/{campaign_id}/events",
    P.CAMPAIGN_MANAGE,
    ScopeCheck.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def create_event(data: CellData) -> CaseRequest:
    return CaseRequest({"campaign_id": await campaign(data)}, body=_HELD)


@cases.add(
    "GET /v1/campaigns/{campaign_id}/events/{event_id}", P.CAMPAIGN_READ, ScopeCheck.ROW, cells=CAMPAIGNS
)
async def read_event(data: CellData) -> CaseRequest:
    return CaseRequest({"campaign_id": await campaign(data), "event_id": await event(data)})


@cases.add(
    "PATCH /v1/campaigns/{campaign_id}/events/{event_id}",
    P.CAMPAIGN_MANAGE,
    ScopeCheck.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def change_event(data: CellData) -> CaseRequest:
    path = {"campaign_id": await campaign(data), "event_id": await event(data)}
    return CaseRequest(path, body={"sessions": 2}, version=1)


@cases.add("GET /v1/awards", P.RECOGNITION_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_awards(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await award(data))


@cases.add("POST /v1/awards", P.CAMPAIGN_MANAGE, ScopeCheck.PLACE, cells=_PLACES)
async def create_award(data: CellData) -> CaseRequest:
    return CaseRequest(body=award_body() | {"place_code": data.place})


@cases.add("GET /v1/awards/{award_id}", P.RECOGNITION_READ, ScopeCheck.ROW, cells=CAMPAIGNS)
async def read_award(data: CellData) -> CaseRequest:
    return CaseRequest({"award_id": await award(data)})


@cases.add(
    "PATCH /v1/awards/{award_id}", P.CAMPAIGN_MANAGE, ScopeCheck.ROW, cells=CAMPAIGNS, but=(own_network_only,)
)
async def change_award(data: CellData) -> CaseRequest:
    return CaseRequest({"award_id": await award(data)}, body={"count": 2}, version=1)


@cases.add("GET /v1/payouts", P.RECOGNITION_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_payouts(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await payout(data))


@cases.add("POST /v1/payouts", P.CAMPAIGN_MANAGE, ScopeCheck.PLACE, cells=_PLACES)
async def create_payout(data: CellData) -> CaseRequest:
    return CaseRequest(body=_PAID | {"place_code": data.place}, keyed=True)


@cases.add("GET /v1/payouts/{payout_id}", P.RECOGNITION_READ, ScopeCheck.ROW, cells=CAMPAIGNS)
async def read_payout(data: CellData) -> CaseRequest:
    return CaseRequest({"payout_id": await payout(data)})


@cases.add("GET /v1/targets", P.OWN_TARGET_READ, ScopeCheck.LIST, sight=Visibility.PLANS, cells=PLACE_CELLS)
async def list_targets(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await target(data))


@cases.add("POST /v1/targets", P.TARGET_SET, ScopeCheck.PLACE, cells=_PLACES)
async def create_target(data: CellData) -> CaseRequest:
    return CaseRequest(body=target_body() | {"place_code": data.place})


@cases.add(
    "GET /v1/targets/{target_id}", P.OWN_TARGET_READ, ScopeCheck.ROW, sight=Visibility.PLANS, cells=CAMPAIGNS
)
async def read_target(data: CellData) -> CaseRequest:
    return CaseRequest({"target_id": await target(data)})


@cases.add(
    "PATCH /v1/targets/{target_id}", P.TARGET_SET, ScopeCheck.ROW, cells=CAMPAIGNS, but=(own_network_only,)
)
async def change_target(data: CellData) -> CaseRequest:
    return CaseRequest({"target_id": await target(data)}, body={"value": "4"}, version=1)


@cases.add(
    "GET /v1/targets/{target_id}/progress",
    P.OWN_TARGET_READ,
    ScopeCheck.ROW,
    sight=Visibility.PLANS,
    cells=CAMPAIGNS,
)
async def read_progress(data: CellData) -> CaseRequest:
    return CaseRequest({"target_id": await target(data)})


@cases.add(
    "GET /v1/targets/{target_id}/versions",
    P.OWN_TARGET_READ,
    ScopeCheck.ROW,
    sight=Visibility.PLANS,
    cells=CAMPAIGNS,
)
async def list_versions(data: CellData) -> CaseRequest:
    return CaseRequest({"target_id": await target(data)})


@cases.add("GET /v1/observations", P.TARGET_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_observations(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await observation(data))


@cases.add("POST /v1/observations", P.OBSERVATION_RECORD, ScopeCheck.PLACE, cells=_PLACES)
async def create_observation(data: CellData) -> CaseRequest:
    return CaseRequest(body=observation_body() | {"place_code": data.place})


@cases.add("GET /v1/observations/{observation_id}", P.TARGET_READ, ScopeCheck.ROW, cells=CAMPAIGNS)
async def read_observation(data: CellData) -> CaseRequest:
    return CaseRequest({"observation_id": await observation(data)})
