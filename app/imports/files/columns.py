"""Map the columns of a table to fields: English names, and the Vietnamese headings of the official forms. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.values.search_key import search_key
from app.imports.files.values import (
    CELL_PARSERS,
    CellValue,
    cell_text,
    method_for_months,
    support_group_by_rate,
)
from app.insurance.enrolments.schemas import EnrolmentIn
from app.savings.kinds import Product


class Form(StrEnum):
    """A form whose headings are understood (biểu mẫu)."""

    D05_TS = "d05_ts"  # danh sách tham gia BHXH tự nguyện
    MAU_4 = "mau_4"  # danh sách thành viên hộ gia đình tham gia BHYT
    PLAIN = "plain"  # tên cột của API


SUPPORT_RATE_COLUMN: Final = "support_rate"
"""Column 8 of D05-TS, from which the support group follows where no column names it."""
NOTED_MONTHS_COLUMN: Final = "noted_months"
"""Column 10 of Mẫu số 4, the note that says for how many months a card is wanted."""
IGNORED_COLUMN: Final = ""
"""A column that is known and says nothing that is taken in."""

ENROLMENT_FIELDS: Final = tuple(EnrolmentIn.model_fields)

_HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "full_name": ("Họ và tên", "Họ tên", "Họ, tên", "Họ và tên người tham gia"),
    "birth_date": (
        "Ngày/ tháng/ năm sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Ngày sinh",
    ),
    "sex": ("Giới tính", "Giới"),
    "national_id": ("Số CCCD/ ĐDCN", "Số CCCD/ĐDCN", "Số CCCD", "CCCD", "Số định danh", "Số ĐDCN"),
    "social_insurance_no": ("Mã số BHXH", "Mã số bảo hiểm y tế", "Mã số BHYT", "Số BHXH"),
    "phone": ("Số điện thoại", "Điện thoại", "SĐT"),
    "from_month": ("Từ tháng/ năm", "Từ tháng", "Từ tháng, năm"),
    "months": ("Số tháng", "Số tháng đóng"),
    "supported_before": ("Số tháng đã được NSNN hỗ trợ",),
    "months_paid_before": ("Số tháng đã đóng BHXH", "Số tháng đã đóng trước đây"),
    "method": ("Phương thức", "Phương thức đóng (chữ)"),
    "monthly_income": ("Mức thu nhập tháng đóng BHXH", "Mức thu nhập", "Mức thu nhập tháng"),
    "support_group": ("Đối tượng", "Đối tượng hỗ trợ", "Nhóm hỗ trợ", "Nhóm được NSNN hỗ trợ"),
    "proof_kind": ("Giấy tờ chứng minh", "Loại giấy tờ", "Giấy tờ kèm theo"),
    "proof_no": ("Số giấy tờ", "Số giấy tờ chứng minh"),
    "proof_issued_by": ("Nơi cấp", "Nơi cấp giấy tờ"),
    "proof_valid_until": ("Có giá trị đến", "Giấy tờ có giá trị đến", "Giá trị đến"),
    "consented_on": ("Ngày đồng ý chuyển dữ liệu", "Ngày đồng ý"),
    "relation_to_head": ("Quan hệ với chủ hộ", "Quan hệ"),
    "product": ("Loại hình", "Sản phẩm"),
    "commune_code": ("Mã xã", "Mã xã, phường, đặc khu"),
    "group_code": ("Mã tổ",),
    "external_ref": ("Mã tham chiếu", "Mã hồ sơ"),
    SUPPORT_RATE_COLUMN: ("Tỷ lệ NSNN hỗ trợ theo quy định (%)",),
    IGNORED_COLUMN: (
        "STT", "Phương thức đóng", "Số tiền đóng", "Số tiền phải đóng theo quy định", "Trong đó",
        "Người tham gia đóng", "Hỗ trợ", "NSNN hỗ trợ thêm", "Hỗ trợ khác", "Tỷ lệ (%)", "Số tiền",
        "Hình thức nhận kết quả", "Loại tăng, giảm, điều chỉnh", "Ghi chú", "Lỗi", "Dòng", "Có thể trùng", "row",
        "error",
        "Nơi đăng ký khám bệnh, chữa bệnh ban đầu", "Tiền lương", "Tỷ lệ NSNN hỗ trợ (%)", "Thẻ bảo hiểm y tế",
        "Bản điện tử", "Bản giấy",
    ),
}  # fmt: skip


def _heading_key(text: str) -> str:
    """Normalise a heading: without accents, capitals, and meaningless spaces."""
    return search_key(text).replace("/ ", "/").replace(" /", "/")


class TableSchema:
    """The schema of one kind of table: the fields of a row, their headings, and how their cells are parsed.

    has_official_forms: whether the official forms of enrolments are understood.
    """

    def __init__(
        self,
        fields: Sequence[str],
        headings: Mapping[str, Sequence[str]],
        readers: Mapping[str, Callable[[CellValue], Any]],
        *,
        has_official_forms: bool = False,
    ) -> None:
        self.fields, self.readers, self.has_official_forms = tuple(fields), readers, has_official_forms
        self._field_by_key = {
            _heading_key(heading): field for field, variants in headings.items() for heading in variants
        }
        self._field_by_key |= {field: field for field in fields}
        self._headings = headings

    def field_of(self, heading: str) -> str | None:
        """Return the field of a heading; IGNORED_COLUMN for one that is not imported, None for an unknown one."""
        return self._field_by_key.get(_heading_key(heading))

    def heading_of(self, field: str) -> str:
        """Return the usual heading of a field; its name in the API when people have none for it."""
        return next(iter(self._headings.get(field, ())), field)


ENROLMENT_TABLE: Final = TableSchema(ENROLMENT_FIELDS, _HEADINGS, CELL_PARSERS, has_official_forms=True)
_D05_KEYS: Final = {
    _heading_key("Mã số BHXH"),
    _heading_key("Mức thu nhập tháng đóng BHXH"),
    _heading_key(_HEADINGS[SUPPORT_RATE_COLUMN][0]),
}
_MAU_4_KEYS: Final = {
    _heading_key("Mã số bảo hiểm y tế"),
    _heading_key("Mã số BHYT"),
    _heading_key("Thẻ bảo hiểm y tế"),
}


def detect_form(headings: Sequence[str]) -> Form:
    """Detect the form of these headings."""
    keys = {_heading_key(heading) for heading in headings}
    if keys & _MAU_4_KEYS and _heading_key("Quan hệ với chủ hộ") in keys:
        return Form.MAU_4
    return Form.D05_TS if keys & _D05_KEYS and _heading_key("Họ và tên") in keys else Form.PLAIN


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table. headings: as sent; fields: the field of each, or IGNORED_COLUMN."""

    schema: TableSchema
    form: Form
    headings: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def from_headings(cls, headings: Sequence[str], schema: TableSchema) -> "TableColumns":
        """Build the columns from the headings of a table."""
        form = detect_form(headings) if schema.has_official_forms else Form.PLAIN
        fields = [schema.field_of(heading) or IGNORED_COLUMN for heading in headings]
        if form is Form.MAU_4:
            fields = [
                NOTED_MONTHS_COLUMN if _heading_key(heading_) == "ghi chu" else field
                for heading_, field in zip(headings, fields, strict=True)
            ]
        return cls(schema, form, tuple(headings), tuple(fields))

    def heading_of(self, field: str) -> str:
        """Return the table's heading for a field; the usual one when it has no such column."""
        fallbacks = {"support_group": SUPPORT_RATE_COLUMN, "months": NOTED_MONTHS_COLUMN, "method": "months"}
        for candidate in (field, fallbacks.get(field)):
            if candidate is not None and candidate in self.fields:
                return self.headings[self.fields.index(candidate)]
        return self.schema.heading_of(field)

    def values(self, cells: Sequence[CellValue], defaults: Mapping[str, Any]) -> dict[str, Any] | None:
        """Parse a row's fields; None for a row that applies for nothing (a member of a household who wants no card).

        defaults: of the fields that the row leaves open.
        """
        cells_by_field = {
            field: cell for field, cell in zip(self.fields, cells, strict=False) if field and cell_text(cell)
        }
        if (
            self.form is Form.MAU_4
            and NOTED_MONTHS_COLUMN not in cells_by_field
            and not cells_by_field.keys() & {"months", "method"}
        ):
            return None
        rate = cells_by_field.pop(SUPPORT_RATE_COLUMN, None)
        noted_months = cells_by_field.pop(NOTED_MONTHS_COLUMN, None)
        values: dict[str, Any] = {
            field: self.schema.readers.get(field, cell_text)(cell) for field, cell in cells_by_field.items()
        }
        if noted_months is not None:
            values.setdefault("months", CELL_PARSERS["months"](noted_months))
        if rate is not None and (support_group := support_group_by_rate(rate)):
            values.setdefault("support_group", support_group)
        self._add_implied_values(values)
        return dict(defaults) | values

    def _add_implied_values(self, values: dict[str, Any]) -> None:
        """Add what the form implies (its product), and the method that follows from the months."""
        if self.form is not Form.PLAIN and "product" not in self.fields:
            values.setdefault("product", _PRODUCT_BY_FORM[self.form])
        if (
            self.schema.has_official_forms
            and "method" not in values
            and (method := method_for_months(values.get("months")))
        ):
            values["method"] = method


_PRODUCT_BY_FORM: Final = {Form.D05_TS: Product.BHXH_TN.value, Form.MAU_4: Product.BHYT_HGD.value}

ENROLMENT_TEMPLATES: Final[Mapping[Form, Sequence[str]]] = {
    Form.PLAIN: ENROLMENT_FIELDS,
    Form.D05_TS: (
        "STT", "Họ và tên", "Mã số BHXH", "Số CCCD/ ĐDCN", "Ngày/ tháng/ năm sinh", "Giới tính", "Số điện thoại",
        "Từ tháng/ năm", "Số tháng", "Mức thu nhập tháng đóng BHXH", "Số tháng đã đóng BHXH", "Đối tượng", "Mã xã",
        "Mã tổ", "Mã tham chiếu", "Ghi chú",
    ),
    Form.MAU_4: (
        "STT", "Họ và tên", "Mã số bảo hiểm y tế", "Số CCCD/ ĐDCN", "Ngày, tháng, năm sinh", "Giới tính",
        "Số điện thoại", "Quan hệ với chủ hộ", "Từ tháng/ năm", "Đối tượng", "Giấy tờ chứng minh", "Số giấy tờ",
        "Nơi cấp", "Có giá trị đến", "Mã xã", "Mã tổ", "Mã tham chiếu", "Ghi chú",
    ),
}  # fmt: skip
"""The headings of the templates: those of the form that a person fills in, and what An Sinh needs beside them."""
