"""Values of the law that run out: which, from when on, and what waits in their place."""

from datetime import date, timedelta

import pytest

from app.insurance.rules.expiry import list_expiring
from app.insurance.rules.rulebook import Rulebook, RuleLookup
from tests.insurance.rules.test_rulebook import make_rule

LAST = date(2026, 12, 31)
NEXT = LAST + timedelta(days=1)


class TestListExpiring:
    @pytest.mark.parametrize(("on", "expected"), [
        (LAST - timedelta(days=61), False), (LAST - timedelta(days=60), True), (LAST, True), (NEXT, True),
        (LAST + timedelta(days=365), True), (LAST + timedelta(days=366), False),
    ])  # fmt: skip
    @pytest.mark.parametrize("ends", ["valid_to", "confirmed_to"])
    def test_from_sixty_days_before_until_a_year_after(self, on: date, expected: bool, ends: str):
        valid_to = LAST if ends == "valid_to" else None
        rule = make_rule(1, date(2022, 1, 1), valid_to, confirmed_to=LAST if valid_to is None else None)
        found = list_expiring(Rulebook([rule]), on)
        assert [(each.rule, each.last_day, each.successor) for each in found] == [
            (rule, LAST, None)
        ] * expected

    def test_a_confirmed_successor_of_the_next_day_settles_it(self):
        rule = make_rule(1, date(2022, 1, 1), LAST)
        assert list_expiring(Rulebook([rule, make_rule(2, NEXT)]), LAST) == []
        late = make_rule(2, NEXT + timedelta(days=1))
        assert [each.rule for each in list_expiring(Rulebook([rule, late]), LAST)] == [rule]

    def test_another_provinces_successor_does_not(self):
        rule = make_rule(1, date(2022, 1, 1), LAST, province_code="42")
        other = make_rule(2, NEXT, province_code="40")
        assert [each.rule for each in list_expiring(Rulebook([rule, other]), LAST)] == [rule]

    def test_what_waits_is_named_and_what_was_withdrawn_is_not(self):
        rule = make_rule(1, date(2022, 1, 1), confirmed_to=LAST)
        withdrawn = make_rule(2, NEXT, LAST, active=False)
        waits, later = make_rule(3, NEXT, active=False), make_rule(4, date(2028, 1, 1), active=False)
        (found,) = list_expiring(Rulebook([rule, withdrawn, later, waits]), LAST)
        assert found.successor is waits

    def test_the_first_one_first(self):
        one, two = make_rule(1, date(2022, 1, 1), LAST), make_rule(1, date(2022, 1, 1), NEXT, key="bhyt_rate")
        assert [each.rule for each in list_expiring(Rulebook([two, one]), LAST)] == [one, two]


class TestLookup:
    @pytest.mark.parametrize(("on", "expected"), [(LAST, False), (NEXT, True)])
    def test_what_is_used_after_its_last_confirmed_day(self, on: date, expected: bool):
        rule = make_rule(1, date(2022, 1, 1), confirmed_to=LAST)
        lookup = RuleLookup(Rulebook([rule]), on)
        assert lookup.int_value("base_salary") == lookup.int_value("base_salary") == 1
        assert lookup.run_out == [rule] * expected
