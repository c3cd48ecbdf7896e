"""Forty kinds of bad rows, each with the column and the words that must be told. Headings are Vietnamese, as typed."""

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
class Bad:
    """One kind. changed: cells of a good row; column: what is named; code: of the reason."""

    changed: dict[str, Any]
    column: str
    code: str


KINDS: dict[str, Bad] = {
    "name left out": Bad({NAME: ""}, "full_name", "missing"),
    "name of one space": Bad({NAME: "   "}, "full_name", "missing"),
    "name too long": Bad({NAME: "A" * 300}, "full_name", ""),
    "name with a control character": Bad({NAME: "Nguyễn\u0007 Thị"}, "full_name", ""),
    "name with NUL": Bad({NAME: "Nguyễn\x00Thị"}, "full_name", "nul"),
    "birth date left out": Bad({BORN: ""}, "birth_date", "missing"),
    "birth date that does not exist": Bad({BORN: "31/02/1984"}, "birth_date", "day"),
    "birth date in another order": Bad({BORN: "03/31/1984"}, "birth_date", "day"),
    "birth date of a year only": Bad({BORN: "1984"}, "birth_date", "day"),
    "birth date of two digits": Bad({BORN: "2/3/84"}, "birth_date", "day"),
    "birth date in words": Bad({BORN: "mùng hai tháng ba"}, "birth_date", "day"),
    "birth date to come": Bad({BORN: "01/01/2150"}, "birth_date", "birth_date_future"),
    "birth date before 1900": Bad({BORN: "01/01/1800"}, "birth_date", "day_range"),
    "citizen's number too short": Bad({ID: "04218"}, "national_id", "national_id"),
    "citizen's number too long": Bad({ID: "0421840001234"}, "national_id", "national_id"),
    "citizen's number with letters": Bad({ID: "04218400O123"}, "national_id", "national_id"),
    "citizen's number of no province": Bad({ID: "999184000123"}, "national_id", ""),
    "old identity card": Bad({ID: "183456789"}, "national_id", "national_id"),
    "insurance number too short": Bad({SOCIAL: "01234"}, "social_insurance_no", "social_insurance_no"),
    "insurance number with letters": Bad(
        {SOCIAL: "GD01234567"}, "social_insurance_no", "social_insurance_no"
    ),
    "phone of a foreign country": Bad({PHONE: "+1 202 555 0100"}, "phone", ""),
    "phone too short": Bad({PHONE: "0912"}, "phone", ""),
    "sex unknown": Bad({SEX: "chưa rõ"}, "sex", "literal_error"),
    "product left out": Bad({KIND: ""}, "product", "missing"),
    "product unknown": Bad({KIND: "BHYT học sinh"}, "product", "enum"),
    "method left out": Bad({METHOD: ""}, "method", "missing"),
    "method unknown": Bad({METHOD: "9 tháng"}, "method", "enum"),
    "months that do not fit the method": Bad({MONTHS: "6"}, "months", "months_mismatch"),
    "missing months without a number": Bad({METHOD: "năm còn thiếu"}, "months", "missing"),
    "months in words": Bad({MONTHS: "mười hai"}, "months", "int_type"),
    "too many months": Bad({METHOD: "năm còn thiếu", MONTHS: "500"}, "months", "less_than_equal"),
    "income left out": Bad({INCOME: ""}, "monthly_income", "missing"),
    "income in words": Bad({INCOME: "một triệu rưỡi"}, "monthly_income", "int_type"),
    "income below nothing": Bad({INCOME: "-1500000"}, "monthly_income", "int_type"),
    "income of nothing": Bad({INCOME: "0"}, "monthly_income", "greater_than_equal"),
    "income of a health card": Bad({KIND: "BHYT hộ gia đình"}, "monthly_income", "not_for_product"),
    "method of a health card": Bad(
        {KIND: "BHYT hộ gia đình", INCOME: "", METHOD: "2 năm"}, "method", "method_not_for_product"
    ),
    "month left out": Bad({FROM: ""}, "from_month", "missing"),
    "month that does not exist": Bad({FROM: "13/2026"}, "from_month", "month"),
    "month in words": Bad({FROM: "tháng chạp"}, "from_month", "month"),
    "support group unknown": Bad({SUPPORT: "gia đình văn hóa"}, "support_group", "enum"),
    "commune left out": Bad({COMMUNE: ""}, "commune_code", "missing"),
    "commune unknown": Bad({COMMUNE: "99999"}, "commune_code", "place_unknown"),
    "group unknown": Bad({GROUP: "KHONG-CO"}, "group_code", "not_found"),
    "group with a bad code": Bad({GROUP: "tổ số một"}, "group_code", "code"),
    "reference too long": Bad({REF: "R" * 300}, "external_ref", ""),
}
"""What can be wrong with one row by itself."""
