"""Tables row by row: each row below the headings is read or told with its reason, whatever stands between them."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.contributions.rows import CONTRIBUTION_TABLE
from app.imports.files.bounds import FileBounds, ReadWatch
from app.imports.files.columns import ENROLMENT_TABLE, TableSchema
from app.imports.files.tables import RawRow, read_table

D05 = (
    "STT", "Họ và tên", "Mã số BHXH", "Số CCCD/ ĐDCN", "Ngày/ tháng/ năm sinh", "Giới tính", "Từ tháng/ năm", "Số tháng",
    "Mức thu nhập tháng đóng BHXH",
)  # fmt: skip
PLAIN = ("external_ref", "full_name", "birth_date", "monthly_income")
BOOKS = ("STT", "Họ và tên", "Mã tổ", "Số CCCD", "Loại", "Số tiền", "Ngày thu")
Cells = Sequence[Any]


def read(
    headings: Cells, rows: Sequence[Cells], schema: TableSchema = ENROLMENT_TABLE
) -> tuple[list[RawRow], dict[int, str]]:
    """The rows that are read, and by number why others are not."""
    watch = ReadWatch(FileBounds())
    lines = enumerate([headings, *rows], 1)
    read_rows = list(read_table(lines, {}, schema, watch))
    skipped = watch.get_skipped()
    assert skipped.total == len(skipped.rows)
    return read_rows, {row.number: row.code for row in skipped.rows}


def person(number: object, name: str, birth_date: object = "02/03/1984") -> Cells:
    return (number, name, None, None, birth_date, "Nữ", "12/2026", 12, 1_500_000)


def sum_of(label: str) -> Cells:
    return (None, label, None, None, None, None, None, None, 3_000_000)


class TestSums:
    @pytest.mark.parametrize(
        "label",
        ["Cộng", "CỘNG", "Cộng:", "Cộng thôn Bắc", "Tổng cộng", "Tổng số", "Tổng số tiền", "Tong cong", "Lũy kế", "Luỹ kế năm"],
    )  # fmt: skip
    @pytest.mark.parametrize("column", [0, 1])
    def test_in_the_middle_ends_nothing(self, label: str, column: int):
        total = list(sum_of(label))
        total[0], total[1] = (label, None) if column == 0 else (None, label)
        rows, skipped = read(D05, [person(1, "Nguyễn Thị Một"), total, person(2, "Trần Thị Hai")])
        assert [row.number for row in rows] == [2, 4]
        assert skipped == {3: "sum_row"}

    @pytest.mark.parametrize("name", ["Cống", "Tống", "Cộng", "Tống Thị Cộng", "Công Thị Tổng"])
    def test_is_no_person_of_such_a_name(self, name: str):
        rows, skipped = read(D05, [person(None, name)])
        assert [row.value["full_name"] for row in rows] == [name]
        assert skipped == {}

    @pytest.mark.parametrize("headings", [PLAIN, ("Họ và tên", "Ngày sinh", "Mức thu nhập")])
    def test_in_a_plain_table(self, headings: Cells):
        total: list[Any] = [None] * len(headings)
        total[headings.index("full_name" if headings is PLAIN else "Họ và tên")] = "Tổng cộng"
        total[-1] = 9_000_000
        assert read(headings, [total]) == ([], {2: "sum_row"})

    @pytest.mark.parametrize("source", ["Cộng tác viên thôn 3", "Công ty Cộng Đồng", "Tổng công ty Sữa"])
    def test_is_no_donor_of_such_a_name(self, source: str):
        headings = ("Mã tổ", "Loại", "Số tiền", "Nguồn")
        rows, skipped = read(headings, [("HT-1", "ủng hộ", 50_000, source)], CONTRIBUTION_TABLE)
        assert ([row.value["source"] for row in rows], skipped) == ([source], {})

    def test_of_money_is_never_booked_as_a_gift(self):
        """A row without a person is a contribution to the common fund."""
        gift = (3, "Nhà hảo tâm", "HT-1", None, "ủng hộ", 50_000, "20/11/2026")
        total = (None, "Cộng", "HT-1", None, None, 80_000, None)
        mine = (1, "Lê Thị Hoa", "HT-1", "042184000123", "gửi", 30_000, "20/11/2026")
        named = (2, "Cộng", *mine[2:])
        rows, skipped = read(BOOKS, [mine, gift, total, gift, named], CONTRIBUTION_TABLE)
        assert [row.value["amount"] for row in rows] == [30_000, 50_000, 50_000, 30_000]
        assert skipped == {4: "sum_row"}


class TestOtherRows:
    def test_headings_of_groups(self):
        rows, skipped = read(
            D05, [("I", "Thôn Bắc"), person(1, "Lê Thị Một"), ("II", "Thôn Nam"), ("A", "Hộ nghèo")]
        )
        assert [row.number for row in rows] == [3]
        assert skipped == {2: "group_row", 4: "group_row", 5: "group_row"}

    def test_signatures_below_the_sum(self):
        below: list[Cells] = [
            sum_of("Tổng cộng"),
            (None, "Tổng số người đề nghị: 2"),
            (None, None, None, None, "Hà Tĩnh, ngày 20 tháng 11 năm 2026"),
            (None, "Người lập danh sách", None, None, "Thủ trưởng đơn vị"),
            (None, "(Ký, họ tên)"),
        ]
        rows, skipped = read(D05, [person(1, "Lê Thị Một"), *below])
        assert [row.number for row in rows] == [2]
        assert set(skipped) == {3, 4, 5, 6, 7}
        assert set(skipped.values()) == {"sum_row", "below_table"}

    def test_people_below_signatures_are_read(self):
        rows, skipped = read(D05, [sum_of("Cộng"), (None, "Người lập"), person(1, "Lê Thị Một")])
        assert [row.number for row in rows] == [4]
        assert set(skipped) == {2, 3}

    @pytest.mark.parametrize("birth_date", ["1958", 1958, None, "không rõ"])
    def test_people_below_a_sum_of_whom_little_is_known(self, birth_date: object):
        """They are read, to be refused with what is missing."""
        rows, skipped = read(D05, [sum_of("Cộng"), person(3, "Lê Thị Ba", birth_date)])
        assert ([row.number for row in rows], skipped) == ([3], {2: "sum_row"})

    def test_what_has_no_cell_that_is_taken(self):
        assert read(("full_name", "birth_date", "row"), [(None, None, "5")]) == ([], {2: "nothing_to_take"})

    def test_a_member_of_a_household_who_wants_no_card(self):
        headings = ("STT", "Họ và tên", "Mã số BHYT", "Quan hệ với chủ hộ", "Ngày sinh", "Ghi chú")
        rows, skipped = read(
            headings,
            [(1, "Lê Văn Một", None, "chủ hộ", "02/03/1954", "12 tháng"), (2, "Lê Văn Hai", None, "con", "02/03/1984", None)],
        )  # fmt: skip
        assert [row.number for row in rows] == [2]
        assert skipped == {3: "no_card_wanted"}


PEOPLE = st.builds(
    person,
    st.one_of(st.none(), st.integers(1, 99), st.just("IV")),
    st.sampled_from(["Nguyễn Thị Một", "Cống", "Tống Thị Cộng", "I", "A Lềnh", "Người lập"]),
)
OTHERS = st.sampled_from(
    [
        sum_of("Cộng"),
        sum_of("Tổng số"),
        ("I", "Thôn Bắc"),
        (None, "Đề nghị cơ quan BHXH"),
        (7,),
        (None, "(Ký, họ tên)"),
    ]
)
BLANK = st.sampled_from([(), (None,) * 9, ("", " ", "\xa0")])


class TestEveryRow:
    @given(st.lists(st.one_of(PEOPLE, OTHERS, BLANK), max_size=30))
    def test_is_read_or_told(self, table: list[Cells]):
        rows, skipped = read(D05, table)
        given_rows = {
            number
            for number, cells in enumerate(table, 2)
            if any(str(cell).strip() for cell in cells if cell is not None)
        }
        assert {row.number for row in rows} | set(skipped) == given_rows
        assert not {row.number for row in rows} & set(skipped)
        people = {number for number, cells in enumerate(table, 2) if len(cells) == 9 and cells[4]}
        assert people <= {row.number for row in rows}
