"""What is left of contents when somebody is taken out of them."""

import csv
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.traces.contents import LeftOver, erase_from_errors, erase_from_file, erase_from_outcome
from tests.privacy.traces.test_rules import MEMBER, make_person

HEADINGS = ["Họ và tên", "Ghi chú", "Dòng", "Lỗi", "Có thể trùng"]
PEOPLE = [make_person()]
OTHER = "01a2275b-0000-7db5-994a-77558bd5282f"


def to_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def to_rows(content: bytes | None) -> list[list[str]]:
    assert content is not None
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


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

    @given(st.lists(st.lists(st.text(alphabet='ab ",\n12', max_size=8), min_size=5, max_size=5), max_size=5))
    def test_rows_of_others_are_as_they_were(self, rows: list[list[str]]):
        own = ["Trần Thị Đào", "", "9", "sai", ""]
        left = erase_from_file(PEOPLE, "dong-loi.csv", to_csv([*rows, own, *rows]), None, HEADINGS)
        assert to_rows(left.content) == [*rows, ["", "", "9", "sai", ""], *rows]
        assert erase_from_file(PEOPLE, "dong-loi.csv", to_csv(rows), None, HEADINGS) == LeftOver()


class TestOutcomes:
    def test_what_a_row_came_to_stays(self):
        warning = {"pointer": "/x", "code": "w", "detail": "Trần Thị Đào lạ"}
        own = make_outcome(1, member_id=MEMBER, status="unchanged", enrolment_id=OTHER, warnings=[warning])
        left = erase_from_outcome(PEOPLE, own)
        assert left == own | {"external_ref": None, "warnings": [warning | {"detail": "…"}]}

    def test_of_anothers_row_only_the_candidate_goes(self):
        others = [
            {"member_id": OTHER, "score": "0.9", "shared": []},
            {"member_id": MEMBER, "score": "0.8", "shared": []},
        ]
        left = erase_from_outcome(PEOPLE, make_outcome(1, member_id=OTHER, candidates=others))
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
    @pytest.mark.parametrize(("covered", "left"), [(True, LeftOver(b"")), (False, LeftOver())])
    def test_what_cannot_be_read_goes_where_it_may_name_them(self, name: str, covered: bool, left: LeftOver):
        broken = {"dong-loi.csv": b"042184000123\xff", "x.xlsx": b"PK\x03\x04broken"}.get(
            name, b"\x1f\x8bbroken"
        )
        assert erase_from_file([make_person(covered=covered)], name, broken, None, HEADINGS) == left

    def test_errors_keep_pointer_and_code(self):
        errors = [["/a", "bad", "Trần Thị Đào", "x"], ["/b", "bad", "y", "z"]]
        assert erase_from_errors(PEOPLE, errors) == [["/a", "bad", "…", "x"], errors[1]]
