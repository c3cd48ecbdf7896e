"""Insurance rules on a day, and the rules on which a cached result depends."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.core.errors import InvalidInput
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup

DAY = date(2026, 7, 1)


def make_rule(value: int, valid_from: date, valid_to: date | None = None, **other: Any) -> Rule:
    """A rule of the state, or of a province."""
    given = {"key": "base_salary", "province_code": None, "legal_basis": "Nghị định", "active": True} | other
    return Rule(id=uuid4(), value=Decimal(value), valid_from=valid_from, valid_to=valid_to, **given)


OLD = make_rule(1, date(2024, 7, 1), date(2026, 6, 30))
NEW = make_rule(2, DAY)


class TestRulebook:
    def test_the_last_day_and_the_first(self):
        rulebook = Rulebook([NEW, OLD])
        assert rulebook.rules_on("base_salary", date(2026, 6, 30)) == (OLD, None)
        assert rulebook.rules_on("base_salary", DAY) == (NEW, None)
        assert rulebook.rules_on("base_salary", date(2024, 6, 30)) == (None, None)
        assert rulebook.rules_on("another", DAY) == (None, None)

    def test_unconfirmed_ones_wait(self):
        waits = make_rule(3, DAY, active=False)
        assert Rulebook([OLD, waits]).rules_on("base_salary", DAY) == (None, waits)
        assert Rulebook([NEW, waits]).rules_on("base_salary", DAY) == (NEW, waits)

    def test_a_provinces_is_its_own(self):
        own = make_rule(3, DAY, province_code="42")
        rulebook = Rulebook([NEW, own])
        assert rulebook.rules_on("base_salary", DAY, "42") == (own, None)
        assert rulebook.rules_on("base_salary", DAY) == (NEW, None)

    def test_an_answer_is_worked_out_once_and_never_for_another_question(self):
        rulebook, worked = Rulebook([]), []

        def work(answer: str) -> str:
            worked.append(answer)
            return answer

        results = [rulebook.cached_answer((name,), lambda name=name: work(name)) for name in ("a", "b", "a")]  # type: ignore[misc]
        assert (results, worked) == (["a", "b", "a"], ["a", "b"])

    def test_a_refusal_is_not_kept(self):
        rulebook = Rulebook([])

        def refuse() -> str:
            raise InvalidInput

        with pytest.raises(InvalidInput):
            rulebook.cached_answer(("a",), refuse)
        assert rulebook.cached_answer(("a",), lambda: "now") == "now"


class TestReading:
    def test_remembers_what_it_used(self):
        read = RuleLookup(Rulebook([OLD, NEW]), DAY)
        assert (read.int_value("base_salary"), read.optional_value("another")) == (2, None)
        assert (read.used_rules, read.assumed) == ({"base_salary": NEW}, False)

    def test_a_missing_value_names_the_day(self):
        with pytest.raises(InvalidInput) as refusal:
            RuleLookup(Rulebook([OLD]), DAY).value("base_salary")
        assert [(error.pointer, error.code) for error in refusal.value.errors] == [
            ("/payment_date", "rule_missing")
        ]

    def test_assumed_ones_go_first(self):
        read = RuleLookup(Rulebook([NEW]), DAY, None, {"base_salary": Decimal(9)})
        assert (read.int_value("base_salary"), read.assumed) == (9, True)

    def test_what_a_province_adds(self):
        extra = make_rule(3, DAY, key="province_support_dong_other", province_code="42")
        rulebook = Rulebook([extra])
        additions = [
            RuleLookup(rulebook, DAY, place).province_value("province_support_dong_other")
            for place in ("42", "79", None)
        ]
        assert additions == [3, 0, 0]
