"""What lies in whose scope."""

import pytest

from app.core.errors import InvalidInput
from app.tenancy.coverage_rules import (
    Covered,
    Extent,
    OrganisationLevel,
    Seat,
    check_level,
    check_parent,
    lies_within,
    seat_of,
)
from tests.tenancy.actors import actor


def extent(
    *communes: tuple[str, str | None], provinces: frozenset[str] = frozenset(), nationwide: bool = False
) -> Extent:
    return Extent(provinces, frozenset(communes), nationwide)


PROVINCE = extent(provinces=frozenset({"P"}))
COMMUNE = extent(("C", "P"), ("OLD", "P"))
COUNTRY = extent(nationwide=True)


@pytest.mark.parametrize(
    ("provinces", "communes", "whole", "within"),
    [
        (("P",), (), PROVINCE, True),
        (("P",), (), COMMUNE, True),
        (("P",), (), COUNTRY, False),
        (("P",), (), extent(provinces=frozenset({"P", "Q"})), False),
        (("P",), (), extent(("C", "P"), ("D", "Q")), False),
        (("P",), (), extent(("C", None)), False),
        ((), ("C", "OLD"), COMMUNE, True),
        ((), ("C",), COMMUNE, False),
        ((), ("C",), PROVINCE, False),
        ((), (), extent(), True),
    ],
)
def test_lies_within(
    provinces: tuple[str, ...], communes: tuple[str, ...], whole: Extent, within: bool
) -> None:
    assert lies_within(actor(provinces=provinces, communes=communes), whole) is within
    assert lies_within(actor(nationwide=True, provinces=()), whole)


def test_seat_is_what_all_places_share() -> None:
    one, two = (Covered(code, "commune", "P", code, COMMUNE) for code in ("C", "D"))
    far = Covered("E", "commune", "Q", "E", COMMUNE)
    whole = Covered("P", "province", "P", None, PROVINCE)
    assert seat_of([one]) == Seat("P", "C")
    assert seat_of([one, two]) == Seat("P", None)
    assert seat_of([one, whole]) == Seat("P", None)
    assert seat_of([one, far]) == Seat(None, None)


def test_a_place_is_not_higher_than_the_organisation() -> None:
    for level, place in (
        ("national", "country"),
        ("province", "commune"),
        ("commune", "hamlet"),
        ("hamlet", "block"),
    ):
        check_level(OrganisationLevel(level), place, "/p")
    for level, place in (("province", "country"), ("commune", "district"), ("hamlet", "commune")):
        with pytest.raises(InvalidInput) as refused:
            check_level(OrganisationLevel(level), place, "/p")
        assert [(error.pointer, error.code) for error in refused.value.errors] == [("/p", "place_level")]


def test_a_parent_is_of_the_same_network_and_not_lower() -> None:
    check_parent("commune", "veterans", "province", "veterans", "/p")
    check_parent("commune", "veterans", "commune", "veterans", "/p")
    for parent in (("province", "elderly"), ("hamlet", "veterans")):
        with pytest.raises(InvalidInput):
            check_parent("commune", "veterans", *parent, "/p")
