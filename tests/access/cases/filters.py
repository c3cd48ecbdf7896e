"""Cases of list filters: a filter finds only rows that the actor may see."""

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.campaigns import award, payout
from tests.access.cases.insurance.enrolments import batch, enrolment, enrolment_of_batch
from tests.access.cases.tenancy import organisation, user
from tests.access.scenario.actors import Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import contribution, household, meeting, member, model

cases = CaseList()
GROUPED = Visibility.GROUPED


@cases.add("GET /v1/contributions", P.CONTRIBUTION_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def contributions_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_id": await data.group()}, listed_id=await contribution(data))


@cases.add(
    "GET /v1/contributions", P.CONTRIBUTION_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group's code"
)
async def contributions_of_code(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_code": await data.group_code()}, listed_id=await contribution(data))


@cases.add("GET /v1/contributions", P.CONTRIBUTION_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def contributions_of_member(data: CellData) -> CaseRequest:
    return CaseRequest(query={"member_id": await member(data)}, listed_id=await contribution(data))


@cases.add("GET /v1/contributions", P.CONTRIBUTION_READ, ScopeCheck.LIST, sight=GROUPED, about="of a meeting")
async def contributions_of_meeting(data: CellData) -> CaseRequest:
    held = await meeting(data)
    return CaseRequest(query={"meeting_id": held}, listed_id=held)


@cases.add("GET /v1/meetings", P.CONTRIBUTION_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def meetings_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_id": await data.group()}, listed_id=await meeting(data))


@cases.add("GET /v1/members", P.MEMBER_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def members_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_id": await data.group()}, listed_id=await member(data))


@cases.add("GET /v1/members", P.MEMBER_READ, ScopeCheck.LIST, sight=GROUPED, about="of a household")
async def members_of_household(data: CellData) -> CaseRequest:
    return CaseRequest(query={"household_id": await household(data)}, listed_id=await member(data))


@cases.add("GET /v1/members", P.MEMBER_READ, ScopeCheck.LIST, sight=GROUPED, about="by name")
async def members_by_name(data: CellData) -> CaseRequest:
    person = await member(data)
    return CaseRequest(query={"q": data.marked_name(GROUPED), "commune_code": data.place}, listed_id=person)


@cases.add("GET /v1/groups", P.GROUP_READ, ScopeCheck.LIST, sight=GROUPED, about="by code")
async def groups_by_code(data: CellData) -> CaseRequest:
    return CaseRequest(query={"code": await data.group_code()}, listed_id=await data.group())


@cases.add("GET /v1/savings-models", P.MODEL_READ, ScopeCheck.LIST, sight=Visibility.AROUND, about="by place")
async def models_by_place(data: CellData) -> CaseRequest:
    return CaseRequest(query={"place_code": data.place}, listed_id=await model(data))


@cases.add("GET /v1/enrolments", P.ENROLMENT_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def enrolments_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_id": await data.group()}, listed_id=await enrolment(data))


@cases.add("GET /v1/enrolments", P.ENROLMENT_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def enrolments_of_member(data: CellData) -> CaseRequest:
    return CaseRequest(query={"member_id": await member(data)}, listed_id=await enrolment(data))


@cases.add("GET /v1/enrolments", P.ENROLMENT_READ, ScopeCheck.LIST, sight=GROUPED, about="of a batch")
async def enrolments_of_batch(data: CellData) -> CaseRequest:
    return CaseRequest(query={"batch_id": await batch(data)}, listed_id=await enrolment_of_batch(data))


@cases.add("GET /v1/users", P.USER_READ, ScopeCheck.LIST, about="of an organisation")
async def users_of_organisation(data: CellData) -> CaseRequest:
    person = await user(data)
    return CaseRequest(query={"organisation_id": await data.unit()}, listed_id=person)


@cases.add("GET /v1/organisations", P.ORGANISATION_READ, ScopeCheck.LIST, about="by commune")
async def organisations_by_commune(data: CellData) -> CaseRequest:
    return CaseRequest(query={"commune_code": data.place}, listed_id=await organisation(data))


@cases.add("GET /v1/awards", P.RECOGNITION_READ, ScopeCheck.LIST, about="by place")
async def awards_by_place(data: CellData) -> CaseRequest:
    return CaseRequest(query={"place_code": data.place}, listed_id=await award(data))


@cases.add("GET /v1/payouts", P.RECOGNITION_READ, ScopeCheck.LIST, about="by place")
async def payouts_by_place(data: CellData) -> CaseRequest:
    return CaseRequest(query={"place_code": data.place}, listed_id=await payout(data))
