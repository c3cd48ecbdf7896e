"""Lines of lists that are asked for somebody's rows: a filter finds what one sees, and nothing beside it."""

from app.auth.permissions import P
from tests.access.actors import Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.lines_campaigns import given_award, payout
from tests.access.lines_enrolments import batch, enrolment, of_batch
from tests.access.lines_tenancy import organisation, user
from tests.access.rows import contribution, household, meeting, member, model
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED


@lines.line("GET /v1/contributions", P.CONTRIBUTION_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def contributions_of_group(at: Spot) -> Sent:
    return Sent(query={"group_id": await at.group()}, shown=await contribution(at))


@lines.line(
    "GET /v1/contributions", P.CONTRIBUTION_READ, Reach.LIST, sight=GROUPED, about="of a group's code"
)
async def contributions_of_code(at: Spot) -> Sent:
    return Sent(query={"group_code": await at.group_code()}, shown=await contribution(at))


@lines.line("GET /v1/contributions", P.CONTRIBUTION_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def contributions_of_member(at: Spot) -> Sent:
    return Sent(query={"member_id": await member(at)}, shown=await contribution(at))


@lines.line("GET /v1/contributions", P.CONTRIBUTION_READ, Reach.LIST, sight=GROUPED, about="of a meeting")
async def contributions_of_meeting(at: Spot) -> Sent:
    held = await meeting(at)
    return Sent(query={"meeting_id": held}, shown=held)


@lines.line("GET /v1/meetings", P.CONTRIBUTION_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def meetings_of_group(at: Spot) -> Sent:
    return Sent(query={"group_id": await at.group()}, shown=await meeting(at))


@lines.line("GET /v1/members", P.MEMBER_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def members_of_group(at: Spot) -> Sent:
    return Sent(query={"group_id": await at.group()}, shown=await member(at))


@lines.line("GET /v1/members", P.MEMBER_READ, Reach.LIST, sight=GROUPED, about="of a household")
async def members_of_household(at: Spot) -> Sent:
    return Sent(query={"household_id": await household(at)}, shown=await member(at))


@lines.line("GET /v1/members", P.MEMBER_READ, Reach.LIST, sight=GROUPED, about="by name")
async def members_by_name(at: Spot) -> Sent:
    person = await member(at)
    return Sent(query={"q": at.name(GROUPED), "commune_code": at.place}, shown=person)


@lines.line("GET /v1/groups", P.GROUP_READ, Reach.LIST, sight=GROUPED, about="by code")
async def groups_by_code(at: Spot) -> Sent:
    return Sent(query={"code": await at.group_code()}, shown=await at.group())


@lines.line("GET /v1/savings-models", P.MODEL_READ, Reach.LIST, sight=Sight.AROUND, about="by place")
async def models_by_place(at: Spot) -> Sent:
    return Sent(query={"place_code": at.place}, shown=await model(at))


@lines.line("GET /v1/enrolments", P.ENROLMENT_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def enrolments_of_group(at: Spot) -> Sent:
    return Sent(query={"group_id": await at.group()}, shown=await enrolment(at))


@lines.line("GET /v1/enrolments", P.ENROLMENT_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def enrolments_of_member(at: Spot) -> Sent:
    return Sent(query={"member_id": await member(at)}, shown=await enrolment(at))


@lines.line("GET /v1/enrolments", P.ENROLMENT_READ, Reach.LIST, sight=GROUPED, about="of a batch")
async def enrolments_of_batch(at: Spot) -> Sent:
    return Sent(query={"batch_id": await batch(at)}, shown=await of_batch(at))


@lines.line("GET /v1/users", P.USER_READ, Reach.LIST, about="of an organisation")
async def users_of_organisation(at: Spot) -> Sent:
    person = await user(at)
    return Sent(query={"organisation_id": await at.unit()}, shown=person)


@lines.line("GET /v1/organisations", P.ORGANISATION_READ, Reach.LIST, about="by commune")
async def organisations_by_commune(at: Spot) -> Sent:
    return Sent(query={"commune_code": at.place}, shown=await organisation(at))


@lines.line("GET /v1/awards", P.CAMPAIGN_READ, Reach.LIST, about="by place")
async def awards_by_place(at: Spot) -> Sent:
    return Sent(query={"place_code": at.place}, shown=await given_award(at))


@lines.line("GET /v1/payouts", P.CAMPAIGN_READ, Reach.LIST, about="by place")
async def payouts_by_place(at: Spot) -> Sent:
    return Sent(query={"place_code": at.place}, shown=await payout(at))
