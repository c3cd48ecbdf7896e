"""Contributions as rows of a file: their columns, and how a row is parsed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from app.core.errors import FieldError
from app.core.values.bodies import to_field_errors
from app.core.values.text import PersonNumber, SocialInsuranceNo
from app.imports.files.columns import IGNORED_COLUMN, TableSchema
from app.imports.files.tables import RawRow
from app.imports.files.values import PRODUCTS, choice_parser, digits_parser, parse_day_cell, parse_money_cell
from app.ledger.schemas import ContributionIn, ContributionKind

MAX_ROWS_AT_ONCE: Final = 1_000


class Booked(StrEnum):
    """The outcome of one row (kết quả)."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class ContributionRowIn(ContributionIn):
    """One contribution of a batch: its member by id, by a number, or none for the group's common fund."""

    kind: ContributionKind = Field(default="saving", description="Loại khoản đóng góp (kind of contribution)")
    national_id: Annotated[
        PersonNumber | None, Field(description="Số CCCD of the member, instead of member_id")
    ] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH, instead")] = None


class BadContribution:
    """A row that is not a valid contribution."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors


ContributionRow = ContributionRowIn | BadContribution
_ROW: TypeAdapter[ContributionRowIn] = TypeAdapter(ContributionRowIn)


def parse_contribution_row(raw: RawRow) -> ContributionRow:
    """Parse the contribution of a row of a file."""
    return BadContribution(list(raw.errors)) if raw.errors else parse_contribution(raw.value)


def parse_contribution(value: Any) -> ContributionRow:
    """Parse a contribution from a JSON value."""
    try:
        return _ROW.validate_python(value)
    except ValidationError as error:
        return BadContribution(to_field_errors(error.errors(include_url=False), value))


_KINDS: Final[Mapping[str, str | None]] = {
    "tiết kiệm": "saving", "gửi": "saving", "nộp": "saving", "rút": "withdrawal", "ủng hộ": "donation",
    "tài trợ": "donation", "bán": "sale", "bán phế liệu": "sale", "bán nông sản": "sale",
}  # fmt: skip
CONTRIBUTION_TABLE: Final = TableSchema(
    list(ContributionRowIn.model_fields),
    {
        "group_code": ("Mã tổ",),
        "national_id": ("Số CCCD/ ĐDCN", "Số CCCD/ĐDCN", "Số CCCD", "CCCD", "Số định danh"),
        "social_insurance_no": ("Mã số BHXH", "Số BHXH"),
        "kind": ("Loại", "Loại khoản"),
        "product": ("Mục đích", "Loại hình"),
        "amount": ("Số tiền",),
        "business_date": ("Ngày thu", "Ngày"),
        "source": ("Nguồn", "Người ủng hộ", "Người mua"),
        "note": ("Ghi chú",),
        IGNORED_COLUMN: ("STT", "Họ và tên", "Dòng", "Lỗi", "row", "error"),
    },
    {
        "national_id": digits_parser(12, 2),
        "social_insurance_no": digits_parser(10, 2),
        "kind": choice_parser(_KINDS),
        "product": choice_parser(PRODUCTS),
        "amount": parse_money_cell,
        "unit_price": parse_money_cell,
        "business_date": parse_day_cell,
    },
)
"""The headings of tables of contributions."""

CONTRIBUTION_TEMPLATE: Final = (
    "STT", "Họ và tên", "Mã tổ", "Số CCCD/ ĐDCN", "Loại", "Mục đích", "Số tiền", "Ngày thu", "Ghi chú"
)  # fmt: skip
CONTRIBUTION_EXAMPLE: Final = {
    "group_code": "HT-HD-0001", "national_id": "042184000123", "kind": "saving", "product": "bhxh_tn",
    "amount": 10_000, "business_date": "2026-11-20",
}  # fmt: skip
