"""Workbooks laid out as the official forms are: headings of several rows, merged cells, a sum, signatures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from tests.imports.import_files import workbook_bytes

_D05 = {
    "A1": "Tên tổ chức: ……", "A6": "DANH SÁCH THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN", "A7": "Số:  /…… ; ngày … tháng … năm …",
    "A9": "STT", "B9": "Họ và tên", "C9": "Mã số BHXH", "D9": "Ngày/ tháng/ năm sinh", "E9": "Phương thức đóng",
    "G9": "Mức thu nhập tháng đóng BHXH", "H9": "Số tiền đóng", "O9": "Hình thức nhận kết quả",
    "P9": "Loại tăng, giảm, điều chỉnh", "Q9": "Ghi chú", "H10": "Số tiền phải đóng theo quy định", "I10": "Trong đó",
    "E11": "Từ tháng/ năm", "F11": "Số tháng", "I11": "Người tham gia đóng", "J11": "Hỗ trợ",
    "J12": "Tỷ lệ NSNN hỗ trợ theo quy định (%)", "K12": "NSNN hỗ trợ thêm", "M12": "Hỗ trợ khác", "K13": "Tỷ lệ (%)",
    "L13": "Số tiền", "M13": "Tỷ lệ (%)", "N13": "Số tiền",
}  # fmt: skip
_D05_MERGED = ("A9:A13", "B9:B13", "E9:F10", "H9:N9", "I10:N10", "J11:N11", "J12:J13", "K12:L12", "M12:N12")
_MAU_4 = {
    "A1": "Tên tổ chức: ……", "A6": "DANH SÁCH THÀNH VIÊN HỘ GIA ĐÌNH", "B9": "Họ và tên chủ hộ: …… số điện thoại (nếu có): ……",
    "B11": "Xã, phường, đặc khu: …… Tỉnh, thành phố: ……", "A13": "STT", "B13": "Họ và tên", "C13": "Mã số bảo hiểm y tế",
    "D13": "Số CCCD/ ĐDCN", "E13": "Ngày, tháng, năm sinh", "F13": "Nơi đăng ký khám bệnh, chữa bệnh ban đầu",
    "G13": "Tiền lương", "H13": "Quan hệ với chủ hộ", "I13": "Tỷ lệ NSNN hỗ trợ (%)", "J13": "Thẻ bảo hiểm y tế",
    "L13": "Ghi chú", "J14": "Bản điện tử", "K14": "Bản giấy",
}  # fmt: skip
_MAU_4_MERGED = ("A13:A14", "B13:B14", "J13:K13", "L13:L14")


def build_d05_workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    """D05-TS with these rows, from column A on, and its sum and signatures below."""
    book = Workbook()
    _fill_sheet(book.active, _D05, _D05_MERGED, 14, 15, list(rows), ("B", "Cộng"))
    return workbook_bytes(book)


def build_mau_4_workbook(*households: Iterable[Sequence[Any]]) -> bytes:
    """Mẫu số 4, a sheet for each household, with one empty numbered row left in each."""
    book = Workbook()
    for number, rows in enumerate(households):
        sheet = book.active if number == 0 else book.create_sheet()
        all_rows = [*rows, (99,)]
        _fill_sheet(
            sheet,
            _MAU_4,
            _MAU_4_MERGED,
            15,
            10,
            all_rows,
            ("A", "Tổng số người đề nghị cấp thẻ bảo hiểm y tế: 2"),
        )
    return workbook_bytes(book)


def _fill_sheet(
    sheet: Any, texts: Mapping[str, str], merged: Iterable[str], numbering_row: int, columns: int,
    rows: Sequence[Sequence[Any]], last_line: tuple[str, str],
) -> None:  # fmt: skip
    for cell_name, text in texts.items():
        sheet[cell_name] = text
    for span in merged:
        sheet.merge_cells(span)
    for column, text in enumerate(["A", "B", *range(1, columns + 1)], 1):
        sheet.cell(numbering_row, column, text)
    for line, row in enumerate(rows, numbering_row + 1):
        for column, value in enumerate(row, 1):
            sheet.cell(line, column, value)
    last_row = numbering_row + len(rows) + 2
    sheet[f"{last_line[0]}{last_row}"] = last_line[1]
    sheet[f"A{last_row + 2}"] = "Đề nghi cơ quan BHXH  thanh toán thù lao theo quy định."
    sheet[f"J{last_row + 2}"] = "TỔ CHỨC LẬP DANH SÁCH"
    sheet[f"J{last_row + 3}"] = "(Ký, ghi rõ họ tên, đóng dấu)"
