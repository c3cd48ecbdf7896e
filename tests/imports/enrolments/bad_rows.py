"""Forty kinds of bad rows, each with the column and error code to be reported. Headings are Vietnamese, as typed."""

from dataclasses import dataclass
from typing import Any

NAME, BORN, ID, SOCIAL, PHONE = (
    "Họ và tên",
    "Ngày, tháng, năm sinh",
    "Số CCCD/ ĐDCN",
    "Mã số BHXH",
    "Số điện thoại",
)
KIND, METHOD, MONTHS, INCOME, FROM = "Loại hình", "Phương thức", "Số tháng", "Mức thu nhập", "Từ tháng"
COMMUNE, GROUP, REF, SEX, SUPPORT, RELATION = (
    "Mã xã", "Mã tổ", "Mã tham chiếu", "Giới tính", "Đối tượng", "Quan hệ với chủ hộ"
)  # fmt: skip


@dataclass(frozen=True)
class BadRow:
    """One kind of bad row. changes: cells of a good row; column: named in the error; code: of the error."""

    changes: dict[str, Any]
    column: str
    code: str


BAD_ROWS: dict[str, BadRow] = {
    "name left out": BadRow({NAME: ""}, "full_name", "missing"),
    "name of one space": BadRow({NAME: "   "}, "full_name", "missing"),
    "name too long": BadRow({NAME: "A" * 300}, "full_name", ""),
    "name with a control character": BadRow({NAME: "Nguyễn\u0007 Thị"}, "full_name", ""),
    "name with NUL": BadRow({NAME: "Nguyễn\x00Thị"}, "full_name", "nul"),
    "birth date left out": BadRow({BORN: ""}, "birth_date", "missing"),
    "birth date that does not exist": BadRow({BORN: "31/02/1984"}, "birth_date", "day"),
    "birth date in another order": BadRow({BORN: "03/31/1984"}, "birth_date", "day"),
    "birth date of a year only": BadRow({BORN: "1984"}, "birth_date", "day"),
    "birth date of two digits": BadRow({BORN: "2/3/84"}, "birth_date", "day"),
    "birth date in words": BadRow({BORN: "mùng hai tháng ba"}, "birth_date", "day"),
    "birth date to come": BadRow({BORN: "01/01/2150"}, "birth_date", "birth_date_future"),
    "birth date before 1900": BadRow({BORN: "01/01/1800"}, "birth_date", "day_range"),
    "citizen's number too short": BadRow({ID: "04218"}, "national_id", "national_id"),
    "citizen's number too long": BadRow({ID: "0421840001234"}, "national_id", "national_id"),
    "citizen's number with letters": BadRow({ID: "04218400O123"}, "national_id", "national_id"),
    "citizen's number of no province": BadRow({ID: "999184000123"}, "national_id", ""),
    "old identity card": BadRow({ID: "183456789"}, "national_id", "national_id"),
    "insurance number too short": BadRow({SOCIAL: "01234"}, "social_insurance_no", "social_insurance_no"),
    "insurance number with letters": BadRow(
        {SOCIAL: "GD01234567"}, "social_insurance_no", "social_insurance_no"
    ),
    "phone of a foreign country": BadRow({PHONE: "+1 202 555 0100"}, "phone", ""),
    "phone too short": BadRow({PHONE: "0912"}, "phone", ""),
    "sex unknown": BadRow({SEX: "chưa rõ"}, "sex", "literal_error"),
    "product left out": BadRow({KIND: ""}, "product", "missing"),
    "product unknown": BadRow({KIND: "BHYT học sinh"}, "product", "enum"),
    "method left out": BadRow({METHOD: ""}, "method", "missing"),
    "method unknown": BadRow({METHOD: "9 tháng"}, "method", "enum"),
    "months that do not fit the method": BadRow({MONTHS: "6"}, "months", "months_mismatch"),
    "missing months without a number": BadRow({METHOD: "năm còn thiếu"}, "months", "missing"),
    "months in words": BadRow({MONTHS: "mười hai"}, "months", "int_type"),
    "too many months": BadRow({METHOD: "năm còn thiếu", MONTHS: "500"}, "months", "less_than_equal"),
    "income left out": BadRow({INCOME: ""}, "monthly_income", "missing"),
    "income in words": BadRow({INCOME: "một triệu rưỡi"}, "monthly_income", "int_type"),
    "income below nothing": BadRow({INCOME: "-1500000"}, "monthly_income", "int_type"),
    "income of nothing": BadRow({INCOME: "0"}, "monthly_income", "greater_than_equal"),
    "income of a health card": BadRow({KIND: "BHYT hộ gia đình"}, "monthly_income", "not_for_product"),
    "method of a health card": BadRow(
        {KIND: "BHYT hộ gia đình", INCOME: "", METHOD: "2 năm"}, "method", "method_not_for_product"
    ),
    "month left out": BadRow({FROM: ""}, "from_month", "missing"),
    "month that does not exist": BadRow({FROM: "13/2026"}, "from_month", "month"),
    "month in words": BadRow({FROM: "tháng chạp"}, "from_month", "month"),
    "support group unknown": BadRow({SUPPORT: "gia đình văn hóa"}, "support_group", "enum"),
    "commune left out": BadRow({COMMUNE: ""}, "commune_code", "missing"),
    "commune unknown": BadRow({COMMUNE: "99999"}, "commune_code", "place_unknown"),
    "group unknown": BadRow({GROUP: "KHONG-CO"}, "group_code", "not_found"),
    "group with a bad code": BadRow({GROUP: "tổ số một"}, "group_code", "code"),
    "reference too long": BadRow({REF: "R" * 300}, "external_ref", ""),
}
"""What can be wrong with one row by itself."""
