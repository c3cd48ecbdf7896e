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
    erase_from_errors,
    erase_from_file,
    erase_from_outcome,
    read_csv,
)
from tests.privacy.traces.test_rules import MEMBER, make_sought

HEADINGS = ["Họ và tên", "Ghi chú", "Dòng", "Lỗi", "Có thể trùng"]
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
        rows = [["Ai", "1\n2", "3", "sai", ""], ["Trần Thị Đào", "x", "4", "sai", f"{OTHER} (0.9)"]]
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
        ("row", "is_doubtful"),
        [
            (["Trần Thị Đào Anh", "", "4", "sai", ""], False),
            (["Nguyễn Văn Chồng", "0932000001", "4", "sai", ""], False),
            (["Trần Thị Đào", "GD4791234567890", "4", "sai", ""], False),
            (["bà Trần Thị Đào", "", "4", "sai", ""], True),
        ],
        ids=["longer name", "husband", "another card", "other words"],
    )
    def test_a_row_that_may_be_anothers_stays(self, row: list[str], is_doubtful: bool):
        sought = make_sought()
        assert erase_from_file(sought, "dong-loi.csv", to_csv([row]), None, HEADINGS) == LeftOver()
        assert sought.doubts == ({"4"} if is_doubtful else set())

    @pytest.mark.parametrize(
        ("born", "commune", "stays"),
        [("1984-03-02", "01234", False), ("1950-01-01", "", True), ("", "99999", True)],
    )
    def test_its_headings_say_who_was_born_when_and_where(self, born: str, commune: str, stays: bool):
        headings = ["Họ và tên", "Ngày, tháng, năm sinh", "Mã xã", "Dòng", "Lỗi"]
        content = to_csv([["Trần Thị Đào", born, commune, "4", "sai"]])
        left = erase_from_file(make_sought(near=False), "dong-loi.csv", content, None, headings)
        assert (left == LeftOver()) == stays

    def test_a_cell_may_be_as_long_as_a_line(self):
        """Of NDJSON; only the person's row goes."""
        rows = [["Trần Thị Đào", "042184000123", "2", "sai", ""], ["x" * 250_000, "", "3", "sai", ""]]
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), None, HEADINGS)
        first, second = read_csv((left.content or b"").decode())
        assert ([cell.rstrip(" ") for cell in first], second) == (["", "", "2", "sai", ""], rows[1])

    def test_a_row_may_have_more_cells_than_there_are_headings(self):
        content = to_csv([["a", "b", "042184000123"]])
        left = erase_from_file(PEOPLE, "dong-loi.csv", content, None, ["Họ", "Dòng"])
        assert to_rows(left.content) == [["", "b", ""]]

    @pytest.mark.parametrize("headings", [HEADINGS, [], ["Lỗi"]])
    @pytest.mark.parametrize(
        "row",
        [
            ["Trần Thị Đào", 'x, "y"\n', "4", "sai", f"{OTHER} (0.9)"],
            ["Ai", "", "4", "", f"{MEMBER} (0.80)"],
            ["042184000123"],
        ],
    )
    def test_it_stays_as_long_as_it_was(self, row: list[str], headings: list[str]):
        """So a download that runs meanwhile ends as it was announced."""
        content = to_csv([row, ["Ai", "", "5", "sai", ""]])
        outcomes = [make_outcome(number, external_ref=f"042184000123-{number}") for number in range(50)]
        beside = gzip.compress(b"".join(json.dumps(each).encode() + b"\n" for each in outcomes), 1)
        left = erase_from_file(PEOPLE, "dong-loi.csv", content, beside, headings)
        assert left.content != content
        assert (len(left.content or b""), len(left.beside or b"")) == (len(content), len(beside))
        lines = gzip.decompress((left.beside or b"") + beside).splitlines()
        assert [json.loads(line)["external_ref"] for line in lines[:50]] == [None] * 50

    @given(st.lists(st.lists(st.text(alphabet='ab ",\n12', max_size=8), min_size=5, max_size=5), max_size=5))
    def test_rows_of_others_are_as_they_were(self, rows: list[list[str]]):
        own = ["Trần Thị Đào", "", "9", "sai", ""]
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
        assert json.loads(lines[1]) == make_outcome(2, external_ref=None)
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
        ("text", "left", "doubts"),
        [
            ("x 042184000123 y", LeftOver(b""), set()),
            ("bà Trần Thị Đào, Lê A 042999999999", LeftOver(), {""}),
            ("Trần Thị Đào Anh", LeftOver(), set()),
        ],
    )
    def test_a_file_of_another_kind_goes_by_a_number_alone(self, text: str, left: LeftOver, doubts: set[str]):
        sought = make_sought()
        assert erase_from_file(sought, "x.txt", text.encode(), None, []) == left
        assert sought.doubts == doubts

    def test_errors_keep_pointer_and_code(self):
        errors = [["/a", "bad", "Trần Thị Đào", "x"], ["/b", "bad", "y", "z"]]
        assert erase_from_errors(PEOPLE, errors) == [["/a", "bad", "…", "x"], errors[1]]


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ",\n\r12', max_size=8), min_size=1, max_size=4), max_size=5
    )
)  # fmt: skip
def test_a_report_is_read_as_it_was_written(rows: list[list[str]]):
    assert read_csv(to_csv(rows).decode()) == rows
