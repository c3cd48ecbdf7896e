"""Lines of reports: of one organisation, by whoever sees it."""

from uuid import UUID

from app.auth.permissions import P
from tests.access.actors import FAR, OTHER_UNION, SIBLING, SUBJECT
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import new_member
from tests.access.spots import Spot
from tests.exchange.premiums import premium

lines = Matrix()
_CELLS = (SUBJECT, SIBLING, FAR, OTHER_UNION)


@lines.line("POST /v1/exports", P.EXPORT_MAKE, Reach.ROW, cells=_CELLS, about="organisation")
async def report_of_organisation(at: Spot) -> Sent:
    group = at.stage.groups[at.cell]

    async def paid() -> UUID:
        return await premium(at.stage.world, group, await new_member(at))

    await at.once("premium", paid)
    body = {"form": "d11_ts", "sheet": "detail", "list_date": "2026-11-21", "month": "2026-11"}
    return Sent(body=body | {"organisation_id": str(group.unit.id)}, keyed=True)
