"""Record the contributions of a batch in the ledger, one call of its writer for each group and day.

A line that the ledger refuses is rejected with its errors, and the sheet is written without it; an error of the whole
sheet (the group, the day) rejects each of its lines.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.errors import DomainError, FieldError, IdTaken, InvalidInput, NotFound, Unavailable
from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver, run_in_savepoint
from app.imports.contributions.rows import BadContribution, Booked, ContributionRow, ContributionRowIn
from app.insurance.enrolments.intake.schemas import Mode
from app.insurance.errors import build_field_error
from app.insurance.matching.queries import read_members
from app.ledger.schemas import LineIn, MeetingIn
from app.ledger.service import record_sheet

MAX_SHEET_LINES = 200
MAX_WHOLE_ATTEMPTS = 4
"""To record a sheet without the lines that were refused, before it is halved."""
_LINE_FIELDS = tuple(LineIn.model_fields)

_SELECT_EXISTING = """
select t.id, t.group_id, g.code, t.member_id, t.kind, t.amount, t.business_date
  from unnest($1::uuid[]) as x join ledger_txn t on t.id = x left join savings_group g on g.id = t.group_id
"""
_ONE_MEMBER_ERROR = (
    "one_member",
    "Chỉ dùng một trong member_id, số CCCD, mã số BHXH.",
    "Only one of member_id, national id and social insurance number.",
)


@dataclass(slots=True)
class _Line:
    """A row on its way into the ledger. index: in the file, from 0."""

    index: int
    data: ContributionRowIn
    member_id: UUID | None = None
    txn_id: str | None = None
    status: Booked | None = None
    errors: list[FieldError] = field(default_factory=list)

    def reject(self, *errors: FieldError) -> None:
        self.status = Booked.REJECTED
        self.errors += errors


async def record_contributions(
    db: AsyncSession, actor: Actor, rows: Sequence[ContributionRow], mode: Mode, batch_id: UUID, first: int
) -> list[dict[str, Any]]:
    """Record rows and return the outcome of each. first: the index of the first one in its file, from 0.

    Of `validate`, who calls takes back what was written: for that the right to validate is enough.
    """
    driver = await get_driver(db)
    permission = Permission.CONTRIBUTION_VALIDATE if mode is Mode.VALIDATE else Permission.CONTRIBUTION_RECORD
    caller = await Caller.in_transaction(db, actor, permission)
    lines = [_Line(first + n, row) for n, row in enumerate(rows) if isinstance(row, ContributionRowIn)]
    await _match_existing(driver, lines)
    await _find_members(driver, actor, [line for line in lines if line.status is None])
    for sheet in _group_into_sheets(line for line in lines if line.status is None):
        await _write_sheet(driver, caller, sheet, batch_id)
    outcomes = {line.index: _to_outcome(line) for line in lines}
    return [outcomes.get(first + n) or _bad_row_outcome(row) for n, row in enumerate(rows)]


async def _match_existing(driver: asyncpg.Connection, lines: Sequence[_Line]) -> None:
    """Match rows whose id is recorded already: unchanged, or an id that is taken."""
    ids = [line.data.id for line in lines if line.data.id is not None]
    existing = (
        {row["id"]: row for row in await fetch_with_custom_plan(driver, _SELECT_EXISTING, ids)} if ids else {}
    )
    seen: set[UUID] = set()
    for line in lines:
        if line.data.id is None:
            continue
        row = existing.get(line.data.id)
        if row is not None and _is_same(row, line.data):
            line.status, line.txn_id = Booked.UNCHANGED, str(row["id"])
        elif row is not None or line.data.id in seen:
            line.reject(build_field_error("/id", IdTaken))
        seen.add(line.data.id)


def _is_same(row: Any, data: ContributionRowIn) -> bool:
    same_group = data.group_id == row["group_id"] or data.group_code == row["code"]
    same_member = data.member_id in (None, row["member_id"])
    same_amount = data.amount in (None, row["amount"])
    return (
        same_group
        and same_member
        and same_amount
        and (data.kind, data.business_date) == (row["kind"], row["business_date"])
    )


async def _find_members(driver: asyncpg.Connection, actor: Actor, lines: Sequence[_Line]) -> None:
    """Find the members whom rows name by a number."""
    numbers = [line.data.national_id for line in lines if line.data.national_id]
    social_numbers = [line.data.social_insurance_no for line in lines if line.data.social_insurance_no]
    members = (
        await read_members(driver, actor.network, numbers, social_numbers, [])
        if numbers or social_numbers
        else []
    )
    by_number = {member.national_id: member.id for member in members}
    by_social = {member.social_insurance_no: member.id for member in members}
    for line in lines:
        data = line.data
        identifiers = [data.member_id, data.national_id, data.social_insurance_no]
        if sum(number is not None for number in identifiers) > 1:
            line.reject(FieldError("/member_id", *_ONE_MEMBER_ERROR))
        elif data.national_id is not None:
            _set_member(line, by_number.get(data.national_id), "/national_id")
        elif data.social_insurance_no is not None:
            _set_member(line, by_social.get(data.social_insurance_no), "/social_insurance_no")
        else:
            line.member_id = data.member_id


def _set_member(line: _Line, member_id: UUID | None, pointer: str) -> None:
    if member_id is None:
        line.reject(build_field_error(pointer, NotFound))
    line.member_id = member_id


def _group_into_sheets(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Group the lines by group and day, in their order, at most `MAX_SHEET_LINES` each."""
    sheets: dict[object, list[_Line]] = {}
    for line in lines:
        data = line.data
        sheets.setdefault((data.group_id, data.group_code, data.business_date), []).append(line)
    for sheet in sheets.values():
        for start in range(0, len(sheet), MAX_SHEET_LINES):
            yield sheet[start : start + MAX_SHEET_LINES]


async def _write_sheet(
    driver: asyncpg.Connection, caller: Caller, sheet: list[_Line], batch_id: UUID
) -> None:
    """Record a sheet, leaving out the lines that the ledger refuses.

    It names one at a time: after a few the rest is halved each time, so that a sheet of nothing but bad lines costs
    n log n and not their square. What is good is then recorded as several sheets.
    """
    parts, attempts = [sheet], 0
    while parts:
        part = parts.pop()
        attempts += 1
        refusal = await _try_to_record(driver, caller, part, batch_id)
        if refusal is not None:
            rest = _reject_refused_lines(part, refusal)
            half = len(rest) if attempts < MAX_WHOLE_ATTEMPTS else (len(rest) + 1) // 2
            parts += [lines for lines in (rest[half:], rest[:half]) if lines]  # the first half is next


async def _try_to_record(
    driver: asyncpg.Connection, caller: Caller, sheet: list[_Line], batch_id: UUID
) -> DomainError | None:
    """Record lines as one sheet; return what the ledger refused instead. Raises: Unavailable."""
    key = f"batch {batch_id} {sheet[0].index}"
    try:
        answer = await run_in_savepoint(driver, partial(record_sheet, caller, _build_meeting(sheet), key))
    except Unavailable:
        raise
    except DomainError as refusal:
        return refusal
    for line, item in zip(sheet, answer.parse_body()["items"], strict=True):
        line.status, line.txn_id = Booked.RECORDED, item["id"]
    return None


def _build_meeting(sheet: Sequence[_Line]) -> MeetingIn:
    head = sheet[0].data
    items = [
        LineIn.model_construct(
            **{name: getattr(line.data, name) for name in _LINE_FIELDS} | {"member_id": line.member_id}
        )
        for line in sheet
    ]
    return MeetingIn.model_construct(
        id=None, group_id=head.group_id, group_code=head.group_code, business_date=head.business_date, note=None,
        items=items,
    )  # fmt: skip


def _reject_refused_lines(sheet: list[_Line], refusal: DomainError) -> list[_Line]:
    """Reject the lines that a refusal names (all, when it names none); return the remaining lines."""
    errors_by_line: dict[int, list[FieldError]] = {}
    for error in refusal.errors:
        steps = error.pointer.split("/")
        if len(steps) > 2 and steps[1] == "items" and steps[2].isdigit():
            rest = "".join(f"/{step}" for step in steps[3:])
            errors_by_line.setdefault(int(steps[2]), []).append(
                FieldError(rest, error.code, error.vi, error.en)
            )
    if not errors_by_line:
        errors = list(refusal.errors) or [
            build_field_error("" if isinstance(refusal, InvalidInput) else "/group_code", type(refusal))
        ]
        for line in sheet:
            line.reject(*errors)
        return []
    for index, errors in errors_by_line.items():
        sheet[index].reject(*errors)
    return [line for line in sheet if line.status is None]


def clear_new_ids(outcomes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Clear the ids of new contributions from the outcomes of a dry run."""
    return [
        outcome | {"id": outcome["id"] if outcome["status"] == Booked.UNCHANGED else None}
        for outcome in outcomes
    ]


def _to_outcome(line: _Line) -> dict[str, Any]:
    return {
        "id": line.txn_id,
        "status": (line.status or Booked.REJECTED).value,
        "warnings": [],
        "errors": [(error.pointer, error.code, error.vi, error.en) for error in line.errors],
    }


def _bad_row_outcome(row: ContributionRow) -> dict[str, Any]:
    assert isinstance(row, BadContribution)  # noqa: S101 - every other row is a line
    errors = [(error.pointer, error.code, error.vi, error.en) for error in row.errors]
    return {"id": None, "status": Booked.REJECTED.value, "warnings": [], "errors": errors}
