"""Lines of renewals: who sees enrolments sees which of them are due; a summary is figures alone."""

from datetime import date
from uuid import UUID

from app.auth.permissions import P
from tests.access.actors import COMMUNAL, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import leaver, member
from tests.access.spots import Spot
from tests.insurance.coverages import paid

lines = Matrix()
GROUPED = Sight.GROUPED
_OF_ITS_DAY = {"on": "2037-03-01"}


async def coverage(at: Spot, person: str, until: date) -> str:
    """A card (thẻ) that was paid in the cell's group."""

    async def make() -> UUID:
        group = at.stage.groups[at.cell]
        return (await paid(at.stage.world, group, UUID(person), until=until))["coverage"]

    return await at.row(f"coverage {until}", make, sight=GROUPED)


async def due(at: Spot) -> str:
    """One of `member` that nobody has renewed yet."""
    return await coverage(at, await member(at), date(2037, 3, 10))


async def lapsed(at: Spot) -> str:
    """One of `leaver` that ended long ago."""
    return await coverage(at, await leaver(at), date(2019, 3, 10))


@lines.line("GET /v1/renewals", P.ENROLMENT_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_renewals(at: Spot) -> Sent:
    return Sent(query=_OF_ITS_DAY, shown=await due(at))


@lines.line("GET /v1/renewals", P.ENROLMENT_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def renewals_of_group(at: Spot) -> Sent:
    return Sent(query=_OF_ITS_DAY | {"group_id": await at.group()}, shown=await due(at))


@lines.line("GET /v1/renewals", P.ENROLMENT_READ, Reach.LIST, sight=GROUPED, about="by commune")
async def renewals_by_commune(at: Spot) -> Sent:
    return Sent(query=_OF_ITS_DAY | {"commune_code": at.place}, shown=await due(at))


@lines.line("GET /v1/renewals/summary", P.STATS_READ, Reach.OWN)
async def summarise_renewals(_at: Spot) -> Sent:
    return Sent(query={"from": "2037-03-01", "to": "2037-03-31"})


@lines.line("GET /v1/renewals/lapsed", P.ENROLMENT_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_lapsed(at: Spot) -> Sent:
    return Sent(query={"from": "2019-03", "to": "2019-03"}, shown=await lapsed(at))
