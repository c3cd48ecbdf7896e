"""Lines of campaigns, awards, payouts, targets and observations."""

from typing import Any

from app.auth.permissions import P
from tests.access.actors import ABOVE, PLACED, SIBLING, SUBJECT
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rules import own_network_only
from tests.access.spots import Spot

lines = Matrix()
CAMPAIGNS = (SUBJECT, ABOVE)
_PLACES = (SUBJECT, SIBLING, ABOVE)
_PAID = {"kind": "reward", "amount": 50_000, "paid_on": "2026-01-01", "purpose": "Thưởng người vận động"}
_HELD = {"kind": "launch", "held_on": "2026-01-01"}


def award() -> dict[str, Any]:
    """What an award for a group looks like."""
    return {"level": "commune", "title": "Giấy khen", "recipient_kind": "group", "awarded_on": "2026-01-01"}


def target() -> dict[str, Any]:
    """What a target looks like."""
    return {"metric": "groups", "unit": "groups", "value": "3", "period": "year", "period_from": "2026-01-01"}


def figure() -> dict[str, Any]:
    """What an observation looks like."""
    source = {"kind": "report", "date": "2026-01-31"}
    return {"metric": "groups", "unit": "groups", "value": "30", "nature": "stock", "source": source}


async def campaign(at: Spot) -> str:
    """A campaign (phong trào) of the cell."""
    body = {"kind": "emulation", "name": at.name(), "place_code": at.place}
    return await at.posted("campaign", "/v1/campaigns", body)


async def event(at: Spot) -> str:
    """An event (sự kiện) of `campaign`."""
    path = f"/v1/campaigns/{await campaign(at)}/events"
    return await at.posted("event of campaign", path, _HELD | {"name": at.name()})


async def given_award(at: Spot) -> str:
    """An award (khen thưởng) recorded in the cell."""
    body = award() | {"title": at.name(), "place_code": at.place}
    return await at.posted("award", "/v1/awards", body)


async def payout(at: Spot) -> str:
    """A payout (khoản chi) recorded in the cell."""
    body = _PAID | {"purpose": at.name(), "place_code": at.place}
    return await at.posted("payout", "/v1/payouts", body)


async def set_target(at: Spot) -> str:
    """A target (chỉ tiêu) of the cell's place."""
    body = target() | {"note": at.name(), "place_code": at.place}
    return await at.posted("target", "/v1/targets", body)


async def observation(at: Spot) -> str:
    """A figure (số liệu) of the cell's place."""
    body = figure() | {"note": at.name(), "place_code": at.place}
    return await at.posted("observation", "/v1/observations", body)


@lines.line("GET /v1/campaigns", P.CAMPAIGN_READ, Reach.LIST, cells=PLACED)
async def list_campaigns(at: Spot) -> Sent:
    return Sent(shown=await campaign(at))


@lines.line("POST /v1/campaigns", P.CAMPAIGN_MANAGE, Reach.PLACE, cells=_PLACES)
async def create_campaign(at: Spot) -> Sent:
    return Sent(body={"kind": "emulation", "name": "Thi đua", "place_code": at.place})


@lines.line("GET /v1/campaigns/{campaign_id}", P.CAMPAIGN_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_campaign(at: Spot) -> Sent:
    return Sent({"campaign_id": await campaign(at)})


@lines.line(
    "PATCH /v1/campaigns/{campaign_id}",
    P.CAMPAIGN_MANAGE,
    Reach.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def change_campaign(at: Spot) -> Sent:
    return Sent({"campaign_id": await campaign(at)}, body={"goal": "Mỗi người vận động một người"}, version=1)


@lines.line("GET /v1/campaigns/{campaign_id}/events", P.CAMPAIGN_READ, Reach.ROW, cells=CAMPAIGNS)
async def list_events(at: Spot) -> Sent:
    await event(at)
    return Sent({"campaign_id": await campaign(at)})


@lines.line(
    "POST /v1/campaigns/{campaign_id}/events",
    P.CAMPAIGN_MANAGE,
    Reach.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def create_event(at: Spot) -> Sent:
    return Sent({"campaign_id": await campaign(at)}, body=_HELD)


@lines.line("GET /v1/campaigns/{campaign_id}/events/{event_id}", P.CAMPAIGN_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_event(at: Spot) -> Sent:
    return Sent({"campaign_id": await campaign(at), "event_id": await event(at)})


@lines.line(
    "PATCH /v1/campaigns/{campaign_id}/events/{event_id}",
    P.CAMPAIGN_MANAGE,
    Reach.ROW,
    cells=CAMPAIGNS,
    but=(own_network_only,),
)
async def change_event(at: Spot) -> Sent:
    path = {"campaign_id": await campaign(at), "event_id": await event(at)}
    return Sent(path, body={"sessions": 2}, version=1)


@lines.line("GET /v1/awards", P.CAMPAIGN_READ, Reach.LIST, cells=PLACED)
async def list_awards(at: Spot) -> Sent:
    return Sent(shown=await given_award(at))


@lines.line("POST /v1/awards", P.CAMPAIGN_MANAGE, Reach.PLACE, cells=_PLACES)
async def create_award(at: Spot) -> Sent:
    return Sent(body=award() | {"place_code": at.place})


@lines.line("GET /v1/awards/{award_id}", P.CAMPAIGN_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_award(at: Spot) -> Sent:
    return Sent({"award_id": await given_award(at)})


@lines.line(
    "PATCH /v1/awards/{award_id}", P.CAMPAIGN_MANAGE, Reach.ROW, cells=CAMPAIGNS, but=(own_network_only,)
)
async def change_award(at: Spot) -> Sent:
    return Sent({"award_id": await given_award(at)}, body={"count": 2}, version=1)


@lines.line("GET /v1/payouts", P.CAMPAIGN_READ, Reach.LIST, cells=PLACED)
async def list_payouts(at: Spot) -> Sent:
    return Sent(shown=await payout(at))


@lines.line("POST /v1/payouts", P.CAMPAIGN_MANAGE, Reach.PLACE, cells=_PLACES)
async def create_payout(at: Spot) -> Sent:
    return Sent(body=_PAID | {"place_code": at.place}, keyed=True)


@lines.line("GET /v1/payouts/{payout_id}", P.CAMPAIGN_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_payout(at: Spot) -> Sent:
    return Sent({"payout_id": await payout(at)})


@lines.line("GET /v1/targets", P.TARGET_READ, Reach.LIST, cells=PLACED)
async def list_targets(at: Spot) -> Sent:
    return Sent(shown=await set_target(at))


@lines.line("POST /v1/targets", P.TARGET_SET, Reach.PLACE, cells=_PLACES)
async def create_target(at: Spot) -> Sent:
    return Sent(body=target() | {"place_code": at.place})


@lines.line("GET /v1/targets/{target_id}", P.TARGET_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_target(at: Spot) -> Sent:
    return Sent({"target_id": await set_target(at)})


@lines.line(
    "PATCH /v1/targets/{target_id}", P.TARGET_SET, Reach.ROW, cells=CAMPAIGNS, but=(own_network_only,)
)
async def change_target(at: Spot) -> Sent:
    return Sent({"target_id": await set_target(at)}, body={"value": "4"}, version=1)


@lines.line("GET /v1/targets/{target_id}/versions", P.TARGET_READ, Reach.ROW, cells=CAMPAIGNS)
async def list_versions(at: Spot) -> Sent:
    return Sent({"target_id": await set_target(at)})


@lines.line("GET /v1/observations", P.TARGET_READ, Reach.LIST, cells=PLACED)
async def list_observations(at: Spot) -> Sent:
    return Sent(shown=await observation(at))


@lines.line("POST /v1/observations", P.OBSERVATION_RECORD, Reach.PLACE, cells=_PLACES)
async def create_observation(at: Spot) -> Sent:
    return Sent(body=figure() | {"place_code": at.place})


@lines.line("GET /v1/observations/{observation_id}", P.TARGET_READ, Reach.ROW, cells=CAMPAIGNS)
async def read_observation(at: Spot) -> Sent:
    return Sent({"observation_id": await observation(at)})
