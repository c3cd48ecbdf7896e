"""What is left of contents when somebody is taken out of them."""

import csv
import gzip
import io
import json
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.traces.contents import (
    LeftOver,
    erase_from_error,
    erase_from_file,
    erase_from_outcome,
    read_csv,
)
from tests.privacy.traces.test_rules import MEMBER, NUMBER, make_sought

HEADINGS = ["Họ và tên", "Số CCCD", "Dòng", "Lỗi", "Có thể trùng"]
PEOPLE = make_sought()
OTHER = "01a2275b-0000-7db5-994a-77558bd5282f"


def to_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def to_rows(content: bytes | None) -> list[list[str]]:
    """Without the spaces that keep a row as long as it was."""
    assert content is not None
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return [[cell.rstrip(" ") for cell in row] for row in rows]


def to_outcomes(*outcomes: dict[str, object]) -> bytes:
    return gzip.compress(b"".join(json.dumps(outcome).encode() + b"\n" for outcome in outcomes))


def make_outcome(row: int, **fields: object) -> dict[str, object]:
    return {
        "index": row, "row": row, "external_ref": f"REF-{row}", "status": "rejected", "enrolment_id": None,
        "member_id": None, "candidates": [], "warnings": [], "errors": [],
    } | fields  # fmt: skip


class TestReport:
    def test_the_persons_row_keeps_number_and_reason_alone(self):
        rows = [["Ai", "1\n2", "3", "sai", ""], ["Trần Thị Đào", NUMBER, "4", "sai", f"{OTHER} (0.9)"]]
        beside = to_outcomes(make_outcome(3), make_outcome(4))
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), beside, HEADINGS)
        assert to_rows(left.content) == [rows[0], ["", "", "4", "sai", ""]]
        assert left.beside is not None
        refs = [json.loads(line)["external_ref"] for line in gzip.decompress(left.beside).splitlines()]
        assert refs == ["REF-3", None]

    def test_of_anothers_row_the_candidate_goes(self):
        rows = [["Ai", "x", "3", "sai", f"{OTHER} (0.90); {MEMBER} (0.80)"]]
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), None, HEADINGS)
        assert to_rows(left.content) == [["Ai", "x", "3", "sai", f"{OTHER} (0.90)"]]

    @pytest.mark.parametrize(
        ("cells", "is_doubtful"),
        [
            ({"Họ và tên": "Trần Thị Đạo", "Số điện thoại": "0932000001"}, True),
            ({"Họ và tên": "Trần Thị Đào", "Số CCCD": "042184000124", "Ngày sinh": "02/03/84"}, True),
            ({"Họ và tên": "Trần Thị Đào", "Ngày sinh": "1960-01-01", "Số điện thoại": "0932000001"}, True),
            ({"Họ và tên": "Lê Văn Con", "Số điện thoại": "0932000001", "Ghi chú": "chủ hộ: Trần Thị Đào"}, True),
            ({"Họ và tên": "Lê Văn Con", "Số CCCD": "042215000999", "Ghi chú": f"mẹ CCCD {NUMBER}"}, True),
            ({"Họ và tên": "Phạm Văn Khác", "Số CCCD": NUMBER, "Số điện thoại": "0987654321"}, True),
            ({"Họ và tên": "Phạm Văn Khác", "Số CCCD của mẹ": NUMBER}, True),
            ({"Họ và tên": "Phạm Văn Khác", "Mã tổ": "T1", "Nguồn": "Trần Thị Đào"}, True),
            ({"Họ và tên": "Nguyễn Văn Chồng", "Số điện thoại": "0932000001"}, False),
            ({"Họ và tên": "Trần Thị Đào Anh", "Số CCCD": "042184000999"}, False),
        ],
        ids=[
            "sister", "wrong digit", "namesake", "child", "mother's number", "mistyped number", "unknown column", "donor",
            "husband", "longer name",
        ],
    )  # fmt: skip
    def test_a_row_that_may_be_anothers_stays(self, cells: dict[str, str], is_doubtful: bool):
        sought = make_sought()
        content, headings = to_csv([[*cells.values(), "4", "sai"]]), [*cells, "Dòng", "Lỗi"]
        assert erase_from_file(sought, "dong-loi.csv", content, None, headings) == LeftOver()
        assert sought.doubts == ({"4"} if is_doubtful else set())

    def test_a_cell_may_be_as_long_as_a_line(self):
        """Of NDJSON; only the person's row goes."""
        rows = [["Trần Thị Đào", "042184000123", "2", "sai", ""], ["x" * 250_000, "", "3", "sai", ""]]
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), None, HEADINGS)
        first, second = read_csv((left.content or b"").decode())
        assert ([cell.rstrip(" ") for cell in first], second) == (["", "", "2", "sai", ""], rows[1])

    def test_a_row_may_have_more_cells_than_there_are_headings(self):
        content = to_csv([[NUMBER, "b", "x"]])
        left = erase_from_file(PEOPLE, "dong-loi.csv", content, None, ["CCCD", "Dòng"])
        assert to_rows(left.content) == [["", "b", ""]]

    @pytest.mark.parametrize(
        ("headings", "row"),
        [
            (HEADINGS, ["Trần Thị Đào", NUMBER, "4", 'x, "y"\n', f"{OTHER} (0.9)"]),
            (HEADINGS, ["Ai", "", "4", "", f"{MEMBER} (0.80)"]),
            (["CCCD"], [NUMBER]),
        ],
    )
    def test_it_stays_as_long_as_it_was(self, row: list[str], headings: list[str]):
        """So a download that runs meanwhile ends as it was announced."""
        content = to_csv([row, ["Ai", "", "5", "sai", ""]])
        outcomes = [make_outcome(number, external_ref=NUMBER) for number in range(50)]
        beside = gzip.compress(b"".join(json.dumps(each).encode() + b"\n" for each in outcomes), 1)
        left = erase_from_file(PEOPLE, "dong-loi.csv", content, beside, headings)
        assert left.content != content
        assert (len(left.content or b""), len(left.beside or b"")) == (len(content), len(beside))
        lines = gzip.decompress((left.beside or b"") + beside).splitlines()
        assert {json.loads(line)["external_ref"] for line in lines[:50]} <= {None, "…"}

    @given(st.lists(st.lists(st.text(alphabet='ab ",\n12', max_size=8), min_size=5, max_size=5), max_size=5))
    def test_rows_of_others_are_as_they_were(self, rows: list[list[str]]):
        own = ["Trần Thị Đào", NUMBER, "9", "sai", ""]
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv([*rows, own, *rows]), None, HEADINGS)
        assert left.content is not None
        kept = read_csv(left.content.decode())
        kept[len(rows)] = [cell.rstrip(" ") for cell in kept[len(rows)]]
        assert kept == [*rows, ["", "", "9", "sai", ""], *rows]
        assert erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), None, HEADINGS) == LeftOver()


class TestOutcomes:
    def test_what_a_row_came_to_stays(self):
        warning = {"pointer": "/x", "code": "w", "detail": "Trần Thị Đào lạ"}
        own = make_outcome(1, member_id=MEMBER, status="unchanged", enrolment_id=OTHER, warnings=[warning])
        left = erase_from_outcome(PEOPLE, own, "1")
        assert left == own | {"external_ref": None, "warnings": [warning | {"detail": "…"}]}

    def test_of_anothers_row_only_the_candidate_goes(self):
        others = [
            {"member_id": OTHER, "score": "0.9", "shared": []},
            {"member_id": MEMBER, "score": "0.8", "shared": []},
        ]
        left = erase_from_outcome(PEOPLE, make_outcome(1, member_id=OTHER, candidates=others), "1")
        assert left == make_outcome(1, member_id=OTHER, candidates=others[:1])

    def test_lines_of_others_are_the_same_bytes(self):
        content = to_outcomes(make_outcome(1), make_outcome(2, external_ref="042184000123"))
        left = erase_from_file(PEOPLE, "ket-qua.ndjson.gz", content, None, [])
        assert left.content is not None
        lines = gzip.decompress(left.content).splitlines()
        assert lines[0] == gzip.decompress(content).splitlines()[0]
        assert json.loads(lines[1]) == make_outcome(2, external_ref="…")
        assert erase_from_file(PEOPLE, "ket-qua.ndjson.gz", left.content, None, []) == LeftOver()


class TestOthers:
    @pytest.mark.parametrize("name", ["ket-qua.ndjson.gz", "dong-loi.csv", "x.xlsx"])
    def test_what_cannot_be_read_raises_and_stays(self, name: str):
        """It has rows of others as well, so it does not go because somebody may be in it."""
        broken = {"dong-loi.csv": b"042184000123\xff", "x.xlsx": b"PK\x03\x04broken"}.get(
            name, b"\x1f\x8bbroken"
        )
        with pytest.raises((ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile)):
            erase_from_file(PEOPLE, name, broken, None, HEADINGS)

    @pytest.mark.parametrize(
        ("text", "doubts"),
        [("x 042184000123 y", {""}), ("bà Trần Thị Đào, Lê A", {""}), ("Trần Thị Đào Anh", set())],
    )
    def test_a_file_of_another_kind_stays(self, text: str, doubts: set[str]):
        sought = make_sought()
        assert erase_from_file(sought, "x.txt", text.encode(), None, []) == LeftOver()
        assert sought.doubts == doubts

    def test_of_errors_only_numbers_go(self):
        """And a name is a doubt."""
        sought, error = make_sought(), ["/a", "bad", f"Cột {NUMBER} lạ", "Trần Thị Đào"]
        assert erase_from_error(sought, error, "3") == ["/a", "bad", "Cột … lạ", "Trần Thị Đào"]
        assert sought.doubts == {"3"}


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ",\n\r12', max_size=8), min_size=1, max_size=4), max_size=5
    )
)  # fmt: skip
def test_a_report_is_read_as_it_was_written(rows: list[list[str]]):
    assert read_csv(to_csv(rows).decode()) == rows
