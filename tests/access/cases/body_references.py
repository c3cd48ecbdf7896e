"""Cases of bodies that refer to rows: each row is checked for whose it is, not the path alone."""

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.campaigns import award_body, campaign, observation_body, target_body
from tests.access.cases.refusal_rules import own_group_only, own_network_only
from tests.access.cases.tenancy import organisation, user
from tests.access.scenario.actors import Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import (
    contribution_body,
    former_member,
    household,
    member,
    model,
    unassigned_group,
)

cases = CaseList()
AROUND, GROUPED = Visibility.AROUND, Visibility.GROUPED


@cases.add("POST /v1/groups", P.GROUP_MANAGE, ScopeCheck.ROW, sight=GROUPED, about="leader")
async def group_with_leader(data: CellData) -> CaseRequest:
    body = {"name": "Tổ mới", "commune_code": data.own_place, "started_on": "2026-01-01"}
    return CaseRequest(body=body | {"leader_id": await member(data)})


@cases.add("POST /v1/groups", P.GROUP_MANAGE, ScopeCheck.ROW, sight=AROUND, about="model")
async def group_with_model(data: CellData) -> CaseRequest:
    return CaseRequest(body={"name": "Tổ mới", "commune_code": data.own_place, "model_id": await model(data)})


@cases.add(
    "POST /v1/groups/{group_id}/memberships", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED, about="member"
)
async def join_own_group(data: CellData) -> CaseRequest:
    return CaseRequest({"group_id": data.own_group}, body={"member_id": await former_member(data)})


@cases.add("POST /v1/members", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED, about="household")
async def member_of_household(data: CellData) -> CaseRequest:
    body = {"commune_code": data.own_place, "full_name": "Người Mới Vào"}
    return CaseRequest(body=body | {"household_id": await household(data)})


@cases.add("POST /v1/members", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED, about="referrer")
async def referred_member(data: CellData) -> CaseRequest:
    body = {"commune_code": data.own_place, "full_name": "Người Mới Vào"}
    return CaseRequest(body=body | {"referrer_id": await member(data)})


@cases.add(
    "POST /v1/contributions",
    P.CONTRIBUTION_RECORD,
    ScopeCheck.ROW,
    sight=GROUPED,
    about="member",
    foreign=422,
    first=(own_group_only,),
)
async def contribution_into_own_group(data: CellData) -> CaseRequest:
    return CaseRequest(body=await contribution_body(data) | {"group_id": data.own_group}, keyed=True)


@cases.add("POST /v1/awards", P.CAMPAIGN_MANAGE, ScopeCheck.ROW, about="campaign")
async def award_of_campaign(data: CellData) -> CaseRequest:
    return CaseRequest(
        body=award_body() | {"place_code": data.own_place, "campaign_id": await campaign(data)}
    )


@cases.add("POST /v1/awards", P.CAMPAIGN_MANAGE, ScopeCheck.ROW, sight=GROUPED, about="member")
async def award_for_member(data: CellData) -> CaseRequest:
    return CaseRequest(
        body=award_body()
        | {
            "place_code": data.own_place,
            "recipient_kind": "person",
            "recipient_member_id": await member(data),
        }
    )


@cases.add("POST /v1/awards", P.CAMPAIGN_MANAGE, ScopeCheck.ROW, sight=GROUPED, about="group")
async def award_for_group(data: CellData) -> CaseRequest:
    return CaseRequest(
        body=award_body() | {"place_code": data.own_place, "recipient_group_id": await unassigned_group(data)}
    )


@cases.add("POST /v1/targets", P.TARGET_SET, ScopeCheck.ROW, sight=GROUPED, about="group")
async def target_for_group(data: CellData) -> CaseRequest:
    return CaseRequest(body=target_body() | {"for_group_id": await unassigned_group(data)})


@cases.add("POST /v1/targets", P.TARGET_SET, ScopeCheck.ROW, about="user")
async def target_for_user(data: CellData) -> CaseRequest:
    return CaseRequest(body=target_body() | {"for_user_id": await user(data)})


@cases.add("POST /v1/targets", P.TARGET_SET, ScopeCheck.ROW, about="organisation")
async def target_for_organisation(data: CellData) -> CaseRequest:
    return CaseRequest(body=target_body() | {"for_organisation_id": await organisation(data)})


@cases.add("POST /v1/observations", P.OBSERVATION_RECORD, ScopeCheck.ROW, about="campaign")
async def figure_of_campaign(data: CellData) -> CaseRequest:
    return CaseRequest(
        body=observation_body() | {"place_code": data.own_place, "campaign_id": await campaign(data)}
    )


@cases.add("POST /v1/observations", P.OBSERVATION_RECORD, ScopeCheck.ROW, sight=GROUPED, about="group")
async def figure_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(
        body=observation_body() | {"place_code": data.own_place, "group_id": await unassigned_group(data)}
    )


@cases.add(
    "POST /v1/observations", P.OBSERVATION_RECORD, ScopeCheck.ROW, about="correction", but=(own_network_only,)
)
async def correction(data: CellData) -> CaseRequest:
    created = await data.post_row(
        "observation", "/v1/observations", observation_body() | {"place_code": data.place}
    )
    return CaseRequest(
        body=observation_body()
        | {"place_code": data.own_place, "corrects_id": created, "correction_reason": "Ghi nhầm"}
    )


@cases.add("POST /v1/payouts", P.CAMPAIGN_MANAGE, ScopeCheck.ROW, about="campaign")
async def payout_of_campaign(data: CellData) -> CaseRequest:
    paid = {
        "kind": "reward",
        "amount": 1,
        "paid_on": "2026-01-01",
        "purpose": "Thưởng",
        "place_code": data.own_place,
    }
    return CaseRequest(body=paid | {"campaign_id": await campaign(data)}, keyed=True)
