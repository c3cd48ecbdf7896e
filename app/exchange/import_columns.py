"""Which column of a table means which field: English names, and the Vietnamese headings of the official forms. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.text import search_key
from app.exchange.import_values import READ, Cell, method_of, support_by_rate, text_of
from app.insurance.enrolment_schemas import EnrolmentIn
from app.savings.kinds import Product


class Form(StrEnum):
    """A form whose headings are understood (biểu mẫu)."""

    D05_TS = "d05_ts"  # danh sách tham gia BHXH tự nguyện
    MAU_4 = "mau_4"  # danh sách thành viên hộ gia đình tham gia BHYT
    PLAIN = "plain"  # tên cột của API


RATE: Final = "support_rate"
"""Column 8 of D05-TS, from which the support group follows where no column names it."""
NOTED_MONTHS: Final = "noted_months"
"""Column 10 of Mẫu số 4, the note that says for how many months a card is wanted."""
SKIPPED: Final = ""
"""A column that is known and says nothing that is taken in."""

NAMES: Final = tuple(EnrolmentIn.model_fields)

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
    "method": ("Phương thức", "Phương thức đóng (chữ)"),
    "monthly_income": ("Mức thu nhập tháng đóng BHXH", "Mức thu nhập", "Mức thu nhập tháng"),
    "support_group": ("Đối tượng", "Đối tượng hỗ trợ"),
    "relation_to_head": ("Quan hệ với chủ hộ", "Quan hệ"),
    "product": ("Loại hình", "Sản phẩm"),
    "commune_code": ("Mã xã", "Mã xã, phường, đặc khu"),
    "group_code": ("Mã tổ",),
    "external_ref": ("Mã tham chiếu", "Mã hồ sơ"),
    RATE: ("Tỷ lệ NSNN hỗ trợ theo quy định (%)",),
    SKIPPED: (
        "STT", "Phương thức đóng", "Số tiền đóng", "Số tiền phải đóng theo quy định", "Trong đó",
        "Người tham gia đóng", "Hỗ trợ", "NSNN hỗ trợ thêm", "Hỗ trợ khác", "Tỷ lệ (%)", "Số tiền",
        "Hình thức nhận kết quả", "Loại tăng, giảm, điều chỉnh", "Ghi chú", "Lỗi", "Dòng", "Có thể trùng", "row",
        "error",
        "Nơi đăng ký khám bệnh, chữa bệnh ban đầu", "Tiền lương", "Tỷ lệ NSNN hỗ trợ (%)", "Thẻ bảo hiểm y tế",
        "Bản điện tử", "Bản giấy",
    ),
}  # fmt: skip


def _key(text: str) -> str:
    """A heading without accents, capitals, and spaces that mean nothing."""
    return search_key(text).replace("/ ", "/").replace(" /", "/")


class Words:
    """What tables of one kind may say: the fields of a row, their headings, how their cells are read.

    forms: whether the official forms of enrolments are understood.
    """

    def __init__(
        self,
        names: Sequence[str],
        headings: Mapping[str, Sequence[str]],
        readers: Mapping[str, Callable[[Cell], Any]],
        *,
        forms: bool = False,
    ) -> None:
        self.names, self.readers, self.forms = tuple(names), readers, forms
        self._known = {_key(word): name for name, words in headings.items() for word in words}
        self._known |= {name: name for name in names}

    def field_of(self, heading: str) -> str | None:
        """The field that a heading means, SKIPPED for one that is known and not taken in, None for an unknown one."""
        return self._known.get(_key(heading))


ENROLMENTS: Final = Words(NAMES, _HEADINGS, READ, forms=True)
_ONLY_D05: Final = {_key("Mã số BHXH"), _key("Mức thu nhập tháng đóng BHXH"), _key(_HEADINGS[RATE][0])}
_ONLY_MAU_4: Final = {_key("Mã số bảo hiểm y tế"), _key("Mã số BHYT"), _key("Thẻ bảo hiểm y tế")}


def form_of(headings: Sequence[str]) -> Form:
    """Of which form these headings are."""
    keys = {_key(heading) for heading in headings}
    if keys & _ONLY_MAU_4 and _key("Quan hệ với chủ hộ") in keys:
        return Form.MAU_4
    return Form.D05_TS if keys & _ONLY_D05 and _key("Họ và tên") in keys else Form.PLAIN


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table. headings: as they stand there; names: the field of each, or SKIPPED."""

    words: Words
    form: Form
    headings: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, headings: Sequence[str], words: Words) -> "Columns":
        """From the headings of a table."""
        form = form_of(headings) if words.forms else Form.PLAIN
        names = [words.field_of(heading) or SKIPPED for heading in headings]
        if form is Form.MAU_4:
            names = [
                NOTED_MONTHS if _key(word) == "ghi chu" else name
                for word, name in zip(headings, names, strict=True)
            ]
        return cls(words, form, tuple(headings), tuple(names))

    def heading_of(self, name: str) -> str:
        """What the table calls a field; its English name when it has no such column."""
        wanted = {"support_group": RATE, "months": NOTED_MONTHS, "method": "months"}
        for one in (name, wanted.get(name)):
            if one is not None and one in self.names:
                return self.headings[self.names.index(one)]
        return name

    def values(self, cells: Sequence[Cell], defaults: Mapping[str, Any]) -> dict[str, Any] | None:
        """A row's fields; None for a row that applies for nothing (a member of a household who wants no card).

        defaults: of the fields that the row leaves open.
        """
        given = {name: cell for name, cell in zip(self.names, cells, strict=False) if name and text_of(cell)}
        if self.form is Form.MAU_4 and NOTED_MONTHS not in given and not given.keys() & {"months", "method"}:
            return None
        rate, noted = given.pop(RATE, None), given.pop(NOTED_MONTHS, None)
        values: dict[str, Any] = {
            name: self.words.readers.get(name, text_of)(cell) for name, cell in given.items()
        }
        if noted is not None:
            values.setdefault("months", READ["months"](noted))
        if rate is not None and (group := support_by_rate(rate)):
            values.setdefault("support_group", group)
        if self.form is not Form.PLAIN and "product" not in self.names:
            values.setdefault("product", _PRODUCT[self.form])
        if self.words.forms and "method" not in values and (method := method_of(values.get("months"))):
            values["method"] = method
        return dict(defaults) | values


_PRODUCT: Final = {Form.D05_TS: Product.BHXH_TN.value, Form.MAU_4: Product.BHYT_HGD.value}

TEMPLATES: Final[Mapping[Form, Sequence[str]]] = {
    Form.PLAIN: NAMES,
    Form.D05_TS: (
        "STT", "Họ và tên", "Mã số BHXH", "Số CCCD/ ĐDCN", "Ngày/ tháng/ năm sinh", "Giới tính", "Số điện thoại",
        "Từ tháng/ năm", "Số tháng", "Mức thu nhập tháng đóng BHXH", "Đối tượng", "Mã xã", "Mã tổ", "Mã tham chiếu",
        "Ghi chú",
    ),
    Form.MAU_4: (
        "STT", "Họ và tên", "Mã số bảo hiểm y tế", "Số CCCD/ ĐDCN", "Ngày, tháng, năm sinh", "Giới tính",
        "Số điện thoại", "Quan hệ với chủ hộ", "Từ tháng/ năm", "Đối tượng", "Mã xã", "Mã tổ", "Mã tham chiếu",
        "Ghi chú",
    ),
}  # fmt: skip
"""The headings of the templates: those of the form that a person fills in, and what An Sinh needs beside them."""
