"""Lines of exports: a list is its organisation's and its place's, and names people of all groups there."""

import json
from datetime import date
from itertools import count
from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from tests.access.actors import ABOVE, OTHER_UNION, SIBLING, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.lines_enrolments import enrolment
from tests.access.rows import new_member
from tests.access.spots import Spot
from tests.exchange.premiums import premium

lines = Matrix()
_CELLS = (SUBJECT, SIBLING, OTHER_UNION, ABOVE)
_numbers = count(1)
_DAY = date(2026, 11, 21)


async def export(at: Spot) -> str:
    """A list (danh sách) of the cell's organisation with one row."""

    async def make() -> UUID:
        list_id, unit = uuid7(), at.stage.units[at.cell]
        place = (unit.id, unit.province, unit.commune)
        row = {
            "full_name": at.name(Sight.WHOLE), "social_insurance_no": None, "birth_date": None, "months": 1,
            "from_month": "2026-12-01", "method": "months_1", "monthly_income": 1, "amount_due": 1,
            "participant_pays": 1, "state_support": 0, "support_rate": None, "supported_months": 0,
            "extra_rate": None, "extra_amount": None, "other_amount": None, "change": "first",
        }  # fmt: skip
        async with at.stage.owner.transaction():  # rows come with their list or never
            await at.stage.owner.execute(
                "insert into export_list (id, network, organisation_id, province_code, commune_code, form, layout, number,"
                " year, list_date, collector_name, params, rows, totals, client_key, request_hash, created_by)"
                " values ($1, $2, $3, $4, $5, 'd05_ts', 366, $6, 2026, $7, $8, $9, 1, $10, $11, '', $3)",
                list_id, at.cell.network, *place, next(_numbers), _DAY, at.name(Sight.WHOLE),
                json.dumps({"sender": {"name": "Hội", "code": "H"}, "receive_as": "electronic"}),
                json.dumps({"amount_due": 1, "participant_pays": 1, "extra_amount": 0, "other_amount": 0}), str(list_id),
            )  # fmt: skip
            await at.stage.owner.execute(
                "insert into export_row (list_id, position, network, organisation_id, province_code, commune_code, form,"
                " data) values ($1, 1, $2, $3, $4, $5, 'd05_ts', $6)",
                list_id, at.cell.network, *place, json.dumps(row),
            )  # fmt: skip
        return list_id

    return await at.row("export", make, sight=Sight.WHOLE)


@lines.line("GET /v1/exports", P.EXPORT_MAKE, Reach.LIST, cells=_CELLS, sight=Sight.WHOLE)
async def list_exports(at: Spot) -> Sent:
    return Sent(shown=await export(at))


@lines.line("GET /v1/exports/{export_id}", P.EXPORT_MAKE, Reach.ROW, cells=_CELLS, sight=Sight.WHOLE)
async def read_export(at: Spot) -> Sent:
    return Sent({"export_id": await export(at)})


@lines.line("GET /v1/exports/{export_id}/file", P.EXPORT_MAKE, Reach.ROW, cells=_CELLS, sight=Sight.WHOLE)
async def read_file(at: Spot) -> Sent:
    return Sent({"export_id": await export(at)})


@lines.line("POST /v1/exports", P.EXPORT_MAKE, Reach.ROW, sight=Sight.GROUPED, about="group")
async def make_export(at: Spot) -> Sent:
    async def paid() -> UUID:
        return await premium(at.stage.world, at.stage.groups[at.cell], await new_member(at))

    await at.once("premium", paid)
    return Sent(
        body={"form": "d05_ts", "list_date": str(_DAY), "group_id": await at.group()},
        keyed=True,
    )


@lines.line("POST /v1/exports", P.EXPORT_MAKE, Reach.ROW, sight=Sight.GROUPED, about="enrolment")
async def declare(at: Spot) -> Sent:
    ids = [await enrolment(at)]
    return Sent(body={"form": "tk1_ts", "list_date": str(_DAY), "enrolment_ids": ids}, keyed=True)
