"""Cases of enrolments and their batches, and of the aggregates."""

import json
from itertools import count
from typing import Any

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.refusal_rules import own_group_named
from tests.access.scenario.actors import BHXH_CELL, GROUP_CELLS, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import member

cases = CaseList()
_numbers = count(1)
GROUPED = Visibility.GROUPED
_TERMS = {
    "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
    "consented_on": "2026-11-01",
}  # fmt: skip
_REASONS = {"reasons": [{"pointer": "/national_id", "code": "not_readable", "text": "Không đọc được."}]}


def enrolment_row(place: str) -> dict[str, Any]:
    """An enrolment of somebody whom nobody knows yet."""
    number = next(_numbers)
    who = {"full_name": "Người Mới Vào", "birth_date": "1984-03-02", "national_id": f"042284{number:06}"}
    return _TERMS | who | {"commune_code": place, "external_ref": f"REF-{number}"}


def terms_for(member_id: str) -> dict[str, Any]:
    """An enrolment of a member, without a group."""
    return _TERMS | {"member_id": member_id}


async def enrolment(data: CellData) -> str:
    """A draft (nháp) for `member`, in the cell's group."""
    body = _TERMS | {
        "member_id": await member(data),
        "group_id": await data.group(),
        "relation_to_head": data.marked_name(GROUPED),
    }
    return await data.post_row("enrolment", "/v1/enrolments", body, sight=GROUPED)


async def submitted_enrolment(data: CellData) -> str:
    """An enrolment that waits for BHXH: a batch of one."""

    async def make() -> str:
        who = enrolment_row(data.place) | {
            "group_id": await data.group(),
            "full_name": data.marked_name(GROUPED),
        }
        body = await data.scenario.post(
            data.cell, "/v1/enrolments/batches", {"mode": "atomic", "items": [who]}
        )
        return str(body["items"][0]["enrolment_id"])

    return await data.row_id("submitted", make, sight=GROUPED)


async def post_batch(data: CellData) -> dict[str, Any]:
    """The response to the cell's officer for a batch with `member` in it."""
    who, group = await member(data), await data.group()

    async def make() -> Any:
        known = _TERMS | {"member_id": who, "group_id": group, "from_month": "2027-03"}
        body = {"mode": "partial", "items": [enrolment_row(data.place), known]}
        return await data.scenario.post(data.cell, "/v1/enrolments/batches", body)

    result: dict[str, Any] = await data.get_or_create("answer to the batch", make)
    return result


async def batch(data: CellData) -> str:
    """A batch (đợt gửi) of the cell's officer."""

    async def make() -> Any:
        return (await post_batch(data))["batch_id"]

    return str(
        await data.get_or_create("batch", make)
    )  # an id that its enrolments tell as well, so it is no marker of the batch


async def enrolment_of_batch(data: CellData) -> str:
    """The enrolment of `member` in the batch."""

    async def make() -> Any:
        return (await post_batch(data))["items"][1]["enrolment_id"]

    return await data.row_id("enrolment of the batch", make, sight=GROUPED)


@cases.add("GET /v1/enrolments", P.ENROLMENT_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_enrolments(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await enrolment(data))


@cases.add(
    "POST /v1/enrolments",
    P.ENROLMENT_DRAFT,
    ScopeCheck.PLACE,
    cells=(SUBJECT, SIBLING),
    but=(own_group_named,),
)
async def create_enrolment(data: CellData) -> CaseRequest:
    return CaseRequest(body=enrolment_row(data.place))


@cases.add(
    "POST /v1/enrolments",
    P.ENROLMENT_DRAFT,
    ScopeCheck.ROW,
    sight=GROUPED,
    about="member",
    but=(own_group_named,),
)
async def enrol_member(data: CellData) -> CaseRequest:
    return CaseRequest(body=_TERMS | {"member_id": await member(data), "from_month": "2027-01"})


@cases.add("POST /v1/enrolments", P.ENROLMENT_DRAFT, ScopeCheck.ROW, sight=GROUPED, about="group")
async def enrol_into_group(data: CellData) -> CaseRequest:
    return CaseRequest(body=enrolment_row(data.own_place) | {"group_id": await data.group()})


@cases.add("GET /v1/enrolments/{enrolment_id}", P.ENROLMENT_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_enrolment(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await enrolment(data)})


@cases.add("PATCH /v1/enrolments/{enrolment_id}", P.ENROLMENT_DRAFT, ScopeCheck.ROW, sight=GROUPED)
async def edit_enrolment(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await enrolment(data)}, body={"monthly_income": 2_000_000}, version=1)


@cases.add("POST /v1/enrolments/{enrolment_id}/submit", P.ENROLMENT_SUBMIT, ScopeCheck.ROW, sight=GROUPED)
async def submit(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await enrolment(data)}, version=1)


@cases.add("POST /v1/enrolments/{enrolment_id}/withdraw", P.ENROLMENT_SUBMIT, ScopeCheck.ROW, sight=GROUPED)
async def withdraw(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await enrolment(data)}, version=1)


@cases.add("POST /v1/enrolments/{enrolment_id}/accept", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def accept(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await submitted_enrolment(data)}, version=1)


@cases.add("POST /v1/enrolments/{enrolment_id}/return", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def return_(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await submitted_enrolment(data)}, body=_REASONS, version=1)


@cases.add("POST /v1/enrolments/{enrolment_id}/reject", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def reject(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await submitted_enrolment(data)}, body=_REASONS, version=1)


@cases.add("POST /v1/enrolments/decisions", P.ENROLMENT_DECIDE, ScopeCheck.OWN)
async def decide(data: CellData) -> CaseRequest:
    """Rows that the caller does not see are refused as not found, each by itself."""
    rows = [{"enrolment_id": await submitted_enrolment(data)}]
    return CaseRequest(body={"action": "accept", "items": rows, "dry_run": True}, keyed=True)


async def decision(data: CellData) -> str:
    """A trial of the cell's officer, of an empty list."""

    async def make() -> Any:
        officer, decision_id = data.scenario.officer(data.cell), uuid7()
        await data.scenario.owner.execute(
            "insert into enrolment_decision (id, network, organisation_id, client_key, request_hash, action, dry_run,"
            " reasons, decided_by) values ($1, $2, $3, $4, '', 'return', true, $5, $6)",
            decision_id, data.cell.network, officer.organisation_id, str(decision_id),
            json.dumps([{"pointer": "", "code": "other", "text": data.marked_name(Visibility.HOUSE)}]), officer.id,
        )  # fmt: skip
        return decision_id

    return await data.row_id("decision", make, sight=Visibility.HOUSE)


@cases.add(
    "GET /v1/enrolments/decisions/{decision_id}",
    P.ENROLMENT_DECIDE,
    ScopeCheck.ROW,
    cells=(BHXH_CELL,),
    sight=Visibility.HOUSE,
)
async def read_decision(data: CellData) -> CaseRequest:
    return CaseRequest({"decision_id": await decision(data)})


@cases.add(
    "POST /v1/enrolments/decisions",
    P.ENROLMENT_DECIDE,
    ScopeCheck.ROW,
    cells=(BHXH_CELL,),
    sight=Visibility.HOUSE,
    about="a trial",
)
async def carry_out(data: CellData) -> CaseRequest:
    return CaseRequest(body={"dry_run_id": await decision(data)}, keyed=True)


@cases.add("GET /v1/enrolments/decision-reasons", P.ENROLMENT_READ, ScopeCheck.OWN)
async def list_decision_reasons(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add(
    "GET /v1/enrolments/batches", P.ENROLMENT_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=Visibility.WHOLE
)
async def list_batches(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await batch(data))


@cases.add(
    "POST /v1/enrolments/batches",
    P.ENROLMENT_VALIDATE,
    ScopeCheck.ROW,
    cells=(SUBJECT, SIBLING),
    foreign=422,
    sight=GROUPED,
)
async def receive_batch(data: CellData) -> CaseRequest:
    rows = [enrolment_row(data.own_place), enrolment_row(data.own_place) | {"group_id": await data.group()}]
    return CaseRequest(body={"mode": "atomic", "items": rows}, keyed=True)


@cases.add("GET /v1/enrolments/batches/{batch_id}", P.ENROLMENT_READ, ScopeCheck.ROW, sight=Visibility.WHOLE)
async def read_batch(data: CellData) -> CaseRequest:
    return CaseRequest({"batch_id": await batch(data)})


@cases.add("GET /v1/enrolments/batches/template", P.ENROLMENT_READ, ScopeCheck.OWN)
async def read_template(_data: CellData) -> CaseRequest:
    return CaseRequest(query={"format": "ndjson"})


@cases.add("GET /v1/stats/collectors", P.OWN_STATS_READ, ScopeCheck.OWN)
async def list_collector_results(data: CellData) -> CaseRequest:
    await submitted_enrolment(data)  # something to count, so that a leak would show
    return CaseRequest()


@cases.add("GET /v1/stats/summary", P.OWN_STATS_READ, ScopeCheck.OWN)
async def read_summary(data: CellData) -> CaseRequest:
    return CaseRequest(query={"place": data.place})


@cases.add("GET /v1/stats/metrics", P.OWN_STATS_READ, ScopeCheck.OWN)
async def list_metrics(_data: CellData) -> CaseRequest:
    return CaseRequest()
