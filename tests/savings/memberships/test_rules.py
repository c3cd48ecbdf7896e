"""How pledges follow one another; leader and treasurer; days that are possible."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.values.ids import uuid7
from app.savings.kinds import Duty
from app.savings.memberships.rules import (
    PledgeTerms,
    check_day_between,
    check_distinct,
    compute_duty_holders,
    compute_earliest_change,
    compute_pledge_end,
    derive_duty,
    diff_pledges,
)

MONDAY = date(2026, 3, 2)
DAILY = PledgeTerms("money", "bhxh_tn", amount=10_000, per="day")
MORE = PledgeTerms("money", "bhxh_tn", amount=12_000, per="day")
CARD = PledgeTerms("money", "bhyt_hgd", amount=3_000, per="day")
TREES = PledgeTerms(
    "asset", "bhxh_tn", asset_name="cây mai", asset_quantity=Decimal(1), asset_quantity_max=Decimal(2)
)


@dataclass
class DatedEntry:
    valid_from: date
    valid_to: date | None


def days_after(count: int) -> timedelta:
    return timedelta(days=count)


class TestPledgeChange:
    def test_what_changes_ends_and_begins_and_the_rest_goes_on(self):
        change = diff_pledges([(DAILY, MONDAY), (CARD, MONDAY)], [MORE, CARD], MONDAY + days_after(7))
        assert (change.ended_indexes, change.new_terms) == ([0], [MORE])

    def test_nothing_changes(self):
        change = diff_pledges([(DAILY, MONDAY)], [DAILY], MONDAY + days_after(7))
        assert (change.ended_indexes, change.new_terms) == ([], [])

    def test_the_same_quantity_written_otherwise_goes_on(self):
        stored = PledgeTerms("asset", "bhxh_tn", None, None, "cây mai", Decimal("1.000"), Decimal("2.000"))
        change = diff_pledges([(stored, MONDAY)], [TREES], MONDAY)
        assert (change.ended_indexes, change.new_terms) == ([], [])

    def test_a_pledge_that_is_to_hold_earlier_begins_anew(self):
        change = diff_pledges([(DAILY, MONDAY)], [DAILY], MONDAY - days_after(3))
        assert (change.ended_indexes, change.new_terms) == ([0], [DAILY])

    @given(
        before=st.lists(st.sampled_from([DAILY, MORE, CARD, TREES]), unique=True),
        after=st.lists(st.sampled_from([DAILY, MORE, CARD, TREES]), unique=True),
        offset=st.integers(-3, 3),
    )
    def test_afterwards_exactly_what_was_wanted_holds(
        self, before: list[PledgeTerms], after: list[PledgeTerms], offset: int
    ):
        change = diff_pledges([(terms, MONDAY) for terms in before], after, MONDAY + days_after(offset))
        kept = [terms for index, terms in enumerate(before) if index not in change.ended_indexes]
        held = kept + change.new_terms
        assert len(held) == len(after)
        assert set(held) == set(after)


class TestDays:
    def test_a_pledge_ends_the_day_before_the_next(self):
        assert compute_pledge_end(MONDAY, MONDAY + days_after(6)) == MONDAY + days_after(6)

    def test_a_pledge_that_never_held_ends_the_day_before_it_began(self):
        assert compute_pledge_end(MONDAY, MONDAY - days_after(10)) == MONDAY - days_after(1)

    def test_the_past_stays(self):
        ended = [DatedEntry(MONDAY, MONDAY + days_after(6)), DatedEntry(MONDAY + days_after(7), None)]
        assert compute_earliest_change(MONDAY, ended) == MONDAY + days_after(7)

    def test_what_never_held_does_not_count(self):
        assert (
            compute_earliest_change(MONDAY, [DatedEntry(MONDAY + days_after(3), MONDAY + days_after(2))])
            == MONDAY
        )

    @pytest.mark.parametrize("day", [MONDAY - days_after(1), MONDAY + days_after(2)])
    def test_days_outside_are_refused_at_their_field(self, day: date):
        with pytest.raises(InvalidInput) as exc_info:
            check_day_between(day, "/left_on", first=MONDAY, last=MONDAY + days_after(1))
        assert exc_info.value.errors[0].pointer == "/left_on"

    @pytest.mark.parametrize(("first", "last"), [(MONDAY, MONDAY), (None, None)])
    def test_the_bounds_are_possible(self, first: date | None, last: date | None):
        check_day_between(MONDAY, "/left_on", first=first, last=last)


class TestCheckDistinct:
    def test_two_amounts_for_one_product_are_refused_at_the_second(self):
        with pytest.raises(InvalidInput) as exc_info:
            check_distinct([DAILY, CARD, MORE])
        assert exc_info.value.errors[0].pointer == "/pledges/2"

    def test_money_and_trees_for_one_product_are_two(self):
        check_distinct([DAILY, TREES])


class TestDuties:
    one, other = uuid7(), uuid7()

    @pytest.mark.parametrize("duty", list(Duty))
    def test_a_member_has_the_duty_that_was_given(self, duty: Duty):
        for leader, treasurer in [(None, None), (self.one, None), (None, self.one), (self.one, self.one)]:
            assert derive_duty(self.one, *compute_duty_holders(self.one, duty, leader, treasurer)) is duty

    def test_others_keep_theirs_unless_replaced(self):
        assert compute_duty_holders(self.one, Duty.TREASURER, self.other, None) == (self.other, self.one)
        assert compute_duty_holders(self.one, Duty.LEADER, self.other, self.other) == (self.one, self.other)
        assert compute_duty_holders(self.one, Duty.MEMBER, self.other, self.one) == (self.other, None)
