"""TK1-TS, tờ khai đăng ký, điều chỉnh thông tin tham gia BHXH, BHYT (QĐ 366/QĐ-BHXH), as a filled document."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from app.forms.layouts.cells import FONT_NAME, strip_control_characters
from app.forms.layouts.texts import format_day

_LEFT, _CENTER, _BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
_NOT_FOR_VOLUNTARY: Final = (
    "(không áp dụng đối với người tham gia BHXH tự nguyện, BHTNLĐ theo hình thức tự nguyện)"
)
_ADDITIONAL_NOTE: Final = (
    "(áp dụng đối với (1) chủ hộ kinh doanh; (2) người quản lý doanh nghiệp không hưởng tiền lương, (2) Người quản lý"
    " điều hành hợp tác xã, liên hiệp hợp tác xã không hưởng tiền lương, (4) tham gia BHXH tự nguyện, (5) tham gia"
    " BHTNLĐ theo hình thức tự nguyện đăng ký tham gia lần đầu và (6) Các trường hợp đăng ký tham gia lại; đăng ký"
    " thay đổi phương thức đóng, mức thu nhập làm căn cứ đóng)"
)
_CONFIRMATION_NOTE: Final = (
    "(áp dụng đối với người lao động đang tham gia BHXH bắt buộc thay đổi họ, tên đệm, tên;"
    " ngày, tháng, năm sinh)"
)
_NOTE: Final = (
    "Ghi chú: Trường hợp kê khai biểu mẫu điện tử thì các trường thông tin đã được kết nối với Cơ sở dữ liệu Quốc gia"
    " về đăng ký doanh nghiệp, Cơ sở dữ liệu Quốc gia về bảo hiểm, các cơ sở dữ liệu chuyên nghành khác, ... trên Cổng"
    " dịch vụ công Quốc gia thì thông tin được tự động điền vào tờ khai điện tử. Đơn vị, tổ chức chỉ điền thông tin"
    " chưa có trong cơ sở dữ liệu."
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """The data of a person who declares; fields without a value become dots, to be filled in by hand.

    sex: male, female; on_paper: whether a printed book is requested; monthly_income: đồng a month; method: phương thức
    đóng, in words; kind: đối tượng tham gia, [15].
    """

    social_insurance_no: str | None
    full_name: str
    sex: str | None
    birth_date: date | None
    national_id: str | None
    nationality: str | None
    phone: str | None
    on_paper: bool
    address: str | None
    commune: str | None
    province: str | None
    monthly_income: int | None
    method: str
    kind: str


def write_declaration(declaration: Declaration, target: str | BinaryIO) -> None:
    """Write the document (DOCX) to a path or a file."""
    document = Document()
    _set_page(document)
    _add_title(document, declaration)
    _add_common_section(document, declaration)
    _add_additional_section(document, declaration)
    _add_signatures(document)
    document.save(target)


def _set_page(document: Paper) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = (
        Cm(2.5),
        Cm(1.8),
        Cm(0.8),
        Cm(0.8),
    )
    document.core_properties.author = "An Sinh"
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT_NAME, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT_NAME)


def _add_title(document: Paper, declaration: Declaration) -> None:
    basis = ("(Ban hành kèm theo Quyết định số: 366/QĐ-BHXH", " ngày 29/4/2026 của BHXH Việt Nam)")
    for text, bold in (("Mẫu TK1-TS", True), (basis[0], False), (basis[1], False)):
        line = _add_line(document, (text, bold, not bold), alignment=_CENTER, size=9, after=0)
        line.paragraph_format.left_indent = Cm(9.5)
    _add_line(
        document, ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, False), alignment=_CENTER, size=14, after=0
    )
    motto = _add_line(
        document, ("Độc lập - Tự do - Hạnh phúc", True, False), alignment=_CENTER, size=14, after=10
    )
    motto.runs[0].underline = True
    _add_line(document, ("TỜ KHAI", True, False), alignment=_CENTER, size=14)
    subtitle = "ĐĂNG KÝ, ĐIỀU CHỈNH THÔNG TIN THAM GIA BẢO HIỂM XÃ HỘI, BẢO HIỂM Y TẾ"
    _add_line(document, (subtitle, True, False), alignment=_CENTER, size=11.5)
    number = f"Mã số BHXH: {_value_or_dots(declaration.social_insurance_no, 34)}"
    _add_line(document, (number, True, False), alignment=_CENTER, size=14)


def _add_common_section(document: Paper, declaration: Declaration) -> None:
    _add_line(document, ("A. Đăng ký tham gia", True, False))
    _add_line(document, ("I. Thông tin chung", True, False))
    sex = f"- {_checkbox(declaration.sex == 'male')} Nam       - {_checkbox(declaration.sex == 'female')} Nữ"
    _add_fields(
        document, f"[01]. Họ và tên: {_value_or_dots(declaration.full_name, 63)} [02]. Giới tính: {sex}"
    )
    born = format_day(declaration.birth_date) or "...... /….../…......."
    number = _value_or_dots(declaration.national_id, 27)
    _add_fields(document, f"[03]. Ngày, tháng, năm sinh: {born} [04]. Số CCCD/ĐDCN/hộ chiếu: {number}")
    _add_fields(
        document,
        f"[05]. Dân tộc: {'.' * 22} [06]. Quốc tịch: {_value_or_dots(declaration.nationality, 20)}"
        f" [07]. Số điện thoại: {_value_or_dots(declaration.phone, 24)}",
    )
    _add_fields(document, f"[08]. Địa chỉ email: {'.' * 110}")
    _add_line(
        document,
        ("[09] Nơi đăng ký khám, chữa bệnh ban đầu ", False, False), (_NOT_FOR_VOLUNTARY, False, True),
        (f": {'.' * 80}", False, False), alignment=_BOTH,
    )  # fmt: skip
    on_screen, on_paper = _checkbox(not declaration.on_paper), _checkbox(declaration.on_paper)
    receive_as = f"- {on_screen} Bản điện tử           - {on_paper} Bản giấy"
    _add_fields(document, f"[10]. Đăng ký nhận kết quả giải quyết thủ tục hành chính:\t{receive_as}")
    _add_fields(document, "[11] Địa chỉ nhận bản giấy: ")
    _add_fields(document, f"[11.1]. số nhà, đường/phố, thôn/xóm: {_value_or_dots(declaration.address, 80)}")
    commune, province = _value_or_dots(declaration.commune, 44), _value_or_dots(declaration.province, 29)
    _add_fields(document, f"[11.2]. Xã, phường, đặc khu: {commune} [11.3]. Tỉnh, thành phố: {province}")


def _add_additional_section(document: Paper, declaration: Declaration) -> None:
    _add_line(
        document, ("II. Thông tin bổ sung ", True, False), (_ADDITIONAL_NOTE, False, True), alignment=_BOTH
    )
    income = (
        None
        if declaration.monthly_income is None
        else f"{declaration.monthly_income:,} đồng".replace(",", ".")
    )
    _add_fields(
        document,
        f"[12]. Mức tiền đóng: {_value_or_dots(income, 35)} [13]. Phương thức đóng: {declaration.method}",
    )
    _add_line(
        document,
        ("[14]. Nghề, công việc, thời gian và nơi làm việc ", False, False),
        ("(áp dụng đối với người tham gia BHTNLĐ tự nguyện)", False, True), (f": {'.' * 100}", False, False),
        alignment=_BOTH,
    )  # fmt: skip
    _add_fields(document, f"[15]. Đối tượng tham gia: {declaration.kind}")
    _add_line(document, ("B. Điều chỉnh thông tin", True, False))
    _add_fields(document, f"[16]. Nội dung đề nghị: {'.' * 100}")
    _add_fields(document, "." * 150)
    _add_fields(document, f"[17]. Giấy tờ kèm theo (nếu có): {'.' * 90}")
    _add_fields(document, "." * 150)


def _add_signatures(document: Paper) -> None:
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _write_runs(left.paragraphs[0], ("XÁC NHẬN CỦA ĐƠN VỊ", True, False), alignment=_CENTER)
    _write_runs(left.add_paragraph(), (_CONFIRMATION_NOTE, False, True), alignment=_CENTER)
    lines = (
        ("………, ngày …… tháng …… năm ………\nTôi chịu trách nhiệm trước pháp luật", False, True),
        ("về nội dung kê khai.", False, True), ("Người kê khai", True, False), ("(Ký, ghi rõ họ, tên)", False, True),
    )  # fmt: skip
    for index, line in enumerate(lines):
        _write_runs(right.paragraphs[0] if index == 0 else right.add_paragraph(), line, alignment=_CENTER)
    for _ in range(3):
        _add_line(document, after=0)
    _add_line(document, (_NOTE, False, True), alignment=_BOTH, size=9, after=0)


def _add_fields(document: Paper, text: str) -> None:
    _add_line(document, (text, False, False))


def _add_line(
    document: Paper,
    *parts: tuple[str, bool, bool],
    alignment: WD_ALIGN_PARAGRAPH = _LEFT,
    size: float = 12,
    after: float = 3,
) -> Paragraph:
    """Add a paragraph. parts: text, bold, italic; after: points of space below."""
    return _write_runs(document.add_paragraph(), *parts, alignment=alignment, size=size, after=after)


def _write_runs(
    paragraph: Paragraph,
    *parts: tuple[str, bool, bool],
    alignment: WD_ALIGN_PARAGRAPH,
    size: float = 12,
    after: float = 0,
) -> Paragraph:
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(0), Pt(after)
    for text, bold, italic in parts:
        run = paragraph.add_run(strip_control_characters(text))
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return paragraph


def _value_or_dots(value: str | None, dots: int) -> str:
    return value or "." * dots


def _checkbox(checked: bool) -> str:
    return "☒" if checked else "☐"
