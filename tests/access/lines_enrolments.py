"""Lines of enrolments and their batches, and of the aggregates."""

from itertools import count
from typing import Any

from app.auth.permissions import P
from tests.access.actors import COMMUNAL, SIBLING, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import member
from tests.access.spots import Spot

lines = Matrix()
_numbers = count(1)
GROUPED = Sight.GROUPED
_TERMS = {"product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12"}
_REASONS = {"reasons": [{"pointer": "/national_id", "code": "not_readable", "text": "Không đọc được."}]}


def person(place: str) -> dict[str, Any]:
    """An enrolment of somebody whom nobody knows yet."""
    number = next(_numbers)
    who = {"full_name": "Người Mới Vào", "birth_date": "1984-03-02", "national_id": f"042284{number:06}"}
    return _TERMS | who | {"commune_code": place, "external_ref": f"REF-{number}"}


async def enrolment(at: Spot) -> str:
    """A draft (nháp) for `member`, in the cell's group."""
    body = _TERMS | {
        "member_id": await member(at),
        "group_id": await at.group(),
        "relation_to_head": at.name(GROUPED),
    }
    return await at.posted("enrolment", "/v1/enrolments", body, sight=GROUPED)


async def submitted(at: Spot) -> str:
    """An enrolment that waits for BHXH: a batch of one."""

    async def make() -> str:
        who = person(at.place) | {"group_id": await at.group(), "full_name": at.name(GROUPED)}
        answer = await at.stage.post(at.cell, "/v1/enrolments/batches", {"mode": "atomic", "items": [who]})
        return str(answer["items"][0]["enrolment_id"])

    return await at.row("submitted", make, sight=GROUPED)


async def sent_batch(at: Spot) -> dict[str, Any]:
    """What the cell's officer was told of a batch with `member` in it."""
    who, group = await member(at), await at.group()

    async def make() -> Any:
        known = _TERMS | {"member_id": who, "group_id": group, "from_month": "2027-03"}
        sent = {"mode": "partial", "items": [person(at.place), known]}
        return await at.stage.post(at.cell, "/v1/enrolments/batches", sent)

    answer: dict[str, Any] = await at.once("answer to the batch", make)
    return answer


async def batch(at: Spot) -> str:
    """A batch (đợt gửi) of the cell's officer."""

    async def make() -> Any:
        return (await sent_batch(at))["batch_id"]

    return str(
        await at.once("batch", make)
    )  # an id that its enrolments tell as well, so no mark of the whole


async def of_batch(at: Spot) -> str:
    """The enrolment of `member` in the batch."""

    async def make() -> Any:
        return (await sent_batch(at))["items"][1]["enrolment_id"]

    return await at.row("enrolment of the batch", make, sight=GROUPED)


@lines.line("GET /v1/enrolments", P.ENROLMENT_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_enrolments(at: Spot) -> Sent:
    return Sent(shown=await enrolment(at))


@lines.line("POST /v1/enrolments", P.ENROLMENT_SUBMIT, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def create_enrolment(at: Spot) -> Sent:
    return Sent(body=person(at.place))


@lines.line("POST /v1/enrolments", P.ENROLMENT_SUBMIT, Reach.ROW, sight=GROUPED, about="member")
async def enrol_member(at: Spot) -> Sent:
    return Sent(body=_TERMS | {"member_id": await member(at), "from_month": "2027-01"})


@lines.line("POST /v1/enrolments", P.ENROLMENT_SUBMIT, Reach.ROW, sight=GROUPED, about="group")
async def enrol_into_group(at: Spot) -> Sent:
    return Sent(body=person(at.own_place) | {"group_id": await at.group()})


@lines.line("GET /v1/enrolments/{enrolment_id}", P.ENROLMENT_READ, Reach.ROW, sight=GROUPED)
async def read_enrolment(at: Spot) -> Sent:
    return Sent({"enrolment_id": await enrolment(at)})


@lines.line("PATCH /v1/enrolments/{enrolment_id}", P.ENROLMENT_SUBMIT, Reach.ROW, sight=GROUPED)
async def edit_enrolment(at: Spot) -> Sent:
    return Sent({"enrolment_id": await enrolment(at)}, body={"monthly_income": 2_000_000}, version=1)


@lines.line("POST /v1/enrolments/{enrolment_id}/submit", P.ENROLMENT_SUBMIT, Reach.ROW, sight=GROUPED)
async def submit(at: Spot) -> Sent:
    return Sent({"enrolment_id": await enrolment(at)}, version=1)


@lines.line("POST /v1/enrolments/{enrolment_id}/withdraw", P.ENROLMENT_SUBMIT, Reach.ROW, sight=GROUPED)
async def withdraw(at: Spot) -> Sent:
    return Sent({"enrolment_id": await enrolment(at)}, version=1)


@lines.line("POST /v1/enrolments/{enrolment_id}/accept", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def accept(at: Spot) -> Sent:
    return Sent({"enrolment_id": await submitted(at)}, version=1)


@lines.line("POST /v1/enrolments/{enrolment_id}/return", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def return_(at: Spot) -> Sent:
    return Sent({"enrolment_id": await submitted(at)}, body=_REASONS, version=1)


@lines.line("POST /v1/enrolments/{enrolment_id}/reject", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def reject(at: Spot) -> Sent:
    return Sent({"enrolment_id": await submitted(at)}, body=_REASONS, version=1)


@lines.line("GET /v1/enrolments/batches", P.ENROLMENT_READ, Reach.LIST, cells=COMMUNAL, sight=Sight.WHOLE)
async def list_batches(at: Spot) -> Sent:
    return Sent(shown=await batch(at))


@lines.line(
    "POST /v1/enrolments/batches",
    P.ENROLMENT_VALIDATE,
    Reach.ROW,
    cells=(SUBJECT, SIBLING),
    foreign=422,
    sight=GROUPED,
)
async def receive_batch(at: Spot) -> Sent:
    rows = [person(at.own_place), person(at.own_place) | {"group_id": await at.group()}]
    return Sent(body={"mode": "atomic", "items": rows}, keyed=True)


@lines.line("GET /v1/enrolments/batches/{batch_id}", P.ENROLMENT_READ, Reach.ROW, sight=Sight.WHOLE)
async def read_batch(at: Spot) -> Sent:
    return Sent({"batch_id": await batch(at)})


@lines.line("GET /v1/enrolments/batches/template", P.ENROLMENT_READ, Reach.OWN)
async def read_template(_at: Spot) -> Sent:
    return Sent(query={"format": "ndjson"})


@lines.line("GET /v1/stats/summary", P.STATS_READ, Reach.OWN)
async def read_summary(at: Spot) -> Sent:
    return Sent(query={"place": at.place})


@lines.line("GET /v1/stats/metrics", P.STATS_READ, Reach.OWN)
async def list_metrics(_at: Spot) -> Sent:
    return Sent()
