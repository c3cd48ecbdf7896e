"""Wire shapes of batches of enrolments (lô đăng ký)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from app.core.errors import FieldError, field_problem
from app.core.language import Language
from app.core.values.bodies import RequestBody, to_field_errors
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.matching.schemas import MemberCandidate
from app.models.insurance.enrolment import EnrolmentBatch

MAX_BATCH_ROWS = 1_000


class Mode(StrEnum):
    """What happens to a batch with invalid rows (chế độ)."""

    VALIDATE = "validate"  # chỉ kiểm tra, không ghi gì
    PARTIAL = "partial"  # ghi các dòng đúng
    ATOMIC = "atomic"  # ghi tất cả hoặc không ghi dòng nào


class Verdict(StrEnum):
    """What happened to one row (kết quả)."""

    CREATED = "created"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class OnConflict(StrEnum):
    """What happens to a row whose reference was sent before with other content (khi trùng mã tham chiếu)."""

    REFUSE = "refuse"  # từ chối dòng, giữ nguyên dữ liệu cũ
    UPDATE_OPEN = "update_open"  # sửa đăng ký chưa được BHXH tiếp nhận


class BadRow:
    """A row that does not have the shape of an enrolment. external_ref: as it was sent, where it is a text at all."""

    def __init__(self, value: object, errors: Sequence[FieldError]) -> None:
        ref = value.get("external_ref") if isinstance(value, Mapping) else None
        self.external_ref = ref if isinstance(ref, str) and 0 < len(ref) <= 200 else None
        self.errors = list(errors)


def _parse_row(value: object, handler: ValidatorFunctionWrapHandler) -> EnrolmentIn | BadRow:
    try:
        row: EnrolmentIn = handler(value)
    except ValidationError as error:
        return BadRow(value, to_field_errors(error.errors(include_url=False), value))
    return row


RowIn = Annotated[EnrolmentIn, WrapValidator(_parse_row)]
"""One row of a batch: an EnrolmentIn, or a BadRow where it cannot be read as one."""


def _check_row_count(value: object) -> object:
    if isinstance(value, list) and not 0 < len(value) <= MAX_BATCH_ROWS:
        raise field_problem(
            "too_many_items" if value else "no_items",
            vi=f"Mỗi lô có từ 1 đến {MAX_BATCH_ROWS} dòng.",
            en=f"A batch has 1 to {MAX_BATCH_ROWS} items.",
        )
    return value


class EnrolmentBatchIn(RequestBody):
    """A batch of enrolments (lô đăng ký). An invalid row does not stop the others unless `atomic`."""

    mode: Annotated[
        Mode, Field(description="`validate` only checks, `partial` takes the good rows, `atomic` all or none")
    ]
    items: Annotated[
        list[RowIn],
        BeforeValidator(_check_row_count),
        Field(min_length=1, max_length=MAX_BATCH_ROWS),
    ]

    on_conflict: Annotated[
        OnConflict,
        Field(
            description="`update_open` changes what BHXH has not accepted yet; else such a row is rejected"
        ),
    ] = OnConflict.REFUSE

    @property
    def rows(self) -> Sequence[EnrolmentIn | BadRow]:
        """The items, those that could not be read among them."""
        return self.items


class RowNote(BaseModel):
    """Something wrong with, or worth knowing about, one field of a row."""

    pointer: Annotated[str, Field(examples=["/items/3/national_id"])]
    code: str
    detail: str


class RowOut(BaseModel):
    """What became of one row."""

    index: int
    external_ref: str | None
    status: Verdict
    enrolment_id: Annotated[UUID | None, Field(description="Made by this row, or the one it repeats")]
    member_id: UUID | None
    warnings: list[RowNote]
    errors: list[RowNote]
    candidates: Annotated[
        list[MemberCandidate],
        Field(description="Who in your own register may be the same person: at most 5, the likeliest first"),
    ]


class SkippedRowOut(BaseModel):
    """A row of a file that is none of the table, and why (dòng không đọc)."""

    row: Annotated[int, Field(description="Of the file, from 1; 0: a sheet of a workbook")]
    code: str
    detail: str

    @classmethod
    def from_columns(cls, rows: Sequence[Sequence[Any]], language: Language) -> list[Self]:
        """Build from the record of a batch, in the reader's language."""
        return [cls(row=row, code=code, detail=texts[language == "en"]) for row, code, *texts in rows]


class Counts(BaseModel):
    """How many rows ended in which way."""

    created: int
    updated: int
    duplicate: int
    unchanged: int
    rejected: int


class EnrolmentBatchSummary(BaseModel):
    """A batch without its rows, as lists show it."""

    batch_id: UUID
    mode: Mode
    rows: Annotated[int, Field(description="Without what was skipped and what is blank")]
    counts: Counts
    skipped: Annotated[
        int, Field(description="Rows of a file that are none of the table: sums, headings of groups")
    ]
    organisation_id: UUID
    client_id: UUID | None
    job_id: Annotated[UUID | None, Field(description="The job that takes the rows in, of more than 1,000")]
    sent_by: UUID
    sent_at: datetime

    @classmethod
    def columns_of(cls, row: EnrolmentBatch) -> dict[str, Any]:
        """The columns of a record under their names on the wire."""
        counts = Counts(**{verdict.value: getattr(row, verdict.value) for verdict in Verdict})
        same = ("mode", "rows", "skipped", "organisation_id", "client_id", "job_id", "sent_by", "sent_at")
        return {"batch_id": row.id, "counts": counts, **{name: getattr(row, name) for name in same}}

    @classmethod
    def from_batch(cls, row: EnrolmentBatch) -> Self:
        """Build from its record."""
        return cls(**cls.columns_of(row))


class EnrolmentBatchOut(EnrolmentBatchSummary):
    """A batch with what became of each row, in the order in which they were sent."""

    skipped_rows: Annotated[
        list[SkippedRowOut], Field(description="The first 1,000 of them, each with the reason")
    ]
    items: list[RowOut]

    @classmethod
    def from_record(cls, row: EnrolmentBatch, language: Language) -> Self:
        """Build from its record, in the reader's language."""
        items = [_row_to_response(index, item, language) for index, item in enumerate(row.items)]
        skipped = SkippedRowOut.from_columns(row.skipped_rows, language)
        return cls(**cls.columns_of(row), skipped_rows=skipped, items=items)


def _row_to_response(index: int, item: Mapping[str, Any], language: Language) -> RowOut:
    def to_notes(name: str) -> list[RowNote]:
        return [
            RowNote(pointer=f"/items/{index}{pointer}", code=code, detail=texts[language == "en"])
            for pointer, code, *texts in item[name]
        ]

    same = {name: item[name] for name in ("external_ref", "status", "enrolment_id", "member_id")}
    candidates = [MemberCandidate.model_validate(candidate) for candidate in item.get("candidates", ())]
    return RowOut(
        index=index, **same, warnings=to_notes("warnings"), errors=to_notes("errors"), candidates=candidates
    )
