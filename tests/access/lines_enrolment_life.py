"""Lines of what BHXH alone does: issue and end, note other insurance, settle duplicates; and of the checks."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app.auth.permissions import P
from tests.access.actors import BHXH, FARMERS, OF_BHXH, OTHER_GROUP, OTHER_UNION, SUBJECT, WOMEN, Cell, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.lines_enrolments import enrolment, person
from tests.access.marks import Mark
from tests.access.rows import member
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED
_OTHER = {"kind": "compulsory", "valid_from": "2020-01-01"}
_PAIRED = (SUBJECT, OTHER_GROUP, OTHER_UNION)
"""Where another union works beside the cell's own."""


async def of_bhxh(at: Spot, what: str, make: Callable[[], Awaitable[Any]]) -> str:
    """The id of a row that BHXH alone may see, whoever's person it is about."""
    made = str(await at.once(what, make))
    if at.standing:
        at.stage.rows[made] = Mark(Cell(BHXH, at.cell.place), Sight.PLACED)
    return made


async def paid(at: Spot) -> str:
    """An enrolment whose premium was posted, as far as enrolments know."""

    async def make() -> str:
        made = await _sent(at, at.cell, person(at.place) | await _own(at))
        await at.stage.owner.execute(
            "update enrolment set status = 'paid', paid_at = now(), decided_at = now() where id = $1",
            UUID(made),
        )
        return made

    return await at.row("paid", make, sight=GROUPED)


async def _sent(at: Spot, cell: Cell, row: dict[str, Any]) -> str:
    answer = await at.stage.post(cell, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    return str(answer["items"][0]["enrolment_id"])


async def _own(at: Spot) -> dict[str, Any]:
    return {"group_id": await at.group(), "full_name": at.name(GROUPED)}


async def other_insurance(at: Spot) -> str:
    """What BHXH knows of `member`."""
    who = await member(at)

    async def make() -> Any:
        return (await at.stage.post(OF_BHXH, f"/v1/members/{who}/other-insurance", _OTHER))["id"]

    return await of_bhxh(at, "other insurance", make)


async def pair(at: Spot, what: str = "pair") -> dict[str, str]:
    """An enrolment of the cell's, and one of the same person by another union there."""
    who = person(at.place)

    async def mine() -> str:
        return await _sent(at, at.cell, who | await _own(at))

    async def theirs() -> str:
        return await _sent(at, Cell(FARMERS if at.cell.network == WOMEN else WOMEN, at.cell.place), who)

    keep = await at.row(f"one of the {what}", mine, sight=GROUPED)
    return {"keep": keep, "drop": str(await at.once(f"other of the {what}", theirs))}


async def merge(at: Spot) -> str:
    """The pair, merged by BHXH."""
    both = await pair(at, "merged pair")

    async def make() -> Any:
        return (await at.stage.post(OF_BHXH, "/v1/enrolment-duplicates/merge", both))["merge_id"]

    return await of_bhxh(at, "merge", make)


@lines.line("GET /v1/enrolments/{enrolment_id}/checks", P.ENROLMENT_READ, Reach.ROW, sight=GROUPED)
async def read_checks(at: Spot) -> Sent:
    return Sent({"enrolment_id": await enrolment(at)})


@lines.line("POST /v1/enrolments/{enrolment_id}/activate", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def activate(at: Spot) -> Sent:
    return Sent({"enrolment_id": await paid(at)}, body={"health_card_no": "GD4420123456789"})


@lines.line("POST /v1/enrolments/{enrolment_id}/end", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def end(at: Spot) -> Sent:
    return Sent({"enrolment_id": await paid(at)}, body={"reason": "stopped", "date": "2026-01-31"})


@lines.line("GET /v1/members/{member_id}/other-insurance", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def list_other_insurance(at: Spot) -> Sent:
    await other_insurance(at)
    return Sent({"member_id": await member(at)})


@lines.line("POST /v1/members/{member_id}/other-insurance", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def note_other_insurance(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)}, body=_OTHER | {"kind": "pension"})


@lines.line(
    "POST /v1/members/{member_id}/other-insurance/{other_insurance_id}/end",
    P.ENROLMENT_DECIDE,
    Reach.ROW,
    sight=GROUPED,
)
async def end_other_insurance(at: Spot) -> Sent:
    path = {"member_id": await member(at), "other_insurance_id": await other_insurance(at)}
    return Sent(path, body={"valid_to": "2021-01-01"})


@lines.line("GET /v1/enrolment-duplicates", P.ENROLMENT_DECIDE, Reach.LIST, cells=_PAIRED, sight=GROUPED)
async def list_duplicates(at: Spot) -> Sent:
    return Sent(shown=(await pair(at))["keep"])


@lines.line(
    "POST /v1/enrolment-duplicates/merge", P.ENROLMENT_DECIDE, Reach.ROW, cells=_PAIRED, sight=GROUPED
)
async def merge_duplicates(at: Spot) -> Sent:
    return Sent(body=await pair(at))


@lines.line("GET /v1/enrolment-duplicates/{merge_id}", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def read_merge(at: Spot) -> Sent:
    return Sent({"merge_id": await merge(at)})


@lines.line("POST /v1/enrolment-duplicates/{merge_id}/undo", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def undo_merge(at: Spot) -> Sent:
    return Sent({"merge_id": await merge(at)})
