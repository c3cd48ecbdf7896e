"""Wire shapes of batches of contributions (lô khoản đóng góp)."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.language import Language
from app.core.values.bodies import RequestBody
from app.core.values.text import Code
from app.core.values.time import Day
from app.imports.contributions.rows import Booked
from app.insurance.enrolments.intake.schemas import Mode, RowNote, SkippedRowOut
from app.models.jobs.contribution_batch import ContributionBatch


class Envelope(RequestBody):
    """What a batch in JSON says beside its rows."""

    mode: Mode
    items: list[Any]


class ContributionQuery(BaseModel):
    """Query parameters of a batch that is sent as a file: what its rows leave open."""

    mode: Annotated[
        Mode | None, Field(description="Needed for NDJSON, CSV and XLSX; JSON has it in its body")
    ] = None
    group_code: Annotated[Code | None, Field(description="Mã tổ of rows without one")] = None
    business_date: Annotated[Day | None, Field(description="Ngày thu of rows without one")] = None

    @property
    def defaults(self) -> dict[str, str]:
        """The values of fields that rows leave open."""
        names = ("group_code", "business_date")
        return {name: str(value) for name in names if (value := getattr(self, name)) is not None}


class BookedRow(BaseModel):
    """What became of one row."""

    index: int
    id: Annotated[UUID | None, Field(description="Of the contribution, as it stands in the books")]
    status: Booked
    errors: list[RowNote]


class BookedCounts(BaseModel):
    """How many rows ended in which way."""

    recorded: int
    unchanged: int
    rejected: int


class ContributionBatchOut(BaseModel):
    """A batch with what became of each row; with more than 1,000 rows, that is in the job's files."""

    batch_id: UUID
    mode: Mode
    rows: Annotated[int, Field(description="Without what was skipped and what is blank")]
    counts: BookedCounts
    skipped: Annotated[
        int, Field(description="Rows of a file that are none of the table: sums, headings of groups")
    ]
    skipped_rows: Annotated[
        list[SkippedRowOut], Field(description="The first 1,000 of them, each with the reason")
    ]
    organisation_id: UUID
    job_id: UUID | None
    sent_by: UUID
    sent_at: datetime
    items: list[BookedRow]

    @classmethod
    def from_record(cls, row: ContributionBatch, language: Language) -> Self:
        """Build the response from the batch's record, in the reader's language."""
        copied = ("mode", "rows", "skipped", "organisation_id", "job_id", "sent_by", "sent_at")
        counts = BookedCounts(**{status.value: getattr(row, status.value) for status in Booked})
        items = [_row_to_response(index, item, language) for index, item in enumerate(row.items)]
        skipped = SkippedRowOut.from_columns(row.skipped_rows, language)
        same = {name: getattr(row, name) for name in copied}
        return cls(batch_id=row.id, counts=counts, items=items, skipped_rows=skipped, **same)


def _row_to_response(index: int, item: dict[str, Any], language: Language) -> BookedRow:
    errors = [
        RowNote(pointer=f"/items/{index}{pointer}", code=code, detail=detail_texts[language == "en"])
        for pointer, code, *detail_texts in item["errors"]
    ]
    return BookedRow(index=index, id=item["id"], status=item["status"], errors=errors)
