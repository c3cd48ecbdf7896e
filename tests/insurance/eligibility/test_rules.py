"""Who may be insured from a month on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.eligibility.rules import (
    Facts,
    OtherKind,
    Severity,
    filter_errors,
    filter_warnings,
    findings,
)
from app.insurance.law.period import has_reached_age
from app.savings.kinds import Product

MONTH = date(2026, 12, 1)


def make_facts(**changed: object) -> Facts:
    grown = {"product": Product.BHXH_TN, "month": MONTH, "birth_date": date(1984, 3, 2), "age_min": 15}
    return Facts(**(grown | changed))  # type: ignore[arg-type]


def finding_codes(facts: Facts) -> list[tuple[str, str]]:
    return [(one.severity.value, one.note.code) for one in findings(facts)]


class TestAge:
    @pytest.mark.parametrize(
        ("birth_date", "expected"),
        [
            (date(2011, 12, 31), []),
            (date(2012, 1, 1), [("error", "under_age")]),
            (None, [("warning", "birth_date_unknown")]),
        ],
    )
    def test_reached_in_the_first_month(self, birth_date: date | None, expected: object):
        assert finding_codes(make_facts(birth_date=birth_date)) == expected

    def test_a_card_has_no_age(self):
        card = make_facts(product=Product.BHYT_HGD, birth_date=date(2026, 1, 1))
        assert finding_codes(card) == [("warning", "card_free_for_child")]
        assert finding_codes(card._replace(birth_date=date(2012, 1, 1))) == []

    def test_a_month_without_a_rule_has_none(self):
        assert finding_codes(make_facts(birth_date=date(2026, 1, 1), age_min=None)) == []

    def test_leap_day(self):
        assert not has_reached_age(date(2012, 2, 29), 15, date(2027, 2, 1))
        assert has_reached_age(date(2012, 2, 29), 15, date(2027, 3, 1))
        assert has_reached_age(date(2012, 2, 29), 16, date(2028, 2, 1))

    @given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 100))
    def test_from_one_month_on_for_ever(self, birth_date: date, years: int):
        due = date(birth_date.year + years, birth_date.month, 1)
        before = date(due.year - (due.month == 1), due.month - 1 or 12, 1)
        after = date(due.year + due.month // 12, due.month % 12 + 1, 1)
        assert not has_reached_age(birth_date, years, before)
        assert has_reached_age(birth_date, years, after)


class TestOthers:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [(OtherKind.COMPULSORY, "in_compulsory_insurance"), (OtherKind.PENSION, "has_pension")],
    )
    def test_refuse_voluntary_insurance(self, kind: OtherKind, code: str):
        result = findings(make_facts(others=frozenset({kind})))
        assert [note.code for note in filter_errors(result)] == [code]
        assert filter_warnings(result) == []

    @pytest.mark.parametrize("kind", OtherKind)
    def test_are_a_warning_for_a_card(self, kind: OtherKind):
        result = findings(make_facts(product=Product.BHYT_HGD, others=frozenset({kind})))
        assert [(one.severity, one.note.code) for one in result] == [
            (Severity.WARNING, "insured_in_another_group")
        ]


class TestEverything:
    def test_nothing_speaks_against_most(self):
        assert finding_codes(make_facts()) == []

    def test_each_reason_is_named(self):
        facts = make_facts(birth_date=date(2020, 1, 1), died=True, others=frozenset(OtherKind), running=True)
        assert [note.code for note in filter_errors(findings(facts))] == [
            "under_age", "member_died", "in_compulsory_insurance", "has_pension", "method_still_running",
        ]  # fmt: skip
