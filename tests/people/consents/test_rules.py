"""Who may give consent at which age."""

from datetime import date

import pytest

from app.people.consents.rules import Giver, allowed_givers, compute_age

BORN = date(2016, 2, 29)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2016, 2, 28), -1),
        (date(2016, 2, 29), 0),
        (date(2017, 2, 28), 0),
        (date(2017, 3, 1), 1),
        (date(2020, 2, 29), 4),
    ],
)
def test_age_in_full_years(day: date, age: int):
    assert compute_age(BORN, day) == age


@pytest.mark.parametrize(
    ("birth_date", "givers"),
    [
        (date(2019, 11, 22), {Giver.GUARDIAN}),
        (date(2019, 11, 21), {Giver.BOTH}),
        (date(2010, 11, 22), {Giver.BOTH}),
        (date(2010, 11, 21), {Giver.SELF, Giver.GUARDIAN}),
        (None, set(Giver)),
    ],
)
def test_givers_at_the_turns_of_age(birth_date: date | None, givers: set[Giver]):
    assert allowed_givers(birth_date, date(2026, 11, 21)) == givers
