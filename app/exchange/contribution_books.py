"""Contributions of a batch written into the ledger, sheet by sheet: one call of its one writer for each group and day.

A line that the ledger refuses is taken out and told, and the sheet is written without it; what is wrong with the whole
sheet (the group, the day) is told of every line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.db import driver_of, in_savepoint
from app.core.errors import DomainError, FieldError, IdTaken, InvalidInput, NotFound, Unavailable
from app.exchange.contribution_rows import BadContribution, Booked, ContributionRowIn, Row
from app.insurance.enrolment_batch_schemas import Mode
from app.insurance.enrolment_errors import at
from app.insurance.enrolment_sets import Driver, read_members, read_rows
from app.ledger.schemas import LineIn, MeetingIn
from app.ledger.service import record_sheet

LONGEST_SHEET = 200
_OF_LINE = tuple(LineIn.model_fields)

_THERE = """
select t.id, t.group_id, g.code, t.member_id, t.kind, t.amount, t.business_date
  from unnest($1::uuid[]) as x join ledger_txn t on t.id = x left join savings_group g on g.id = t.group_id
"""
_ONE_MEMBER = (
    "one_member",
    "Chỉ dùng một trong member_id, số CCCD, mã số BHXH.",
    "Only one of member_id, national id and social insurance number.",
)


@dataclass(slots=True)
class _Line:
    """A row on its way into the books. place: in the file, from 0."""

    place: int
    data: ContributionRowIn
    member_id: UUID | None = None
    txn_id: str | None = None
    status: Booked | None = None
    errors: list[FieldError] = field(default_factory=list)

    def reject(self, *errors: FieldError) -> None:
        self.status = Booked.REJECTED
        self.errors += errors


async def book(
    db: AsyncSession, actor: Actor, rows: Sequence[Row], mode: Mode, batch_id: UUID, first: int
) -> list[dict[str, Any]]:
    """Write rows; what became of each. first: the place of the first one in its file, from 0.

    Of `validate`, who calls takes back what was written: for that the right to validate is enough.
    """
    driver = await driver_of(db)
    needed = Permission.CONTRIBUTION_VALIDATE if mode is Mode.VALIDATE else Permission.CONTRIBUTION_RECORD
    caller = await Caller.within(db, actor, needed)
    lines = [_Line(first + n, row) for n, row in enumerate(rows) if isinstance(row, ContributionRowIn)]
    await _recognise(driver, lines)
    await _find_members(driver, actor, [line for line in lines if line.status is None])
    for sheet in _sheets(line for line in lines if line.status is None):
        await _write(driver, caller, sheet, batch_id)
    told = {line.place: _told(line) for line in lines}
    return [told.get(first + n) or _told_bad(row) for n, row in enumerate(rows)]


async def _recognise(driver: Driver, lines: Sequence[_Line]) -> None:
    """Rows whose id is in the books already: the same again, or another."""
    ids = [line.data.id for line in lines if line.data.id is not None]
    there = {row["id"]: row for row in await read_rows(driver, _THERE, ids)} if ids else {}
    seen: set[UUID] = set()
    for line in lines:
        if line.data.id is None:
            continue
        row = there.get(line.data.id)
        if row is not None and _same(row, line.data):
            line.status, line.txn_id = Booked.UNCHANGED, str(row["id"])
        elif row is not None or line.data.id in seen:
            line.reject(at("/id", IdTaken))
        seen.add(line.data.id)


def _same(row: Any, data: ContributionRowIn) -> bool:
    of_group = data.group_id == row["group_id"] or data.group_code == row["code"]
    member = data.member_id in (None, row["member_id"])
    amount = data.amount in (None, row["amount"])
    return (
        of_group
        and member
        and amount
        and (data.kind, data.business_date) == (row["kind"], row["business_date"])
    )


async def _find_members(driver: Driver, actor: Actor, lines: Sequence[_Line]) -> None:
    """The members whom rows name by a number."""
    numbers = [line.data.national_id for line in lines if line.data.national_id]
    social = [line.data.social_insurance_no for line in lines if line.data.social_insurance_no]
    known = await read_members(driver, actor.network, numbers, social, []) if numbers or social else []
    by_number = {member.national_id: member.id for member in known}
    by_social = {member.social_insurance_no: member.id for member in known}
    for line in lines:
        data = line.data
        given = [data.member_id, data.national_id, data.social_insurance_no]
        if sum(one is not None for one in given) > 1:
            line.reject(FieldError("/member_id", *_ONE_MEMBER))
        elif data.national_id is not None:
            _named(line, by_number.get(data.national_id), "/national_id")
        elif data.social_insurance_no is not None:
            _named(line, by_social.get(data.social_insurance_no), "/social_insurance_no")
        else:
            line.member_id = data.member_id


def _named(line: _Line, member_id: UUID | None, pointer: str) -> None:
    if member_id is None:
        line.reject(at(pointer, NotFound))
    line.member_id = member_id


def _sheets(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """The lines of each group and day, in their order."""
    sheets: dict[object, list[_Line]] = {}
    for line in lines:
        data = line.data
        sheets.setdefault((data.group_id, data.group_code, data.business_date), []).append(line)
    for sheet in sheets.values():
        for begin in range(0, len(sheet), LONGEST_SHEET):
            yield sheet[begin : begin + LONGEST_SHEET]


async def _write(driver: Driver, caller: Caller, sheet: list[_Line], batch_id: UUID) -> None:
    """Write a sheet without the lines that are refused."""
    while sheet:
        meeting = _meeting(sheet)
        key = f"batch {batch_id} {sheet[0].place}"

        async def work(meeting: MeetingIn = meeting, key: str = key) -> dict[str, Any]:
            return (await record_sheet(caller, meeting, key)).value()

        try:
            written = await in_savepoint(driver, work)
        except Unavailable:
            raise
        except DomainError as refusal:
            sheet = _without(sheet, refusal)
            continue
        for line, item in zip(sheet, written["items"], strict=True):
            line.status, line.txn_id = Booked.RECORDED, item["id"]
        return


def _meeting(sheet: Sequence[_Line]) -> MeetingIn:
    head = sheet[0].data
    items = [
        LineIn.model_construct(
            **{name: getattr(line.data, name) for name in _OF_LINE} | {"member_id": line.member_id}
        )
        for line in sheet
    ]
    return MeetingIn.model_construct(
        id=None, group_id=head.group_id, group_code=head.group_code, business_date=head.business_date, note=None,
        items=items,
    )  # fmt: skip


def _without(sheet: list[_Line], refusal: DomainError) -> list[_Line]:
    """The lines that are left when those named by a refusal are told so; none when it names no line."""
    named: dict[int, list[FieldError]] = {}
    for error in refusal.errors:
        steps = error.pointer.split("/")
        if len(steps) > 2 and steps[1] == "items" and steps[2].isdigit():
            rest = "".join(f"/{step}" for step in steps[3:])
            named.setdefault(int(steps[2]), []).append(FieldError(rest, error.code, error.vi, error.en))
    if not named:
        errors = list(refusal.errors) or [
            at("" if isinstance(refusal, InvalidInput) else "/group_code", type(refusal))
        ]
        for line in sheet:
            line.reject(*errors)
        return []
    for place, errors in named.items():
        sheet[place].reject(*errors)
    return [line for line in sheet if line.status is None]


def without_ids(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is told after a dry run: ids of what was written are nobody's."""
    return [said | {"id": said["id"] if said["status"] == Booked.UNCHANGED else None} for said in told]


def _told(line: _Line) -> dict[str, Any]:
    return {
        "id": line.txn_id,
        "status": (line.status or Booked.REJECTED).value,
        "warnings": [],
        "errors": [(error.pointer, error.code, error.vi, error.en) for error in line.errors],
    }


def _told_bad(row: Row) -> dict[str, Any]:
    assert isinstance(row, BadContribution)  # noqa: S101 - every other row is a line
    errors = [(error.pointer, error.code, error.vi, error.en) for error in row.errors]
    return {"id": None, "status": Booked.REJECTED.value, "warnings": [], "errors": errors}
