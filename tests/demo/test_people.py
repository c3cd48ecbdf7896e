"""Invented people: consistent, always the same, and no real person."""

from collections import Counter

from app.core.values.text import PROVINCE_CODES, national_id_warnings
from app.demo.people import PeopleGenerator

CASTING = PeopleGenerator("a case", "042", first=700, women=60, born=(1950, 2005))


def test_are_the_same_every_time() -> None:
    assert list(CASTING.generate(50)) == list(CASTING.generate(50))
    assert list(CASTING.generate(20)) == list(CASTING.generate(50))[:20]


def test_have_numbers_that_fit_them_and_belong_to_nobody() -> None:
    people = list(CASTING.generate(300))
    assert [national_id_warnings(one.national_id, one.birth_date, one.sex) for one in people] == [[]] * 300
    assert {one.national_id[:3] for one in people} == {"042"} <= PROVINCE_CODES
    assert all(int(one.national_id[6:]) >= 900_000 for one in people)
    assert all(one.phone.startswith("0500") and len(one.phone) == 10 for one in people)
    assert len({one.national_id for one in people}) == len({one.phone for one in people}) == 300


def test_are_of_both_sexes_as_the_case_wants() -> None:
    sexes = Counter(one.sex for one in CASTING.generate(300))
    assert 140 < sexes["female"] < 220
    assert {one.sex for one in PeopleGenerator("women", "042", first=0).generate(100)} == {"female"}
