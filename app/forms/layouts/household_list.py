"""Mẫu số 4, danh sách thành viên hộ gia đình tham gia BHYT (NĐ 188/2025/NĐ-CP): one sheet for a household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.forms.layouts.cells import (
    AMOUNT,
    CENTERED,
    NUMBERING,
    PERCENTAGE,
    TEXT,
    Block,
    CellArea,
    CellStyle,
    Layout,
    PageSetup,
    Value,
)
from app.forms.layouts.texts import (
    NOTE_STYLE,
    ListHead,
    column_numbers,
    format_day,
    format_long_day,
    sender_lines,
)

_LABELS: Final = ("Tên tổ chức:", "Mã tổ chức:", "Họ và tên nhân viên thu:", "Mã nhân viên thu:")
_WIDTHS: Final = (5, 22, 11.5, 13.5, 10.5, 13, 11, 9.5, 8, 8, 7, 13)
_STYLES: Final = (
    CENTERED, TEXT, CENTERED, CENTERED, CENTERED, TEXT, AMOUNT, CENTERED, PERCENTAGE, CENTERED, CENTERED, TEXT
)  # fmt: skip
_LARGE_STYLE: Final = CellStyle(size=13, bold=True, border=False)
_LINE_STYLE: Final = CellStyle(size=13, border=False, horizontal="left", wrap=False)
_NOTE_HEADING: Final = CellStyle(size=12, bold=True, italic=True, border=False, horizontal="left")
_SMALL_STYLE: Final = CellStyle(size=12, italic=True, border=False)
_HEADINGS: Final = (
    CellArea("A13:A14", "STT"),
    CellArea("B13:B14", "Họ và tên"),
    CellArea("C13:C14", "Mã số bảo hiểm y tế"),
    CellArea("D13:D14", "Số CCCD/ ĐDCN"),
    CellArea("E13:E14", "Ngày, tháng, năm sinh"),
    CellArea("F13:F14", "Nơi đăng ký khám bệnh, chữa bệnh ban đầu"),
    CellArea("G13:G14", "Tiền lương"),
    CellArea("H13:H14", "Quan hệ với chủ hộ"),
    CellArea("I13:I14", "Tỷ lệ NSNN hỗ trợ (%)"),
    CellArea("J13:K13", "Thẻ bảo hiểm y tế"),
    CellArea("J14", "Bản điện tử"),
    CellArea("K14", "Bản giấy"),
    CellArea("L13:L14", "Ghi chú"),
)
_HOUSEHOLD_NOTE: Final = (
    "     - Danh sách thành viên Hộ gia đình tham gia bảo hiểm y tế phải được cập nhật đúng thông tin hộ gia đình"
    " trên Cơ sở dữ liệu Quốc gia về dân cư hoặc Cơ sở dữ liệu Quốc gia về cư trú hoặc thông tin cư trú trên tài"
    " khoản định danh điện tử (VneID)."
)
_ELECTRONIC_NOTE: Final = (
    "     + Các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia về dân cư, Cơ sở dữ liệu Quốc gia về"
    " cư trú, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu khác , ... trên Cổng dịch vụ công  Quốc gia"
    " thì thông tin được tự động điền vào tờ khai điện tử. Cá nhân chỉ điền thông tin chưa có trong cơ sở dữ liệu."
)
_IDENTIFIED_NOTE: Final = (
    "    + Trường hợp người kê khai sử dụng tài khoản định danh điện tử (VneID) mức độ 2 để đăng nhập vào Cổng dịch"
    " vụ công Quốc gia để giải quyết các thủ tục trên môi trường điện tử thì không phải ký tên vào tờ khai."
)
_NOTES: Final = (
    (15, "Ghi chú:"),
    (15, "     - Người tham gia tra cứu mã số bảo hiểm y tế tại địa chỉ: https://baohiemxahoi.gov.vn."),
    (28, _HOUSEHOLD_NOTE),
    (15, "     - Trường hợp triển khai tờ khai điện tử:"),
    (40, _ELECTRONIC_NOTE),
    (28, _IDENTIFIED_NOTE),
)
"""The form's notes, each with its height in points."""
_DECLARATION_TEXT: Final = (
    "Tôi cam đoan những nội dung kê khai là đúng và chịu trách nhiệm trước pháp luật"
    " về những nội dung đã kê khai"
)


@dataclass(frozen=True, slots=True)
class HouseholdHeading:
    """The household above the list. address: house, road, hamlet; places have their names on the list's day."""

    head_name: str | None
    phone: str | None
    address: str | None
    commune: str | None
    province: str | None

    def areas(self) -> tuple[CellArea, ...]:
        """Build the three lines above the table; dots where nothing is known."""
        head, phone = self.head_name or "." * 40, self.phone or "." * 17
        commune, province = self.commune or "." * 20, self.province or "." * 25
        return (
            CellArea("B9:L9", f"Họ và tên chủ hộ: {head} số điện thoại (nếu có): {phone}", _LINE_STYLE),
            CellArea(
                "B10:L10", f"Địa chỉ: Số nhà, đường/phố, thôn/xóm: {self.address or '.' * 65}", _LINE_STYLE
            ),
            CellArea("B11:L11", f"Xã, phường, đặc khu: {commune} Tỉnh, thành phố: {province}", _LINE_STYLE),
        )


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """One row: a member of the household, with a card or without.

    salary: base salary, đồng; support_rate: percent; months: of the card's validity, None without a card; on_paper:
    whether a printed card is requested.
    """

    full_name: str
    insurance_no: str | None
    national_id: str | None
    birth_date: date | None
    clinic: str | None
    salary: int | None
    relation: str | None
    support_rate: Decimal | None
    on_paper: bool
    months: int | None

    def cells(self, position: int) -> tuple[Value, ...]:
        """Return the row's cells. position: the running number (STT)."""
        electronic = "x" if self.months and not self.on_paper else None
        printed = "x" if self.months and self.on_paper else None
        return (
            position, self.full_name, self.insurance_no, self.national_id, format_day(self.birth_date), self.clinic,
            self.salary, self.relation, self.support_rate, electronic, printed,
            f"{self.months} tháng" if self.months else None,
        )  # fmt: skip


def build_household_list_layout(title: str, head: ListHead, household: HouseholdHeading) -> Layout:
    """Build a household's sheet up to its first row. title: of the sheet."""
    heading = Block(
        areas=(
            *sender_lines(head, _LABELS),
            CellArea("F1:L1", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", _LARGE_STYLE),
            CellArea(
                "F2:L2",
                "Độc lập - Tự do - Hạnh phúc",
                CellStyle(size=13, bold=True, underline=True, border=False),
            ),
            CellArea("I4:L4", "Mẫu số 4", CellStyle(size=11, bold=True, border=False)),
            CellArea("A6:L6", "DANH SÁCH THÀNH VIÊN HỘ GIA ĐÌNH", _LARGE_STYLE),
            CellArea("A7:L7", "THAM GIA BẢO HIỂM Y TẾ", _LARGE_STYLE),
            *household.areas(),
            *_HEADINGS,
            *(CellArea(ref, number, NUMBERING) for ref, number in column_numbers(15, "A", "B", 10)),
        ),
        rows=15,
        heights={1: 18, 2: 18, 6: 18, 7: 18, 9: 18, 10: 18, 11: 18, 13: 30, 14: 48, 15: 16.5},
    )
    return Layout(title, _WIDTHS, heading, _STYLES, title_rows=(13, 15), page=PageSetup(landscape=False))


def build_household_list_footer(head: ListHead, members: Sequence[HouseholdMember]) -> Block:
    """Build the number of cards, the signatures and the form's notes."""
    cards = [member for member in members if member.months]
    printed = sum(member.on_paper for member in cards)
    card_count = f"{len(cards)} (Trong đó: {printed} thẻ bảo hiểm y tế bản giấy)"
    cell_areas = [
        CellArea(
            "A2:L2",
            f"Tổng số người đề nghị cấp thẻ bảo hiểm y tế: {card_count}",
            CellStyle(size=12, border=False),
        ),
        CellArea("A3:E3", "Đề nghi cơ quan BHXH", _SMALL_STYLE),
        CellArea("A4:E4", "thanh toán thù lao theo quy định.", _SMALL_STYLE),
        CellArea("A6:E6", "TỔ CHỨC HỖ TRỢ", _LARGE_STYLE),
        CellArea("A7:E7", "PHÁT TRIỂN ĐỐI TƯỢNG", _LARGE_STYLE),
        CellArea("A8:E8", "(Ký, ghi rõ họ tên, đóng dấu)", _SMALL_STYLE),
        CellArea("G3:L5", _DECLARATION_TEXT, CellStyle(size=12, border=False)),
        CellArea("G6:L6", f"......, {format_long_day(head.day)}", _SMALL_STYLE),
        CellArea("G7:L7", "NGƯỜI KÊ KHAI", _LARGE_STYLE),
        CellArea("G8:L8", "(Ký, ghi rõ họ tên)", _SMALL_STYLE),
    ]
    heights: dict[int, float] = {}
    for row, (height, text) in enumerate(_NOTES, 14):
        cell_areas.append(
            CellArea(f"A{row}:L{row}", text, NOTE_STYLE if row > 14 else _NOTE_HEADING, literal=True)
        )
        heights[row] = height
    return Block(tuple(cell_areas), rows=19, heights=heights)
