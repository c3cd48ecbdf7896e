"""A treasurer who drafts learns nothing of other groups, of their own union or of another.

The matrix' first request to enrol names no group, which a treasurer is refused for whatever else it says; these do.
"""

import pytest
from fastapi import FastAPI

from app.auth.permissions import P
from tests.access.attempts import attempt_case
from tests.access.cases.base import AccessCase, CaseList, CaseRequest, ScopeCheck
from tests.access.cases.insurance.enrolments import enrolment, enrolment_row, terms_for
from tests.access.existence.probes import NamingField, find_hidden_value, list_naming_fields, unknown_like
from tests.access.existence.senders import TREASURER, TREASURERS_HIDDEN
from tests.access.existence.test_routes import answer, compare
from tests.access.existence.told import NAMES_NOTHING
from tests.access.matrix import CASES
from tests.access.scenario.actors import OTHER_GROUP, SUBJECT, Cell
from tests.access.scenario.cell_data import CellData, MissingCellData
from tests.access.scenario.factories import create_member
from tests.access.scenario.scenario import AccessScenario

drafts = CaseList()


@drafts.add("POST /v1/enrolments", P.ENROLMENT_DRAFT, ScopeCheck.ROW, about="person")
async def draft_person(data: CellData) -> CaseRequest:
    return CaseRequest(body=enrolment_row(data.own_place) | {"group_id": data.own_group})


@drafts.add("POST /v1/enrolments", P.ENROLMENT_DRAFT, ScopeCheck.ROW, about="member")
async def draft_member(data: CellData) -> CaseRequest:
    return CaseRequest(body=terms_for(str(await create_member(data))) | {"group_id": data.own_group})


@drafts.add("PATCH /v1/enrolments/{enrolment_id}", P.ENROLMENT_DRAFT, ScopeCheck.ROW)
async def edit_draft(data: CellData) -> CaseRequest:
    body = {"group_id": data.own_group, "monthly_income": 2_000_000}
    return CaseRequest({"enrolment_id": await enrolment(data)}, body=body, version=1)


PERSON, MEMBER, EDIT = drafts
FIELDS: list[tuple[AccessCase, str, int]] = [
    *((PERSON, name, 404) for name in ("group_id", "group_code")),
    *(
        (PERSON, name, 201)
        for name in ("national_id", "social_insurance_no", "phone", "external_ref", "full_name")
    ),
    *((MEMBER, name, 404) for name in ("member_id", "group_id", "group_code")),
    *((EDIT, name, 404) for name in ("group_id", "group_code")),
]
"""Each field that can name something, with what is answered to a value that exists elsewhere and to one that does not."""


OWN_ORGANISATIONS = {
    cell for cell in TREASURERS_HIDDEN if (cell.network, cell.place) == (SUBJECT.network, SUBJECT.place)
}


DRAFTS = [
    pytest.param(case, name, status, hidden, id=f"{case.label} {name} {hidden.name}")
    for case, name, status in FIELDS
    for hidden in TREASURERS_HIDDEN
    if not (name == "external_ref" and hidden in OWN_ORGANISATIONS)  # told: see below
]


def find_field(app: FastAPI, case: AccessCase, name: str) -> NamingField:
    """The field of a case's body."""
    fields = list_naming_fields(app.openapi())
    return next(field for field in fields if (field.route, field.path) == (case.name, (name,)))


@pytest.mark.parametrize(("case", "name", "status", "hidden"), DRAFTS)
async def test_a_draft(
    scenario: AccessScenario, app: FastAPI, case: AccessCase, name: str, status: int, hidden: Cell
):
    field = find_field(app, case, name)
    assert await compare(scenario, case, field, TREASURER, hidden) == []
    value = await find_hidden_value(field)(CellData(scenario, SUBJECT))  # type: ignore[misc]
    answered = await answer(scenario, case, field, TREASURER, unknown_like(value))
    assert answered.status == status, answered


async def test_a_reference_of_a_colleague_is_taken_and_nothing_more(scenario: AccessScenario, app: FastAPI):
    """References are one organisation's: who gives one learns that it is not free, and not whose it is."""
    field = find_field(app, PERSON, "external_ref")
    for state in ("draft", "withdrawn"):
        value = await find_hidden_value(field)(CellData(scenario, OTHER_GROUP))  # type: ignore[misc]
        await scenario.owner.execute(
            "update enrolment set status = $2, version = version + 1 where external_ref = $1", value, state
        )
        answered = await answer(scenario, PERSON, field, TREASURER, value)
        assert (answered.status, "conflicts_with_existing" in answered.body) == (409, True), answered


ROWS = [
    case
    for case in CASES
    if case.scope_check is ScopeCheck.ROW and case.permission in TREASURER.permissions and case.foreign == 404
]
"""What a treasurer may ask of a row that the path or the body names."""


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.label)
async def test_a_row_out_of_sight_is_answered_like_none(scenario: AccessScenario, case: AccessCase):
    """Word for word, of another group, another commune and another union."""
    for hidden in TREASURERS_HIDDEN:
        if case.expected_status(TREASURER, hidden) != 404:
            continue
        foreign = await attempt_case(case, TREASURER, CellData(scenario, hidden))
        absent = await attempt_case(case, TREASURER, MissingCellData(scenario, hidden))
        answers = [each.response.json() | {"request_id": ""} for each in (foreign, absent)]
        assert answers[0] == answers[1], foreign.description
        assert answers[0]["status"] == 404, foreign.description


async def test_rows_of_all_kinds_are_tried():
    tried = " ".join(case.name for case in ROWS if case.expected_status(TREASURER, OTHER_GROUP) == 404)
    for noun in (
        "enrolments",
        "groups",
        "members",
        "households",
        "premium-payments",
        "contributions",
        "targets",
    ):
        assert f"/v1/{noun}/{{" in tried, noun


async def test_every_field_of_a_draft_is_tried(app: FastAPI):
    tried = {(case.name, name) for case, name, _ in FIELDS}
    fields = list_naming_fields(app.openapi())
    of_routes = {
        (field.route, field.name)
        for field in fields
        if field.route in {case.name for case in drafts}
        and not field.in_query
        and field.name not in NAMES_NOTHING
    }
    assert of_routes == tried
