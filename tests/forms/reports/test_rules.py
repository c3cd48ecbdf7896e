"""The reports' arithmetic without a database."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from app.core.errors import InvalidInput
from app.forms.kinds import ReportForm
from app.forms.layouts.b15 import TargetProgress
from app.forms.layouts.report_parts import ReportHead, format_period, to_roman
from app.forms.reports.b15.rules import build_organisation_rows, build_performances, compute_committed_target
from app.forms.reports.rules import (
    SHEET_MONTHS,
    ReportPeriod,
    ReportUnit,
    UnitHierarchy,
    resolve_report_period,
)


def make_target(value: int, period: str = "year", first: date = date(2026, 1, 1), **fields: Any) -> Any:
    """A target as the database gives it."""
    defaults = {
        "place_code": None,
        "by_bhxh": True,
        "set_on": None,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return SimpleNamespace(value=value, period=period, period_from=first, **(defaults | fields))


class TestSpan:
    @pytest.mark.parametrize(
        ("form", "sheet", "month", "months", "ends"),
        [
            ("c21_ts", "a", "2026-02", None, date(2026, 2, 28)),
            ("b15_uq", "c", "2026-12", 1, date(2026, 12, 31)),
            ("b09_ts", "a", "2026-10", None, date(2026, 12, 31)),
            ("b09_ts", "b", "2026-07", 6, date(2026, 12, 31)),
            ("b09_ts", "b", "2026-01", 12, date(2026, 12, 31)),
            ("d11_ts", "detail", "2024-02", None, date(2024, 2, 29)),
            ("d11_ts", "cq", "2026-04", None, date(2026, 6, 30)),
            ("d11_ts", "bn", "2026-01", None, date(2026, 12, 31)),
        ],
    )
    def test_a_period_ends_with_its_last_month(self, form, sheet, month, months, ends):
        assert resolve_report_period(ReportForm(form), sheet, month, months).last == ends

    @pytest.mark.parametrize(
        ("sheet", "month", "months"), [("a", "2026-02", 3), ("a", "2026-04", 6), ("b", "2026-07", 12)]
    )
    def test_a_period_begins_where_such_periods_do(self, sheet, month, months):
        with pytest.raises(InvalidInput) as exc_info:
            resolve_report_period(ReportForm.B09, sheet, month, months)
        assert exc_info.value.errors[0].pointer == "/month"

    def test_the_sheets_of_d11_are_those_of_the_official_file(self):
        assert set(SHEET_MONTHS[ReportForm.D11]) == {
            "detail",
            "at",
            "aq",
            "an",
            "bt",
            "bq",
            "bn",
            "ct",
            "cq",
            "cn",
        }

    def test_a_year_begins_in_january(self):
        assert ReportPeriod(date(2026, 10, 1), date(2026, 12, 31)).year_start == date(2026, 1, 1)


class TestTarget:
    def test_none_is_none(self):
        assert compute_committed_target([]) is None

    def test_the_year_goes_before_its_parts(self):
        assert (
            compute_committed_target([make_target(40), make_target(9, "quarter"), make_target(3, "month")])
            == 40
        )

    def test_parts_are_summed(self):
        quarters = [
            make_target(9, "quarter"),
            make_target(11, "quarter", date(2026, 4, 1)),
            make_target(3, "month"),
        ]
        assert compute_committed_target(quarters) == 20

    def test_that_of_bhxh_goes_before_a_later_one(self):
        later = datetime(2026, 6, 1, tzinfo=UTC)
        assert (
            compute_committed_target([make_target(40), make_target(99, by_bhxh=False, created_at=later)])
            == 40
        )
        assert compute_committed_target([make_target(40), make_target(45, created_at=later)]) == 45
        assert (
            compute_committed_target(
                [make_target(40, set_on=date(2026, 3, 1)), make_target(45, created_at=later)]
            )
            == 40
        )

    def test_single_places_are_summed_unless_there_is_one_for_all(self):
        places = [make_target(10, place_code="1"), make_target(15, place_code="2")]
        assert compute_committed_target(places) == 25
        assert compute_committed_target([*places, make_target(30)]) == 30


class TestOrganisations:
    def test_a_new_target_above_the_whole_leaves_nobody_to_go_on(self):
        unit, office = uuid4(), ReportUnit("BHXH-1", "BHXH cơ sở")
        whose: Any = {"for_organisation_id": unit, "for_user_id": None, "user_organisation_id": None}
        targets = [
            make_target(10, metric="participants_bhxh_tn", product=None, **whose),
            make_target(12, metric="new_participants", product="bhxh_tn", **whose),
        ]
        at = UnitHierarchy(ReportUnit("HPN-1", "Hội"), office, ReportUnit("BHXH-42", "BHXH tỉnh"))
        part, line, total = build_organisation_rows(build_performances([], targets), {unit: at}, "b")
        assert (part.name, line.name, total.name) == ("BHXH cơ sở", "Hội", "Cộng:")
        assert line.voluntary == TargetProgress(10, 12, 0, 0, 0, 0)
        assert line.health == TargetProgress(None, None, None, 0, 0, 0)


class TestWords:
    @pytest.mark.parametrize(
        ("number", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (34, "XXXIV"), (144, "CXLIV")]
    )
    def test_roman(self, number, letters):
        assert to_roman(number) == letters

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            (date(2026, 1, 1), date(2026, 1, 31), "Tháng 01 năm 2026"),
            (date(2026, 4, 1), date(2026, 6, 30), "Quý II năm 2026"),
            (date(2026, 1, 1), date(2026, 6, 30), "Từ tháng 01 năm 2026 đến tháng 06 năm 2026"),
            (date(2026, 1, 1), date(2026, 12, 31), "Năm 2026"),
        ],
    )
    def test_periods(self, first, last, words):
        assert format_period(ReportHead("", "", first, last, last)) == words
