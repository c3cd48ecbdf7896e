"""Dated entries never rewrite a day that has passed."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError, InvalidInput
from app.tenancy.dated_rules import EndEffect, decide_end, find_entry_to_cut, is_in_force
from app.tenancy.errors import DatesOverlap

TODAY = date(2026, 6, 15)


@dataclass
class Entry:
    valid_from: date
    valid_to: date | None


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


class TestCutBy:
    def test_first_entry_may_begin_at_any_time(self) -> None:
        assert find_entry_to_cut([], day(-900), TODAY) is None

    def test_current_entry_is_cut_from_today_on(self) -> None:
        current = Entry(day(-900), None)
        assert find_entry_to_cut([current], TODAY, TODAY) is current
        assert find_entry_to_cut([current], day(30), TODAY) is current
        with pytest.raises(InvalidInput):
            find_entry_to_cut([current], day(-1), TODAY)

    def test_gap_may_be_filled_in(self) -> None:
        assert find_entry_to_cut([Entry(day(-900), day(-500))], day(-400), TODAY) is None

    def test_nothing_goes_over_a_later_entry(self) -> None:
        for later in (Entry(day(5), None), Entry(day(-5), day(-1))):
            with pytest.raises(DatesOverlap):
                find_entry_to_cut([later], min(day(0), later.valid_from), TODAY)


class TestEnding:
    @pytest.mark.parametrize(
        ("start", "end", "last", "means"),
        [
            (-900, None, -1, EndEffect.CUT),
            (-900, None, 0, EndEffect.CUT),
            (-900, None, 90, EndEffect.CUT),
            (-900, 90, 30, EndEffect.CUT),
            (-900, -300, -300, EndEffect.NONE),
            (0, None, -1, EndEffect.WITHDRAW),
            (20, None, -1, EndEffect.WITHDRAW),
        ],
    )
    def test_means(self, start: int, end: int | None, last: int, means: EndEffect) -> None:
        entry = Entry(day(start), None if end is None else day(end))
        assert decide_end(entry, day(last), TODAY) is means

    @pytest.mark.parametrize(
        ("end", "last", "code"),
        [
            (None, -2, "rewrites_past"),
            (-300, -301, "rewrites_past"),
            (-300, 0, "ends_before"),
            (5, 6, "ends_before"),
        ],
    )
    def test_refuses(self, end: int | None, last: int, code: str) -> None:
        entry = Entry(day(-900), None if end is None else day(end))
        with pytest.raises(InvalidInput) as exc_info:
            decide_end(entry, day(last), TODAY)
        assert exc_info.value.errors[0].code == code


offsets = st.integers(-40, 40)


@given(start=offsets, length=st.none() | st.integers(0, 40), last=offsets, change=offsets)
def test_no_day_before_today_changes(start: int, length: int | None, last: int, change: int) -> None:
    """Whatever is asked for: a day that has passed is covered afterwards as it was."""
    entry = Entry(day(start), None if length is None else day(start + length))
    passed = [day(-n) for n in range(1, 90)]
    before = [is_in_force(entry, on) for on in passed]
    try:
        means = decide_end(entry, day(last), TODAY)
    except DomainError:
        means = EndEffect.NONE
    after = Entry(entry.valid_from, day(last) if means is EndEffect.CUT else entry.valid_to)
    assert [means is not EndEffect.WITHDRAW and is_in_force(after, on) for on in passed] == before
    try:
        cut = find_entry_to_cut([entry], day(change), TODAY)
    except DomainError:
        cut = None
    if cut is not None:
        cut = Entry(cut.valid_from, day(change - 1))
        assert [is_in_force(cut, on) for on in passed] == before
