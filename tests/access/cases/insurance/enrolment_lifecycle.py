"""Cases of what BHXH alone does: issue and end, note other insurance, settle duplicates; and of the checks."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.insurance.enrolments import enrolment, enrolment_row
from tests.access.scenario.actors import (
    BHXH,
    BHXH_CELL,
    FARMERS,
    OTHER_GROUP,
    OTHER_UNION,
    SUBJECT,
    WOMEN,
    Cell,
    Visibility,
)
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import member
from tests.access.scenario.markers import Marker

cases = CaseList()
GROUPED = Visibility.GROUPED
_OTHER_NETWORK_CELL = {"kind": "compulsory", "valid_from": "2020-01-01"}
_PAIRED = (SUBJECT, OTHER_GROUP, OTHER_UNION)
"""Where another union works beside the cell's own."""


async def bhxh_only_row(data: CellData, what: str, make: Callable[[], Awaitable[Any]]) -> str:
    """The id of a row that BHXH alone may see, whoever's person it is about."""
    created = str(await data.get_or_create(what, make))
    if data.shared:
        data.scenario.row_markers[created] = Marker(Cell(BHXH, data.cell.place), Visibility.PLACED)
    return created


async def paid_enrolment(data: CellData) -> str:
    """An enrolment that counts as paid, without a payment."""

    async def make() -> str:
        created = await _submit_row(data, data.cell, enrolment_row(data.place) | await _group_fields(data))
        await data.scenario.owner.execute(
            "update enrolment set status = 'paid', paid_at = now(), decided_at = now() where id = $1",
            UUID(created),
        )
        return created

    return await data.row_id("paid", make, sight=GROUPED)


async def _submit_row(data: CellData, cell: Cell, row: dict[str, Any]) -> str:
    body = await data.scenario.post(cell, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    return str(body["items"][0]["enrolment_id"])


async def _group_fields(data: CellData) -> dict[str, Any]:
    return {"group_id": await data.group(), "full_name": data.marked_name(GROUPED)}


async def other_insurance(data: CellData) -> str:
    """What BHXH knows of `member`."""
    who = await member(data)

    async def make() -> Any:
        return (
            await data.scenario.post(BHXH_CELL, f"/v1/members/{who}/other-insurance", _OTHER_NETWORK_CELL)
        )["id"]

    return await bhxh_only_row(data, "other insurance", make)


async def duplicate_pair(data: CellData, what: str = "pair") -> dict[str, str]:
    """An enrolment of the cell's, and one of the same person by another union there."""
    who = enrolment_row(data.place)

    async def mine() -> str:
        return await _submit_row(data, data.cell, who | await _group_fields(data))

    async def theirs() -> str:
        return await _submit_row(
            data, Cell(FARMERS if data.cell.network == WOMEN else WOMEN, data.cell.place), who
        )

    keep = await data.row_id(f"one of the {what}", mine, sight=GROUPED)
    return {"keep": keep, "drop": str(await data.get_or_create(f"other of the {what}", theirs))}


async def merged_pair(data: CellData) -> str:
    """The pair, merged by BHXH."""
    both = await duplicate_pair(data, "merged pair")

    async def make() -> Any:
        return (await data.scenario.post(BHXH_CELL, "/v1/enrolment-duplicates/merge", both))["merge_id"]

    return await bhxh_only_row(data, "merge", make)


@cases.add("GET /v1/enrolments/{enrolment_id}/checks", P.ENROLMENT_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_checks(data: CellData) -> CaseRequest:
    return CaseRequest({"enrolment_id": await enrolment(data)})


@cases.add("POST /v1/enrolments/{enrolment_id}/activate", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def activate(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"enrolment_id": await paid_enrolment(data)}, body={"health_card_no": "GD4420123456789"}
    )


@cases.add("POST /v1/enrolments/{enrolment_id}/end", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def end(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"enrolment_id": await paid_enrolment(data)}, body={"reason": "stopped", "date": "2026-01-31"}
    )


@cases.add("GET /v1/members/{member_id}/other-insurance", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def list_other_insurance(data: CellData) -> CaseRequest:
    await other_insurance(data)
    return CaseRequest({"member_id": await member(data)})


@cases.add("POST /v1/members/{member_id}/other-insurance", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def note_other_insurance(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)}, body=_OTHER_NETWORK_CELL | {"kind": "pension"})


@cases.add(
    "POST /v1/members/{member_id}/other-insurance/{other_insurance_id}/end",
    P.ENROLMENT_DECIDE,
    ScopeCheck.ROW,
    sight=GROUPED,
)
async def end_other_insurance(data: CellData) -> CaseRequest:
    path = {"member_id": await member(data), "other_insurance_id": await other_insurance(data)}
    return CaseRequest(path, body={"valid_to": "2021-01-01"})


@cases.add("GET /v1/enrolment-duplicates", P.ENROLMENT_DECIDE, ScopeCheck.LIST, cells=_PAIRED, sight=GROUPED)
async def list_duplicates(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=(await duplicate_pair(data))["keep"])


@cases.add(
    "POST /v1/enrolment-duplicates/merge", P.ENROLMENT_DECIDE, ScopeCheck.ROW, cells=_PAIRED, sight=GROUPED
)
async def merge_duplicates(data: CellData) -> CaseRequest:
    return CaseRequest(body=await duplicate_pair(data))


@cases.add("GET /v1/enrolment-duplicates/{merge_id}", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def read_merge(data: CellData) -> CaseRequest:
    return CaseRequest({"merge_id": await merged_pair(data)})


@cases.add("POST /v1/enrolment-duplicates/{merge_id}/undo", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def undo_merge(data: CellData) -> CaseRequest:
    return CaseRequest({"merge_id": await merged_pair(data)})
