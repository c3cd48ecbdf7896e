"""Thousands of people of one name in one commune: whom a row may mean, at a cost that does not grow with their number."""

import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from types import FrameType
from typing import Any
from uuid import UUID

import pytest

from app.insurance.matching import namesakes, rules
from app.insurance.matching.namesakes import KnownMember
from app.insurance.matching.rules import MAX_CANDIDATES, Register
from app.insurance.matching.scoring import are_two_persons, compare_birth_dates, score_shared
from tests.insurance.matching.test_rules import SentPerson, make_known_member

COMMUNE = "18628"
FILES = {namesakes.__file__, rules.__file__}


def make_namesakes(count: int, rng: random.Random, days: int) -> list[KnownMember]:
    """People of one name in a commune, in any order of their ids; some with a citizen's number, some with an old one."""
    return [
        make_known_member(
            id=UUID(int=rng.getrandbits(128)),
            full_name=rng.choice(("Nguyễn Thị Đào", "Nguyễn Thị Dao", "NGUYỄN THỊ ĐÀO")),
            birth_date=date(1984, 1, 1) + timedelta(days=rng.randrange(days)),
            national_id=rng.choice((None, f"{nth:09}", f"{nth:012}", f"{nth:012}")),
            social_insurance_no=None,
        )
        for nth in range(count)
    ]


def rank_one_by_one(members: list[KnownMember], sent: SentPerson, excluded: UUID | None) -> list[Any]:
    """What `find_candidates` finds, by looking at everybody."""
    found = []
    for member in members:
        assert member.birth_date is not None
        assert sent.birth_date is not None
        shared = compare_birth_dates(sent.birth_date, member.birth_date)
        if shared and member.id != excluded and not are_two_persons(sent.national_id, member.national_id):
            found.append((score_shared((shared,)), member.id, shared))
    found.sort(key=lambda one: one[1])
    found.sort(key=lambda one: one[0], reverse=True)
    return found[:MAX_CANDIDATES]


@pytest.mark.parametrize("days", [1, 3, 40, 366])
def test_as_if_everybody_was_looked_at(days: int):
    rng = random.Random(days)  # noqa: S311 - invented people
    members = make_namesakes(120, rng, days)
    register = Register(members[:60])
    for nth, member in enumerate(members):
        if nth == 30:
            register.add(members[60:])
        known = members if nth >= 30 else members[:60]
        number = rng.choice((None, member.national_id, f"{nth:09}", f"{nth + 500:012}"))
        sent = SentPerson(birth_date=member.birth_date, national_id=number)
        excluded = rng.choice((None, member.id, rng.choice(members).id))
        found = register.find_candidates(sent, COMMUNE, excluded)
        assert [(one.score, one.member.id, one.shared[1]) for one in found] == rank_one_by_one(
            known, sent, excluded
        )
        named = [one for one in known if one.full_name.casefold() == "nguyễn thị đào"]
        same = [one for one in named if one.birth_date == member.birth_date]
        match = register.find_by_name(SentPerson(birth_date=member.birth_date), COMMUNE)
        assert match.member == (same[0] if len(same) == 1 else None)


def count_steps(work: Callable[[], None]) -> int:
    """The lines of the register's code that were run."""
    steps = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        if frame.f_code.co_filename not in FILES:
            return None
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("days", [1, 366])
@pytest.mark.parametrize("numbered", [True, False])
def test_twice_as_many_cost_twice_as_much(days: int, numbered: bool):
    def match_all(count: int) -> None:
        members = make_namesakes(count, random.Random(1), days)  # noqa: S311 - invented people
        if numbered:
            members = [member._replace(national_id=f"{nth:012}") for nth, member in enumerate(members)]
        register = Register()
        for nth, member in enumerate(members):  # each row asks, and its person is added
            number = f"{nth + count:012}" if numbered else None
            sent = SentPerson(birth_date=member.birth_date, national_id=number)
            register.find_by_name(sent, COMMUNE)
            register.find_candidates(sent, COMMUNE)
            register.add([member])

    few, many = count_steps(lambda: match_all(300)), count_steps(lambda: match_all(1200))
    assert many < 4 * few * 1.25
