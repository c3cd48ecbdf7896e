"""Parse what people write into the cells of a table into the values of the API. Pure.

A cell is a text (of CSV), or what a workbook holds: a text, a number, a truth value or a date. Whatever cannot be
understood stays as it is, so that validation names it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from app.core.values.search_key import search_key
from app.insurance.kinds import CardGroup, Method, ProofKind
from app.people.kinds import SupportKind
from app.savings.kinds import Product

CellValue = str | int | float | bool | date | None

_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-01)?(?:[T ]00:00(?::00)?)?")
_MONEY = re.compile(
    r"(?:[₫đ]\s*)?(\d{1,18}|\d{1,3}(?:[.,\s]\d{3}){1,5})(?:[.,]0{1,2})?\s*(?:₫|đ|đồng|vnd|vnđ)?",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(\d{1,4})(?:[.,]0+)?\s*(?:tháng|thang|months?)?", re.IGNORECASE)
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


def cell_text(cell: CellValue) -> str:
    """Return a cell as a person reads it, without the spaces around it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unescape_formula(str(cell).replace("\xa0", " ").strip())


def escape_formula(text: str) -> str:
    """Escape a text with an apostrophe so that no spreadsheet runs it as a formula (`unescape_formula` reverses it)."""
    return f"'{text}" if text.startswith(_FORMULA_PREFIXES) else text


def unescape_formula(text: str) -> str:
    """Remove the apostrophe that keeps a spreadsheet from reading a text as a number or a formula."""
    return (
        text[1:]
        if text.startswith("'") and (text[1:2].isdigit() or text[1:].startswith(_FORMULA_PREFIXES))
        else text
    )


def parse_day_cell(cell: CellValue) -> object:
    """Parse 2/3/1984, 02-03-1984, 1984-03-02 or a date into 1984-03-02."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    text = cell_text(cell)
    if match := _DAY.fullmatch(text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if match := _ISO_DAY.fullmatch(text):
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    return text


def parse_month_cell(cell: CellValue) -> object:
    """Parse 12/2026, 2026-12 or a date into 2026-12."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}"
    text = cell_text(cell)
    if match := _MONTH.fullmatch(text):
        return f"{match[2]}-{int(match[1]):02}"
    if match := _ISO_MONTH.fullmatch(text):
        return f"{match[1]}-{int(match[2]):02}"
    return text


def parse_money_cell(cell: CellValue) -> object:
    """Parse 1.500.000, 1,500,000 đ, 1.500.000 ₫ or 1500000 into whole đồng."""
    text = cell_text(cell)
    match = _MONEY.fullmatch(text)
    return int(re.sub(r"\D", "", match[1])) if match else text


def parse_count_cell(cell: CellValue) -> object:
    """Parse 12 or "12 tháng" into 12."""
    text = cell_text(cell)
    match = _COUNT.fullmatch(text)
    return int(match[1]) if match else text


def digits_parser(length: int, max_lost: int) -> Callable[[CellValue], object]:
    """Return a parser of *length* digits that restores at most *max_lost* leading zeros lost in a spreadsheet."""

    def parse(cell: CellValue) -> object:
        text = re.sub(r"[\s.-]", "", cell_text(cell))
        as_number = not isinstance(cell, str) or text.isdigit()
        if as_number and text.isdigit() and length - max_lost <= len(text) < length:
            return text.zfill(length)
        return text

    return parse


def choice_parser(choices: Mapping[str, str | None]) -> Callable[[CellValue], object]:
    """Return a parser of one of *choices*, whatever its accents or capitals; the value itself is always understood."""
    value_by_key: dict[str, str | None] = {search_key(label): value for label, value in choices.items()}
    value_by_key |= {value: value for value in choices.values() if value is not None}

    def parse(cell: CellValue) -> object:
        text = cell_text(cell)
        return value_by_key.get(search_key(text), text)

    return parse


def support_group_by_rate(cell: CellValue) -> str | None:
    """Return the support group by the state's rate for voluntary insurance (D05-TS, column 8): 50 is the poor's.

    Source: NĐ 159/2025/NĐ-CP, Article 5: 50, 40, 30 and 20 percent.
    """
    text = cell_text(cell).rstrip("% ").replace(",", ".")
    try:
        rate = float(text)
    except ValueError:
        return None
    if not 0 < rate <= 100:
        return None
    return _BY_RATE.get(round(rate * 100 if rate < 1 else rate))


def method_for_months(months: object) -> str | None:
    """Return the method that covers so many months; missing months where none does."""
    if not isinstance(months, int):
        return None
    return _BY_MONTHS.get(months, Method.MISSING_MONTHS.value)


_BY_RATE: Final = {
    50: SupportKind.POOR.value, 40: SupportKind.NEAR_POOR.value, 30: SupportKind.ETHNIC_MINORITY.value,
    20: SupportKind.OTHER.value,
}  # fmt: skip
_BY_MONTHS: Final = {
    1: Method.MONTHS_1.value, 3: Method.MONTHS_3.value, 6: Method.MONTHS_6.value, 12: Method.MONTHS_12.value,
    24: Method.YEARS_2.value, 36: Method.YEARS_3.value, 48: Method.YEARS_4.value, 60: Method.YEARS_5.value,
}  # fmt: skip
PRODUCTS: Final[Mapping[str, str | None]] = {
    "BHXH tự nguyện": Product.BHXH_TN.value, "BHXH TN": Product.BHXH_TN.value, "BHXH": Product.BHXH_TN.value,
    "BHYT hộ gia đình": Product.BHYT_HGD.value, "BHYT HGĐ": Product.BHYT_HGD.value,
    "BHYT": Product.BHYT_HGD.value,
}  # fmt: skip
"""What files call the products."""

_METHODS: Final = {
    "hằng tháng": Method.MONTHS_1.value, "hàng tháng": Method.MONTHS_1.value, "1 tháng": Method.MONTHS_1.value,
    "3 tháng": Method.MONTHS_3.value, "6 tháng": Method.MONTHS_6.value, "12 tháng": Method.MONTHS_12.value,
    "1 năm": Method.MONTHS_12.value, "2 năm": Method.YEARS_2.value, "3 năm": Method.YEARS_3.value,
    "4 năm": Method.YEARS_4.value, "5 năm": Method.YEARS_5.value, "năm còn thiếu": Method.MISSING_MONTHS.value,
    "những năm còn thiếu": Method.MISSING_MONTHS.value, "tháng còn thiếu": Method.MISSING_MONTHS.value,
}  # fmt: skip
_SUPPORT_GROUPS: Final = {
    "hộ nghèo": SupportKind.POOR.value, "nghèo": SupportKind.POOR.value, "hộ cận nghèo": SupportKind.NEAR_POOR.value,
    "cận nghèo": SupportKind.NEAR_POOR.value, "dân tộc thiểu số": SupportKind.ETHNIC_MINORITY.value,
    "DTTS": SupportKind.ETHNIC_MINORITY.value, "xã đảo, đặc khu": SupportKind.ISLAND.value,
    "xã đảo": SupportKind.ISLAND.value, "đặc khu": SupportKind.ISLAND.value, "khác": SupportKind.OTHER.value,
    "không": None,
    "hộ cận nghèo ở xã nghèo": CardGroup.NEAR_POOR_POOR_COMMUNE.value,
    "cận nghèo xã nghèo": CardGroup.NEAR_POOR_POOR_COMMUNE.value,
    "học sinh, sinh viên": CardGroup.STUDENT.value, "học sinh": CardGroup.STUDENT.value,
    "sinh viên": CardGroup.STUDENT.value, "HSSV": CardGroup.STUDENT.value,
    "hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình": CardGroup.FARM_HOUSEHOLD.value,
    "hộ làm nông nghiệp, lâm nghiệp, ngư nghiệp và diêm nghiệp có mức sống trung bình": CardGroup.FARM_HOUSEHOLD.value,
    "hộ nông nghiệp": CardGroup.FARM_HOUSEHOLD.value, "hộ có mức sống trung bình": CardGroup.FARM_HOUSEHOLD.value,
    "người dân tộc thiểu số ở xã không còn khó khăn": CardGroup.ETHNIC_MINORITY.value,
    "lực lượng ở thôn, xã": CardGroup.COMMUNITY_WORKER.value,
    "an ninh trật tự ở cơ sở": CardGroup.COMMUNITY_WORKER.value, "y tế thôn bản": CardGroup.COMMUNITY_WORKER.value,
    "cô đỡ thôn bản": CardGroup.COMMUNITY_WORKER.value, "nghệ nhân": CardGroup.COMMUNITY_WORKER.value,
    "người hoạt động không chuyên trách": CardGroup.COMMUNITY_WORKER.value,
    "nạn nhân mua bán người": CardGroup.TRAFFICKING_VICTIM.value,
    "nạn nhân bom mìn": CardGroup.MINE_VICTIM.value,
}  # fmt: skip
_PROOF_KINDS: Final = {
    "quyết định phê duyệt danh sách": ProofKind.APPROVED_LIST.value,
    "quyết định": ProofKind.APPROVED_LIST.value, "danh sách phê duyệt": ProofKind.APPROVED_LIST.value,
    "giấy chứng nhận hộ cận nghèo": ProofKind.HOUSEHOLD_CERTIFICATE.value,
    "giấy chứng nhận của hộ": ProofKind.HOUSEHOLD_CERTIFICATE.value,
    "giấy xác nhận hộ có mức sống trung bình": ProofKind.HOUSEHOLD_CERTIFICATE.value,
    "thẻ học sinh, sinh viên": ProofKind.STUDENT_CARD.value, "thẻ học sinh": ProofKind.STUDENT_CARD.value,
    "thẻ sinh viên": ProofKind.STUDENT_CARD.value,
    "giấy xác nhận của nhà trường": ProofKind.SCHOOL_CONFIRMATION.value,
    "quyết định công nhận": ProofKind.APPOINTMENT.value,
    "quyết định công nhận, bố trí công việc": ProofKind.APPOINTMENT.value,
    "quyết định tặng danh hiệu nghệ nhân": ProofKind.TITLE_DECISION.value,
    "giấy xác nhận nạn nhân": ProofKind.VICTIM_CONFIRMATION.value,
    "giấy xác nhận thông tin về cư trú": ProofKind.RESIDENCE_CONFIRMATION.value,
    "xác nhận cư trú": ProofKind.RESIDENCE_CONFIRMATION.value,
}  # fmt: skip
_SEXES: Final = {"nữ": "female", "nam": "male", "F": "female", "M": "male"}

CELL_PARSERS: Final[Mapping[str, Callable[[CellValue], Any]]] = {
    "birth_date": parse_day_cell,
    "consented_on": parse_day_cell,
    "sex": choice_parser(_SEXES),
    "national_id": digits_parser(12, 2),
    "social_insurance_no": digits_parser(10, 2),
    "phone": digits_parser(10, 1),
    "product": choice_parser(PRODUCTS),
    "method": choice_parser(_METHODS),
    "months": parse_count_cell,
    "supported_before": parse_count_cell,
    "months_paid_before": parse_count_cell,
    "monthly_income": parse_money_cell,
    "from_month": parse_month_cell,
    "support_group": choice_parser(_SUPPORT_GROUPS),
    "proof_kind": choice_parser(_PROOF_KINDS),
    "proof_valid_until": parse_day_cell,
    "commune_code": digits_parser(5, 2),
}
"""How the cell of each field is read; of every other field it is a text."""
