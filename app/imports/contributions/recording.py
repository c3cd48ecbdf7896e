"""Record contributions of a batch: find what was recorded before and whose they are; the rest is written as sheets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.errors import FieldError, IdTaken, NotFound
from app.core.postgres.bulk import fetch_with_custom_plan
from app.core.postgres.database import get_driver
from app.imports.contributions.rows import BadContribution, Booked, ContributionRow, ContributionRowIn
from app.imports.contributions.sheets import Line, SheetCounts, SheetWriter, group_into_sheets
from app.insurance.enrolments.intake.schemas import Mode
from app.insurance.errors import build_field_error
from app.insurance.matching.queries import read_members

_SELECT_EXISTING = """
select t.id, t.group_id, g.code, t.member_id, t.kind, t.amount, t.business_date
  from unnest($1::uuid[]) as x join ledger_txn t on t.id = x left join savings_group g on g.id = t.group_id
"""
_ONE_MEMBER_ERROR = (
    "one_member",
    "Chỉ dùng một trong ba: mã hội viên, số CCCD hoặc mã số BHXH.",
    "Only one of member_id, national id and social insurance number.",
)


async def record_contributions(
    db: AsyncSession,
    actor: Actor,
    rows: Sequence[ContributionRow],
    mode: Mode,
    batch_id: UUID,
    first: int,
    whole_file: SheetCounts | None = None,
) -> list[dict[str, Any]]:
    """Record rows and return the outcome of each. first: the index of the first one in its file, from 0. whole_file:
    what the transaction has recorded of a file that is one transaction; more is rejected than `MAX_WHOLE_FILE_SHEETS`.

    Of `validate`, who calls takes back what was written: for that the right to validate is enough.
    """
    driver = await get_driver(db)
    permission = Permission.CONTRIBUTION_VALIDATE if mode is Mode.VALIDATE else Permission.CONTRIBUTION_RECORD
    caller = await Caller.in_transaction(db, actor, permission)
    lines = [Line(first + n, row) for n, row in enumerate(rows) if isinstance(row, ContributionRowIn)]
    await _match_existing(driver, lines)
    await _find_members(driver, actor, [line for line in lines if line.status is None])
    writer = SheetWriter(driver, caller, batch_id, whole_file)
    for sheet in group_into_sheets(line for line in lines if line.status is None):
        await writer.write(sheet)
    outcomes = {line.index: _to_outcome(line) for line in lines}
    return [outcomes.get(first + n) or _bad_row_outcome(row) for n, row in enumerate(rows)]


async def _match_existing(driver: asyncpg.Connection, lines: Sequence[Line]) -> None:
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


async def _find_members(driver: asyncpg.Connection, actor: Actor, lines: Sequence[Line]) -> None:
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


def _set_member(line: Line, member_id: UUID | None, pointer: str) -> None:
    if member_id is None:
        line.reject(build_field_error(pointer, NotFound))
    line.member_id = member_id


def clear_new_ids(outcomes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Clear the ids of new contributions from the outcomes of a dry run."""
    return [
        outcome | {"id": outcome["id"] if outcome["status"] == Booked.UNCHANGED else None}
        for outcome in outcomes
    ]


def _to_outcome(line: Line) -> dict[str, Any]:
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
