"""Values that people type into cells, and what they are read as."""

from datetime import date, datetime

import pytest

from app.imports.files.values import (
    CELL_PARSERS,
    cell_text,
    escape_formula,
    method_for_months,
    support_group_by_rate,
    unescape_formula,
)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("birth_date", "2/3/1984", "1984-03-02"),
        ("birth_date", "02-03-1984", "1984-03-02"),
        ("birth_date", "02.03.1984", "1984-03-02"),
        ("birth_date", " 1984-3-2 ", "1984-03-02"),
        ("birth_date", date(1984, 3, 2), "1984-03-02"),
        ("birth_date", datetime(1984, 3, 2, 0, 0), "1984-03-02"),  # noqa: DTZ001 - as a workbook has it
        ("birth_date", "1984", "1984"),
        ("from_month", "12/2026", "2026-12"),
        ("from_month", "2026-12", "2026-12"),
        ("from_month", date(2026, 12, 1), "2026-12"),
        ("from_month", "tháng chạp", "tháng chạp"),
        ("monthly_income", "1.500.000", 1_500_000),
        ("monthly_income", "1,500,000 đ", 1_500_000),
        ("monthly_income", "1.500.000 ₫", 1_500_000),
        ("monthly_income", "1.500.000\xa0₫", 1_500_000),
        ("monthly_income", "₫1.500.000", 1_500_000),
        ("monthly_income", "₫ 1,500,000", 1_500_000),
        ("monthly_income", "1 500 000 đồng", 1_500_000),
        ("monthly_income", "1500000", 1_500_000),
        ("monthly_income", 1_500_000.0, 1_500_000),
        ("monthly_income", "1.5", "1.5"),
        ("monthly_income", "1.50.000", "1.50.000"),
        ("monthly_income", "9" * 5_000, "9" * 5_000),
        ("months", "12 tháng", 12),
        ("months", 12.0, 12),
        ("months", "mười hai", "mười hai"),
        ("national_id", 42_184_000_123, "042184000123"),
        ("national_id", "042 184 000 123", "042184000123"),
        ("national_id", "'042184000123", "042184000123"),
        ("national_id", "12345", "12345"),
        ("social_insurance_no", 123_456_789, "0123456789"),
        ("phone", 912_000_111, "0912000111"),
        ("phone", "+84912000111", "+84912000111"),
        ("sex", "NỮ", "female"),
        ("sex", "nam", "male"),
        ("product", "bhyt hộ gia đình", "bhyt_hgd"),
        ("product", "bhxh_tn", "bhxh_tn"),
        ("method", "Hằng tháng", "months_1"),
        ("method", "years_2", "years_2"),
        ("support_group", "Hộ cận nghèo", "near_poor"),
        ("support_group", "Không", None),
        ("support_group", "Học sinh, sinh viên", "student"),
        ("support_group", "hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình", "farm_household"),
        ("support_group", "near_poor_poor_commune", "near_poor_poor_commune"),
        ("proof_kind", "Giấy xác nhận của nhà trường", "school_confirmation"),
        ("proof_kind", "approved_list", "approved_list"),
        ("proof_kind", "giấy khác", "giấy khác"),
        ("proof_valid_until", "31/5/2027", "2027-05-31"),
    ],
)
def test_cells(field, typed, expected):
    assert CELL_PARSERS[field](typed) == expected


@pytest.mark.parametrize(
    ("typed", "group"),
    [(50, "poor"), ("40%", "near_poor"), (0.3, "ethnic_minority"), ("20,0", "other"), ("x", None), ("1e999", None),
     ("nan", None), (-50, None), (35, None)],
)  # fmt: skip
def test_rates(typed, group):
    assert support_group_by_rate(typed) == group


def test_methods_by_months():
    assert [method_for_months(months) for months in (1, 12, 60, 7, "12", None)] == [
        "months_1", "months_12", "years_5", "missing_months", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+84912", "-5", "@x", "\tx"])
def test_what_a_spreadsheet_would_run_is_guarded_and_comes_back(text):
    assert escape_formula(text) == "'" + text
    assert unescape_formula(escape_formula(text)) == text


def test_an_apostrophe_of_a_name_stays():
    assert cell_text("'Ama Hloan") == "'Ama Hloan"
    assert escape_formula("Nguyễn") == "Nguyễn"
