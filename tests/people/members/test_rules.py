"""Validation of member fields."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.errors import InvalidInput
from app.people.members.rules import check_person, find_member_warnings

TODAY = date(2026, 11, 21)


def find_errors(person: dict[str, Any], *changed: str) -> list[tuple[str, str]]:
    """Pointers and codes of what is refused when *changed* (default: everything) is given."""
    try:
        check_person(person, changed or person.keys(), TODAY)
    except InvalidInput as refused:
        return [(error.pointer, error.code) for error in refused.errors]
    return []


class TestDays:
    @pytest.mark.parametrize(
        ("person", "pointer", "code"),
        [
            ({"birth_date": date(2026, 11, 22)}, "/birth_date", "birth_in_future"),
            ({"died_on": date(2026, 11, 22)}, "/died_on", "death_in_future"),
            ({"joined_on": date(2026, 11, 22)}, "/joined_on", "joining_in_future"),
            ({"birth_date": date(1990, 5, 2), "died_on": date(1990, 5, 1)}, "/died_on", "death_before_birth"),
            (
                {"birth_date": date(1990, 5, 2), "joined_on": date(1990, 5, 1)},
                "/joined_on",
                "joining_before_birth",
            ),
            (
                {"joined_on": date(2024, 5, 2), "died_on": date(2024, 5, 1)},
                "/joined_on",
                "joining_after_death",
            ),
        ],
    )
    def test_impossible(self, person: dict[str, Any], pointer: str, code: str):
        assert find_errors(person) == [(pointer, code)]

    def test_the_same_day_is_possible(self):
        assert find_errors(dict.fromkeys(("birth_date", "joined_on", "died_on"), TODAY)) == []

    def test_all_are_named_at_once(self):
        assert find_errors({"birth_date": date(2027, 1, 1), "died_on": date(2026, 12, 1)}) == [
            ("/birth_date", "birth_in_future"),
            ("/died_on", "death_in_future"),
            ("/died_on", "death_before_birth"),
        ]

    def test_an_old_fault_does_not_bar_other_edits(self):
        person = {"birth_date": date(1990, 5, 2), "died_on": date(1990, 5, 1), "occupation": "nông dân"}
        assert find_errors(person, "occupation") == []
        assert find_errors(person, "birth_date") == [("/died_on", "death_before_birth")]


class TestOldIdCard:
    @pytest.mark.parametrize(
        ("joined_on", "refused"),
        [(date(2024, 12, 31), False), (date(2025, 1, 1), True), (None, True)],
    )
    def test_only_for_those_who_joined_before_2025(self, joined_on: date | None, refused: bool):
        person = {"national_id": "183456789", "joined_on": joined_on}
        assert find_errors(person) == ([("/national_id", "old_id_card")] if refused else [])

    def test_twelve_digits_need_no_day_of_joining(self):
        assert find_errors({"national_id": "042184000123"}) == []


class TestRelations:
    def test_relation_needs_a_household(self):
        assert find_errors({"relation_to_head": "child", "household_id": None}) == [
            ("/relation_to_head", "relation_without_household")
        ]
        assert find_errors({"relation_to_head": "child", "household_id": "x"}) == []

    def test_nobody_brings_themselves(self):
        assert find_errors({"id": "a", "referrer_id": "a"}) == [("/referrer_id", "referrer_is_self")]
        assert find_errors({"id": "a", "referrer_id": "b"}) == []


class TestWarnings:
    def warnings(self, **values: Any) -> list[str]:
        names = (
            "national_id",
            "birth_date",
            "sex",
            "social_insurance_no",
            "health_card_no",
            "number_to_check",
        )
        return find_member_warnings(SimpleNamespace(**(dict.fromkeys(names) | values)))

    def test_a_number_that_was_taken_out_is_to_be_asked_for(self):
        assert self.warnings(number_to_check=True) == ["number_to_check"]

    def test_numbers_that_agree(self):
        assert not self.warnings(
            national_id="042184000123",
            birth_date=date(1984, 3, 2),
            sex="female",
            social_insurance_no="0123456789",
            health_card_no="GD4420123456789",
        )

    def test_each_disagreement(self):
        assert self.warnings(national_id="042184000123", birth_date=date(1985, 3, 2), sex="male") == [
            "national_id_birth_year",
            "national_id_sex",
        ]
        assert self.warnings(national_id="183456789") == ["old_id_card"]
        assert self.warnings(social_insurance_no="0123456780", health_card_no="0123456789") == [
            "health_card_no_differs"
        ]
