"""Cases of exports: a list belongs to an organisation and a place, and names people of all groups there."""

import json
from datetime import date
from itertools import count
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.insurance.enrolments import enrolment
from tests.access.scenario.actors import OTHER_UNION, PROVINCE, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import create_member
from tests.forms.lists.payment_factories import insert_payment

cases = CaseList()
_CELLS = (SUBJECT, SIBLING, OTHER_UNION, PROVINCE)
_numbers = count(1)
_DAY = date(2026, 11, 21)


async def export(data: CellData) -> str:
    """A list (danh sách) of the cell's organisation with one row."""

    async def make() -> UUID:
        list_id, unit = uuid7(), data.scenario.units[data.cell]
        place = (unit.id, unit.province, unit.commune)
        row = {
            "full_name": data.marked_name(Visibility.WHOLE), "social_insurance_no": None, "birth_date": None, "months": 1,
            "from_month": "2026-12-01", "method": "months_1", "monthly_income": 1, "amount_due": 1,
            "participant_pays": 1, "state_support": 0, "support_rate": None, "supported_months": 0,
            "extra_rate": None, "extra_amount": None, "other_amount": None, "change": "first",
        }  # fmt: skip
        async with data.scenario.owner.transaction():  # rows come with their list or never
            await data.scenario.owner.execute(
                "insert into export_list (id, network, organisation_id, province_code, commune_code, form, layout, number,"
                " year, list_date, collector_name, params, rows, totals, client_key, request_hash, created_by)"
                " values ($1, $2, $3, $4, $5, 'd05_ts', 366, $6, 2026, $7, $8, $9, 1, $10, $11, '', $3)",
                list_id, data.cell.network, *place, next(_numbers), _DAY, data.marked_name(Visibility.WHOLE),
                json.dumps({"sender": {"name": "Hội", "code": "H"}, "receive_as": "electronic"}),
                json.dumps({"amount_due": 1, "participant_pays": 1, "extra_amount": 0, "other_amount": 0}), str(list_id),
            )  # fmt: skip
            await data.scenario.owner.execute(
                "insert into export_row (list_id, position, network, organisation_id, province_code, commune_code, form,"
                " data) values ($1, 1, $2, $3, $4, $5, 'd05_ts', $6)",
                list_id, data.cell.network, *place, json.dumps(row),
            )  # fmt: skip
        return list_id

    return await data.row_id("export", make, sight=Visibility.WHOLE)


@cases.add("GET /v1/exports", P.EXPORT_MAKE, ScopeCheck.LIST, cells=_CELLS, sight=Visibility.WHOLE)
async def list_exports(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await export(data))


@cases.add("GET /v1/exports/{export_id}", P.EXPORT_MAKE, ScopeCheck.ROW, cells=_CELLS, sight=Visibility.WHOLE)
async def read_export(data: CellData) -> CaseRequest:
    return CaseRequest({"export_id": await export(data)})


@cases.add(
    "GET /v1/exports/{export_id}/file", P.EXPORT_MAKE, ScopeCheck.ROW, cells=_CELLS, sight=Visibility.WHOLE
)
async def read_file(data: CellData) -> CaseRequest:
    return CaseRequest({"export_id": await export(data)})


@cases.add("POST /v1/exports", P.EXPORT_MAKE, ScopeCheck.ROW, sight=Visibility.GROUPED, about="group")
async def make_export(data: CellData) -> CaseRequest:
    async def paid() -> UUID:
        return await insert_payment(
            data.scenario.world, data.scenario.groups[data.cell], await create_member(data)
        )

    await data.get_or_create("premium", paid)
    return CaseRequest(
        body={"form": "d05_ts", "list_date": str(_DAY), "group_id": await data.group()},
        keyed=True,
    )


@cases.add("POST /v1/exports", P.EXPORT_MAKE, ScopeCheck.ROW, sight=Visibility.GROUPED, about="enrolment")
async def declare(data: CellData) -> CaseRequest:
    ids = [await enrolment(data)]
    return CaseRequest(body={"form": "tk1_ts", "list_date": str(_DAY), "enrolment_ids": ids}, keyed=True)
