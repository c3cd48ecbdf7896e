"""Wire shapes of lists on official forms (danh sách theo biểu mẫu)."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Discriminator, Field, Tag

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name
from app.core.values.time import Day
from app.forms.kinds import ExportForm, Receive, ReportForm
from app.forms.reports.schemas import ReportIn
from app.jobs.schemas import job_url
from app.models.jobs.export_list import ExportList
from app.savings.kinds import Product


class Collector(RequestBody):
    """The collector (nhân viên thu), as named on the form."""

    name: Name
    code: Annotated[Code | None, Field(description="Mã nhân viên thu, issued by BHXH")] = None


class ExportIn(RequestBody):
    """A list to be created: of posted payments that no list of this form has yet, or of one enrolment for TK1-TS."""

    form: ExportForm
    list_date: Annotated[Day, Field(description="Ngày lập danh sách: it chooses the form's layout")]
    product: Product | None = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    commune_code: Annotated[Code | None, Field(description="Xã, phường; its predecessors are meant too")] = (
        None
    )
    paid_from: Annotated[Day | None, Field(description="Ngày đóng đầu tiên")] = None
    paid_to: Annotated[Day | None, Field(description="Ngày đóng cuối cùng; never after list_date")] = None
    enrolment_ids: Annotated[list[Uuid] | None, Field(min_length=1, max_length=1000)] = None
    collector: Collector | None = None
    receive_as: Annotated[Receive, Field(description="Hình thức nhận kết quả")] = Receive.ELECTRONIC


def _body_tag(value: Any) -> str:
    """Return the tag of the body's type, by its form."""
    form = value.get("form") if isinstance(value, dict) else getattr(value, "form", None)
    return "report" if isinstance(form, str) and form in set(ReportForm) else "list"


ExportBody = Annotated[
    Annotated[ExportIn, Tag("list")] | Annotated[ReportIn, Tag("report")], Discriminator(_body_tag)
]
"""A list of payments, or a report of a period."""


class ExportFilter(BaseModel):
    """Query parameters of the list of lists."""

    form: ExportForm | ReportForm | None = None
    year: Annotated[int | None, Field(ge=2000, le=2200)] = None


class ExportOut(BaseModel):
    """A list (danh sách): its number and day never change, and its file can be fetched again."""

    id: UUID
    form: str
    sheet: Annotated[str | None, Field(description="Tờ, of a report")]
    layout: Annotated[int, Field(description="Number of the decision whose form it is: 366, 595")]
    number: Annotated[int, Field(description="Số của danh sách, in its year")]
    year: int
    list_date: date
    organisation_id: UUID
    collector_name: str | None
    collector_code: str | None
    rows: int
    totals: Annotated[dict[str, int], Field(description="Cộng: sums of the rows, đồng")]
    file_url: str
    job_id: UUID | None
    job_url: Annotated[str | None, Field(description="The job that builds the file of a large list")]
    created_by: UUID
    created_at: datetime

    @classmethod
    def from_record(cls, row: ExportList) -> Self:
        """Build the response from the list's record."""
        copied = (
            "id", "form", "layout", "number", "year", "list_date", "organisation_id", "collector_name",
            "collector_code", "rows", "totals", "job_id", "created_by", "created_at",
        )  # fmt: skip
        values = {name: getattr(row, name) for name in copied}
        url = None if row.job_id is None else job_url(row.job_id)
        return cls(
            **values, sheet=row.params.get("sheet"), file_url=f"/v1/exports/{row.id}/file", job_url=url
        )
