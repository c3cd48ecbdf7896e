"""Outcomes of the rows of a file, and how they are reported."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.imports.files.sources import to_json_line
from app.imports.files.tables import RawRow
from app.imports.rows import annotate_outcome, format_outcomes
from app.insurance.enrolments.intake.schemas import Verdict

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_line_is_compact_json(value):
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    assert to_json_line(value) == line


GOOD: dict[str, Any] = {
    "external_ref": "REF-1", "status": Verdict.CREATED, "enrolment_id": "e", "member_id": "m", "warnings": [],
    "errors": [], "candidates": [],
}  # fmt: skip
BAD: dict[str, Any] = {
    "external_ref": None, "status": Verdict.REJECTED, "enrolment_id": None, "member_id": None, "warnings": [],
    "errors": [("/phone", "phone", "Số sai.", "A wrong number."), ("", "nul", "Hỏng.", "Broken.")], "candidates": [],
}  # fmt: skip
OUTCOMES = """
{"index":2,"row":4,"external_ref":"REF-1","status":"created","enrolment_id":"e","member_id":"m","candidates":[],\
"warnings":[],"errors":[]}
{"index":3,"row":6,"external_ref":null,"status":"rejected","enrolment_id":null,"member_id":null,"candidates":[],\
"warnings":[],"errors":[{"pointer":"/phone","code":"phone","detail":"Dòng 6, trường phone: Số sai."},\
{"pointer":"","code":"nul","detail":"Dòng 6: Hỏng."}]}
"""


def test_outcomes_of_a_good_and_a_bad_row():
    rows = [(RawRow(4, {}), deepcopy(GOOD)), (RawRow(6, {}), deepcopy(BAD))]
    for raw, expected in rows:
        annotate_outcome(raw, expected)
    assert rows[1][1]["errors"][0][2:] == (
        "Dòng 6, trường phone: Số sai.",
        "Row 6, field phone: A wrong number.",
    )
    assert format_outcomes(2, rows).decode() == OUTCOMES.lstrip()
