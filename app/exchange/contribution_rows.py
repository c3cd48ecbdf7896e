"""Contributions as rows of a file: their columns, and what one row asks for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from app.core.bodies import field_errors
from app.core.errors import FieldError
from app.core.text import PersonNumber, SocialInsuranceNo
from app.exchange.import_columns import SKIPPED, Words
from app.exchange.import_tables import RawRow
from app.exchange.import_values import chosen, day, digits, money
from app.ledger.schemas import ContributionIn, Kind

MOST_AT_ONCE: Final = 1_000


class Booked(StrEnum):
    """What became of one row (kết quả)."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class ContributionRowIn(ContributionIn):
    """One contribution of a batch: its member by id, by a number, or none for the group's common fund."""

    kind: Kind = Field(default="saving", description="Loại khoản đóng góp (kind of contribution)")
    national_id: Annotated[
        PersonNumber | None, Field(description="Số CCCD of the member, instead of member_id")
    ] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH, instead")] = None


class BadContribution:
    """A row that has not the shape of a contribution."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors


Row = ContributionRowIn | BadContribution
_ROW: TypeAdapter[ContributionRowIn] = TypeAdapter(ContributionRowIn)


def row_of(raw: RawRow) -> Row:
    """What a row of a file asks for."""
    return BadContribution(list(raw.errors)) if raw.errors else row_from(raw.value)


def row_from(value: Any) -> Row:
    """What a value of JSON asks for."""
    try:
        return _ROW.validate_python(value)
    except ValidationError as error:
        return BadContribution(field_errors(error.errors(include_url=False), value))


_KINDS: Final[Mapping[str, str | None]] = {
    "tiết kiệm": "saving", "gửi": "saving", "nộp": "saving", "rút": "withdrawal", "ủng hộ": "donation",
    "tài trợ": "donation", "bán": "sale", "bán phế liệu": "sale", "bán nông sản": "sale",
}  # fmt: skip
_PRODUCTS: Final[Mapping[str, str | None]] = {
    "BHXH tự nguyện": "bhxh_tn", "BHXH TN": "bhxh_tn", "BHXH": "bhxh_tn", "BHYT hộ gia đình": "bhyt_hgd",
    "BHYT HGĐ": "bhyt_hgd", "BHYT": "bhyt_hgd",
}  # fmt: skip
CONTRIBUTIONS: Final = Words(
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
        SKIPPED: ("STT", "Họ và tên", "Dòng", "Lỗi", "row", "error"),
    },
    {
        "national_id": digits(12, 2),
        "social_insurance_no": digits(10, 2),
        "kind": chosen(_KINDS),
        "product": chosen(_PRODUCTS),
        "amount": money,
        "unit_price": money,
        "business_date": day,
    },
)
"""The headings of tables of contributions."""

TEMPLATE: Final = (
    "STT", "Họ và tên", "Mã tổ", "Số CCCD/ ĐDCN", "Loại", "Mục đích", "Số tiền", "Ngày thu", "Ghi chú"
)  # fmt: skip
EXAMPLE: Final = {
    "group_code": "HT-HD-0001", "national_id": "042184000123", "kind": "saving", "product": "bhxh_tn",
    "amount": 10_000, "business_date": "2026-11-20",
}  # fmt: skip
