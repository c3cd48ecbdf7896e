"""How probable it is that two records are the same person."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.matching.scoring import (
    Certainty,
    Shared,
    are_two_persons,
    classify_certainty,
    compare_birth_dates,
    compare_entries,
    score_shared,
)

DAYS = st.dates(date(1930, 1, 1), date(2010, 12, 31))
NUMBERS = st.none() | st.sampled_from(["042184000123", "042184000124", "184000123"])


@dataclass(frozen=True)
class Entry:
    search_name: str = "nguyen thi dao"
    commune_code: str = "18628"
    birth_date: date | None = date(1984, 3, 2)
    national_id: str | None = None
    social_insurance_no: str | None = None


DAO = Entry()
ENTRIES = st.builds(
    Entry,
    search_name=st.sampled_from(["nguyen thi dao", "le thi mai"]),
    commune_code=st.sampled_from(["18628", "18322"]),
    birth_date=st.none() | st.dates(date(1984, 1, 1), date(1984, 4, 4)),
    national_id=NUMBERS,
    social_insurance_no=st.none() | st.sampled_from(["4200000123", "4200000124"]),
)


class TestSharedBirth:
    @pytest.mark.parametrize(
        ("other", "shared"),
        [
            (date(1984, 3, 2), Shared.BIRTH_DATE),
            (date(1984, 2, 3), Shared.BIRTH_DATE_SWAPPED),
            (date(1984, 12, 31), Shared.BIRTH_YEAR),
            (date(1984, 3, 3), Shared.BIRTH_YEAR),
            (date(1985, 3, 2), None),
            (date(1983, 2, 3), None),
        ],
    )
    def test_examples(self, other: date, shared: Shared | None):
        assert compare_birth_dates(date(1984, 3, 2), other) is shared

    @given(DAYS, DAYS)
    def test_either_way_round(self, one: date, other: date):
        assert compare_birth_dates(one, other) is compare_birth_dates(other, one)

    @given(DAYS)
    def test_a_day_is_itself_even_when_swapping_changes_nothing(self, day: date):
        assert compare_birth_dates(day, day) is Shared.BIRTH_DATE


class TestScoreOf:
    @pytest.mark.parametrize(
        ("shared", "score"),
        [
            (["national_id"], "1.00"),
            (["national_id", "social_insurance_no"], "1.00"),
            (["name", "birth_date", "commune"], "0.95"),
            (["name", "birth_date_swapped", "commune"], "0.80"),
            (["name", "birth_year", "commune"], "0.60"),
            ([], "0.00"),
        ],
    )
    def test_examples(self, shared: list[str], score: str):
        assert score_shared(shared) == score

    def test_a_number_makes_certain(self):
        assert classify_certainty(["social_insurance_no"]) is Certainty.CERTAIN
        assert classify_certainty(["name", "birth_date", "commune"]) is Certainty.PROBABLE


class TestAreTwoPersons:
    def test_two_national_ids_are_two_people_and_an_old_card_is_not(self):
        assert are_two_persons("042184000123", "042184000124")
        assert not are_two_persons("042184000123", "042184000123")
        assert not are_two_persons("184000123", "042184000123")
        assert not are_two_persons(None, "042184000123")


class TestSharedBy:
    def test_numbers_before_names(self):
        one = replace(DAO, national_id="042184000123", social_insurance_no="4200000123")
        assert compare_entries(one, one) == ["national_id", "social_insurance_no"]
        assert compare_entries(one, Entry("le thi mai", "1", None, None, "4200000123")) == [
            "social_insurance_no"
        ]

    def test_name_birth_date_and_commune(self):
        assert compare_entries(DAO, DAO) == ["name", "birth_date", "commune"]
        swapped = replace(DAO, birth_date=date(1984, 2, 3))
        assert compare_entries(DAO, swapped) == ["name", "birth_date_swapped", "commune"]

    @pytest.mark.parametrize(
        "changed",
        [
            {"search_name": "nguyen thi mai"},
            {"commune_code": "18322"},
            {"birth_date": None},
            {"birth_date": date(1984, 3, 3)},
            {"national_id": "042184000124"},
        ],
    )
    def test_what_is_no_duplicate(self, changed: dict[str, object]):
        one = replace(DAO, national_id="042184000123")
        assert compare_entries(one, replace(DAO, **changed)) == []  # type: ignore[arg-type]

    def test_another_social_number_or_an_old_card_contradicts_nothing(self):
        one = replace(DAO, national_id="042184000123", social_insurance_no="4200000123")
        other = replace(DAO, national_id="184000123", social_insurance_no="4200000124")
        assert compare_entries(one, other) == ["name", "birth_date", "commune"]

    @given(ENTRIES, ENTRIES)
    def test_either_way_round_and_never_without_reason(self, one: Entry, other: Entry):
        shared = compare_entries(one, other)
        assert shared == compare_entries(other, one)
        assert bool(shared) == (score_shared(shared) >= "0.80")
        if classify_certainty(shared) is Certainty.PROBABLE and shared:
            assert not are_two_persons(one.national_id, other.national_id)
