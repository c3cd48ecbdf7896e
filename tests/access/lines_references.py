"""Lines of bodies that refer to rows: whose they are is asked of each, not of the path alone."""

from app.auth.permissions import P
from tests.access.actors import Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.lines_campaigns import award, campaign, figure, target
from tests.access.lines_tenancy import organisation, user
from tests.access.rows import household, leaver, member, model, own_group, saving
from tests.access.rules import own_group_only, own_network_only
from tests.access.spots import Spot

lines = Matrix()
AROUND, GROUPED = Sight.AROUND, Sight.GROUPED


@lines.line("POST /v1/groups", P.GROUP_MANAGE, Reach.ROW, sight=GROUPED, about="leader")
async def group_with_leader(at: Spot) -> Sent:
    body = {"name": "Tổ mới", "commune_code": at.own_place, "started_on": "2026-01-01"}
    return Sent(body=body | {"leader_id": await member(at)})


@lines.line("POST /v1/groups", P.GROUP_MANAGE, Reach.ROW, sight=AROUND, about="model")
async def group_with_model(at: Spot) -> Sent:
    return Sent(body={"name": "Tổ mới", "commune_code": at.own_place, "model_id": await model(at)})


@lines.line(
    "POST /v1/groups/{group_id}/memberships", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED, about="member"
)
async def join_own_group(at: Spot) -> Sent:
    return Sent({"group_id": at.own_group}, body={"member_id": await leaver(at)})


@lines.line("POST /v1/members", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED, about="household")
async def member_of_household(at: Spot) -> Sent:
    body = {"commune_code": at.own_place, "full_name": "Người Mới Vào"}
    return Sent(body=body | {"household_id": await household(at)})


@lines.line("POST /v1/members", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED, about="referrer")
async def referred_member(at: Spot) -> Sent:
    body = {"commune_code": at.own_place, "full_name": "Người Mới Vào"}
    return Sent(body=body | {"referrer_id": await member(at)})


@lines.line(
    "POST /v1/contributions",
    P.CONTRIBUTION_RECORD,
    Reach.ROW,
    sight=GROUPED,
    about="member",
    foreign=422,
    first=(own_group_only,),
)
async def contribution_into_own_group(at: Spot) -> Sent:
    return Sent(body=await saving(at) | {"group_id": at.own_group}, keyed=True)


@lines.line("POST /v1/awards", P.CAMPAIGN_MANAGE, Reach.ROW, about="campaign")
async def award_of_campaign(at: Spot) -> Sent:
    return Sent(body=award() | {"place_code": at.own_place, "campaign_id": await campaign(at)})


@lines.line("POST /v1/awards", P.CAMPAIGN_MANAGE, Reach.ROW, sight=GROUPED, about="member")
async def award_for_member(at: Spot) -> Sent:
    return Sent(
        body=award()
        | {"place_code": at.own_place, "recipient_kind": "person", "recipient_member_id": await member(at)}
    )


@lines.line("POST /v1/awards", P.CAMPAIGN_MANAGE, Reach.ROW, sight=GROUPED, about="group")
async def award_for_group(at: Spot) -> Sent:
    return Sent(body=award() | {"place_code": at.own_place, "recipient_group_id": await own_group(at)})


@lines.line("POST /v1/targets", P.TARGET_SET, Reach.ROW, sight=GROUPED, about="group")
async def target_for_group(at: Spot) -> Sent:
    return Sent(body=target() | {"for_group_id": await own_group(at)})


@lines.line("POST /v1/targets", P.TARGET_SET, Reach.ROW, about="user")
async def target_for_user(at: Spot) -> Sent:
    return Sent(body=target() | {"for_user_id": await user(at)})


@lines.line("POST /v1/targets", P.TARGET_SET, Reach.ROW, about="organisation")
async def target_for_organisation(at: Spot) -> Sent:
    return Sent(body=target() | {"for_organisation_id": await organisation(at)})


@lines.line("POST /v1/observations", P.OBSERVATION_RECORD, Reach.ROW, about="campaign")
async def figure_of_campaign(at: Spot) -> Sent:
    return Sent(body=figure() | {"place_code": at.own_place, "campaign_id": await campaign(at)})


@lines.line("POST /v1/observations", P.OBSERVATION_RECORD, Reach.ROW, sight=GROUPED, about="group")
async def figure_of_group(at: Spot) -> Sent:
    return Sent(body=figure() | {"place_code": at.own_place, "group_id": await own_group(at)})


@lines.line(
    "POST /v1/observations", P.OBSERVATION_RECORD, Reach.ROW, about="correction", but=(own_network_only,)
)
async def correction(at: Spot) -> Sent:
    made = await at.posted("observation", "/v1/observations", figure() | {"place_code": at.place})
    return Sent(
        body=figure() | {"place_code": at.own_place, "corrects_id": made, "correction_reason": "Ghi nhầm"}
    )


@lines.line("POST /v1/payouts", P.CAMPAIGN_MANAGE, Reach.ROW, about="campaign")
async def payout_of_campaign(at: Spot) -> Sent:
    paid = {
        "kind": "reward",
        "amount": 1,
        "paid_on": "2026-01-01",
        "purpose": "Thưởng",
        "place_code": at.own_place,
    }
    return Sent(body=paid | {"campaign_id": await campaign(at)}, keyed=True)
