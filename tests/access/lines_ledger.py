"""Lines of contributions, meetings, passbooks and the books."""

from datetime import date

from app.auth.permissions import P
from tests.access.actors import ABOVE, COMMUNAL, OF_BHXH, WOMEN, Cell, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import contribution, meeting, member, saving, sheet
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED
_CLOSED = {ABOVE: date(1987, 1, 5), OF_BHXH: date(1988, 2, 6)}
"""Days that tell the closings of two networks apart."""


@lines.line("GET /v1/contributions", P.CONTRIBUTION_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_contributions(at: Spot) -> Sent:
    return Sent(shown=await contribution(at))


@lines.line("POST /v1/contributions", P.CONTRIBUTION_RECORD, Reach.ROW, sight=GROUPED)
async def record_contribution(at: Spot) -> Sent:
    return Sent(body=await saving(at), keyed=True)


@lines.line("GET /v1/contributions/{contribution_id}", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def read_contribution(at: Spot) -> Sent:
    return Sent({"contribution_id": await contribution(at)})


@lines.line(
    "POST /v1/contributions/{contribution_id}/reversal", P.CONTRIBUTION_REVERSE, Reach.ROW, sight=GROUPED
)
async def reverse_contribution(at: Spot) -> Sent:
    return Sent({"contribution_id": await contribution(at)}, body={"note": "Ghi nhầm"}, keyed=True)


@lines.line("GET /v1/meetings", P.CONTRIBUTION_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_meetings(at: Spot) -> Sent:
    return Sent(shown=await meeting(at))


@lines.line("POST /v1/meetings", P.CONTRIBUTION_RECORD, Reach.ROW, sight=GROUPED)
async def record_meeting(at: Spot) -> Sent:
    return Sent(body=await sheet(at), keyed=True)


@lines.line("GET /v1/meetings/{meeting_id}", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def read_meeting(at: Spot) -> Sent:
    return Sent({"meeting_id": await meeting(at)})


@lines.line("GET /v1/groups/{group_id}/meetings", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def list_group_meetings(at: Spot) -> Sent:
    await meeting(at)
    return Sent({"group_id": await at.group()})


@lines.line("GET /v1/members/{member_id}/passbook", P.CONTRIBUTION_READ, Reach.ROW, sight=GROUPED)
async def read_passbook(at: Spot) -> Sent:
    await contribution(at)
    return Sent({"member_id": await member(at)})


@lines.line("GET /v1/ledger/closings", P.CONTRIBUTION_READ, Reach.LIST, cells=tuple(_CLOSED))
async def list_closings(at: Spot) -> Sent:
    day = _CLOSED[at.cell]

    async def make() -> None:
        await at.stage.owner.execute(
            "insert into closed_period (network, province_code, closed_through) values ($1, $2, $3)",
            at.cell.network, at.place, day,
        )  # fmt: skip

    await at.once("closing", make)
    return Sent(shown=day.isoformat())


@lines.line("POST /v1/ledger/closings", P.PERIOD_CLOSE, Reach.PLACE, cells=(Cell(WOMEN, "P2"),))
async def close_period(at: Spot) -> Sent:
    return Sent(body={"province_code": at.place, "closed_through": "1990-01-01"})
