"""Write the lines of a batch as sheets, one call of the ledger's writer for each group and day.

A line that the ledger refuses is rejected with its errors, and the sheet is written without it; an error of the whole
sheet (the group, the day) rejects each of its lines.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from app.auth.caller import Caller
from app.core.errors import DomainError, FieldError, InvalidInput, Unavailable
from app.core.postgres.database import run_in_savepoint
from app.imports.contributions.rows import Booked, ContributionRowIn
from app.insurance.errors import build_field_error
from app.ledger.errors import EntryBeforeJoining, InsufficientBalanceThen
from app.ledger.schemas import LineIn, MeetingIn
from app.ledger.service import record_sheet

MAX_SHEET_LINES = 200
MAX_WHOLE_ATTEMPTS = 4
"""To record a sheet without the lines that were refused, before it is halved."""
MAX_WHOLE_FILE_SHEETS = 1_000
"""Of a group in a file that is one transaction: each sheet looks through all that the account of the group's cash was
before in that transaction, so that without a bound they cost the square of their number."""
_LINE_FIELDS = tuple(LineIn.model_fields)
_OF_THE_DAY: Final = (EntryBeforeJoining, InsufficientBalanceThen)
_TOO_MANY_DAYS: Final = FieldError(
    "/business_date",
    "too_many_days",
    "Tệp kiểm tra hoặc ghi trong một lần có quá nhiều ngày của một nhóm: hãy chia tệp, hoặc ghi từng phần.",
    "A file that is done in one piece (validate, atomic) has too many days of one group: send several, or use partial.",
)

SheetCounts = Counter[tuple[UUID | None, str | None]]
"""How many sheets of each group were recorded in a transaction; one that is named by its id and by its code is two."""


@dataclass(slots=True)
class Line:
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


def group_into_sheets(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Group the lines by group and day, in their order, at most `MAX_SHEET_LINES` each.

    Days on which something is taken out come last, the earliest first: so what the rows say was saved by then is there,
    in whatever order they are.
    """
    sheets: dict[object, list[Line]] = {}
    for line in lines:
        data = line.data
        sheets.setdefault((data.group_id, data.group_code, data.business_date), []).append(line)
    for sheet in sorted(sheets.values(), key=_taking_last):
        for start in range(0, len(sheet), MAX_SHEET_LINES):
            yield sheet[start : start + MAX_SHEET_LINES]


def _taking_last(sheet: Sequence[Line]) -> tuple[bool, date]:
    takes = any(line.data.kind == "withdrawal" for line in sheet)
    return takes, sheet[0].data.business_date if takes else date.min


@dataclass(frozen=True, slots=True)
class SheetWriter:
    """Writes sheets in a transaction. whole_file: what it has recorded of a file that is one transaction."""

    driver: asyncpg.Connection
    caller: Caller
    batch_id: UUID
    whole_file: SheetCounts | None

    async def write(self, sheet: list[Line]) -> None:
        """Record a sheet, unless a file that is one transaction has too many of its group. Raises: Unavailable."""
        if self.whole_file is None:
            await self._record(sheet)
            return
        group = sheet[0].data.group_id, sheet[0].data.group_code
        if self.whole_file[group] < MAX_WHOLE_FILE_SHEETS:
            self.whole_file[group] += await self._record(sheet)
            return
        for line in sheet:
            line.reject(_TOO_MANY_DAYS)

    async def _record(self, sheet: list[Line]) -> int:
        """Record a sheet, leaving out the lines that the ledger refuses; return as how many it was recorded.

        It names one at a time: after a few the rest is halved each time, so that a sheet of nothing but bad lines costs
        n log n and not their square. What is good is then recorded as several sheets.
        """
        parts, attempts, recorded = [sheet], 0, 0
        while parts:
            part = parts.pop()
            attempts += 1
            refusal = await self._try_to_record(part)
            if refusal is None:
                recorded += 1
                continue
            rest = _reject_refused_lines(part, refusal)
            half = len(rest) if attempts < MAX_WHOLE_ATTEMPTS else (len(rest) + 1) // 2
            parts += [lines for lines in (rest[half:], rest[:half]) if lines]  # the first half is next
        return recorded

    async def _try_to_record(self, sheet: list[Line]) -> DomainError | None:
        """Record lines as one sheet; return what the ledger refused instead. Raises: Unavailable."""
        key = f"batch {self.batch_id} {sheet[0].index}"
        record = partial(record_sheet, self.caller, _build_meeting(sheet), key)
        try:
            answer = await run_in_savepoint(self.driver, record)
        except Unavailable:
            raise
        except DomainError as refusal:
            return refusal
        for line, item in zip(sheet, answer.parse_body()["items"], strict=True):
            line.status, line.txn_id = Booked.RECORDED, item["id"]
        return None


def _build_meeting(sheet: Sequence[Line]) -> MeetingIn:
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


def _reject_refused_lines(sheet: list[Line], refusal: DomainError) -> list[Line]:
    """Reject the lines that a refusal names (all, when it names none); return the remaining lines."""
    errors_by_line: dict[int, list[FieldError]] = {}
    for error in refusal.errors:
        steps = error.pointer.split("/")
        if len(steps) > 2 and steps[1] == "items" and steps[2].isdigit():
            rest = "".join(f"/{step}" for step in steps[3:])
            if isinstance(refusal, _OF_THE_DAY):  # a row has a day of its own
                rest = "/business_date"
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
