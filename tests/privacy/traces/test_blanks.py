"""Rows that an officer has wiped keep their number and what became of them; all others stay as they are."""

import gzip
import json

import pytest

from app.privacy.traces.blanks import blank_errors, blank_outcome, blank_outcomes, blank_report
from tests.privacy.traces.test_contents import HEADINGS, make_outcome, to_csv, to_outcomes, to_rows

ROWS = [["Ai", "1\n2", "3", "sai", ""], ["Trần Thị Đào", "x", "4", "sai: Đào", "Đào (0.9)"], ["Cụt"]]


class TestReport:
    def test_a_row_keeps_its_number(self):
        content = to_csv(ROWS)
        left = blank_report(content, HEADINGS, ["4"])
        assert to_rows(left) == [ROWS[0], ["", "", "4", "", ""], ROWS[2]]
        assert len(left) == len(content)

    def test_without_a_column_of_numbers_nothing_is_done(self):
        with pytest.raises(ValueError, match="Dòng"):
            blank_report(to_csv(ROWS), ["Họ và tên"], ["4"])


class TestOutcomes:
    def test_of_a_part_of_their_file(self):
        content = to_outcomes(make_outcome(3), make_outcome(4, candidates=[{"member_id": "a"}]))
        lines = [json.loads(line) for line in gzip.decompress(blank_outcomes(content, ["4"])).splitlines()]
        assert lines == [make_outcome(3), make_outcome(4, external_ref=None)]

    @pytest.mark.parametrize(
        ("note", "left"),
        [
            ({"code": "bad", "detail": "Đào"}, {"code": "bad", "detail": "…"}),
            (["/a", "bad", "Đào", "Dao"], ["/a", "bad", "…", "…"]),
        ],
    )
    def test_of_one_row(self, note: object, left: object):
        outcome = make_outcome(4, errors=[note], warnings=[note])
        assert blank_outcome(outcome) == make_outcome(4, external_ref=None, errors=[left], warnings=[left])
        assert blank_outcome({"status": "rejected"}) == {"status": "rejected"}


def test_errors_keep_pointer_and_code():
    errors = [["/a", "bad", "Đào", "Dao"], ["/b", "bad", "Ai", "Who"]]
    assert blank_errors(errors, ["0"]) == [["/a", "bad", "…", "…"], errors[1]]
