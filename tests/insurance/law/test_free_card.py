"""Who may have a card free, by age: the day before and the day itself."""

from datetime import date

import pytest

from app.insurance.law.free_card import child_card_until, find_free_card_notes


@pytest.mark.parametrize(
    ("born", "until"),
    [
        ("2020-09-30", "2026-09-30"),
        ("2020-10-01", "2026-10-31"),
        ("2020-01-15", "2026-09-30"),
        ("2020-12-31", "2026-12-31"),
        ("2020-02-29", "2026-09-30"),
    ],
)
def test_the_free_card_of_a_child(born: str, until: str):
    assert str(child_card_until(date.fromisoformat(born))) == until


@pytest.mark.parametrize(
    ("born", "day", "code"),
    [
        ("2020-10-01", "2026-10-31", "card_free_for_child"),
        ("2020-10-01", "2026-11-01", None),
        ("2026-11-01", "2026-11-01", "card_free_for_child"),
        ("2026-11-02", "2026-11-01", None),  # not born yet: another error
        ("1951-12-01", "2026-11-30", None),
        ("1951-12-01", "2026-12-01", "card_free_with_social_pension"),
        ("1940-01-01", "2025-06-30", None),  # the social pension begins on 2025-07-01
        ("1940-01-01", "2025-07-01", "card_free_with_social_pension"),
        ("1952-02-29", "2027-02-27", None),
        ("1952-02-29", "2027-02-28", "card_free_with_social_pension"),
        ("1984-03-02", "2026-12-01", None),
        (None, "2026-12-01", None),
    ],
)
def test_who_may_have_a_card_free(born: str | None, day: str, code: str | None):
    birth_date = None if born is None else date.fromisoformat(born)
    notes = find_free_card_notes(birth_date, date.fromisoformat(day), "/birth_date")
    assert [note.code for note in notes] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("born", "day", "is_told"),
    [
        ("1956-12-02", "2026-12-01", False),
        ("1956-12-01", "2026-12-01", True),
        ("1951-12-02", "2026-12-01", True),  # 74
        ("1951-12-01", "2026-12-01", True),  # 75
        ("1950-01-01", "2025-06-30", False),  # the social pension begins on 2025-07-01
        ("1950-01-01", "2025-07-01", True),
        ("1956-02-29", "2026-02-27", False),
        ("1956-02-29", "2026-02-28", True),
    ],
)
def test_of_the_poor_and_near_poor_from_seventy(born: str, day: str, is_told: bool):
    birth_date, on = date.fromisoformat(born), date.fromisoformat(day)
    notes = find_free_card_notes(birth_date, on, "/birth_date", is_poor=True)
    assert [note.code for note in notes] == ["card_free_with_social_pension"] * is_told
