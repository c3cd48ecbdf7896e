"""Lines of forecasts: who sees a group's books sees where they lead. Plans are open to everybody, as quotes are."""

from app.auth.permissions import P
from tests.access.actors import Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import contribution, membership
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED


@lines.line("GET /v1/groups/{group_id}/forecast", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def forecast_group(at: Spot) -> Sent:
    await contribution(at)
    return Sent({"group_id": await at.group()})


@lines.line("GET /v1/memberships/{membership_id}/forecast", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def forecast_membership(at: Spot) -> Sent:
    return Sent({"membership_id": await membership(at)})
