"""Cases of reports: of one organisation, by whoever sees it."""

from uuid import UUID

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import OTHER_PROVINCE, OTHER_UNION, SIBLING, SUBJECT
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import create_member
from tests.forms.lists.payment_factories import insert_payment

cases = CaseList()
_CELLS = (SUBJECT, SIBLING, OTHER_PROVINCE, OTHER_UNION)


@cases.add("POST /v1/exports", P.EXPORT_MAKE, ScopeCheck.ROW, cells=_CELLS, about="organisation")
async def report_of_organisation(data: CellData) -> CaseRequest:
    group = data.scenario.groups[data.cell]

    async def create_payment() -> UUID:
        return await insert_payment(data.scenario.world, group, await create_member(data))

    await data.get_or_create("premium", create_payment)
    body = {"form": "d11_ts", "sheet": "detail", "list_date": "2026-11-21", "month": "2026-11"}
    return CaseRequest(body=body | {"organisation_id": str(group.unit.id)}, keyed=True)
