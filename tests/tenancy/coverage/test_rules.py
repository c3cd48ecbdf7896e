"""Which places lie in the scope of an actor."""

import pytest

from app.core.errors import InvalidInput
from app.tenancy.coverage.rules import (
    Extent,
    OrganisationLevel,
    OrganisationPlaceRef,
    PlaceExtent,
    check_level,
    check_parent,
    lies_within,
    resolve_organisation_place_ref,
)
from tests.tenancy.factories import make_actor


def make_extent(
    *communes: tuple[str, str | None], provinces: frozenset[str] = frozenset(), nationwide: bool = False
) -> Extent:
    return Extent(provinces, frozenset(communes), nationwide)


PROVINCE = make_extent(provinces=frozenset({"P"}))
COMMUNE = make_extent(("C", "P"), ("OLD", "P"))
COUNTRY = make_extent(nationwide=True)


@pytest.mark.parametrize(
    ("provinces", "communes", "whole", "within"),
    [
        (("P",), (), PROVINCE, True),
        (("P",), (), COMMUNE, True),
        (("P",), (), COUNTRY, False),
        (("P",), (), make_extent(provinces=frozenset({"P", "Q"})), False),
        (("P",), (), make_extent(("C", "P"), ("D", "Q")), False),
        (("P",), (), make_extent(("C", None)), False),
        ((), ("C", "OLD"), COMMUNE, True),
        ((), ("C",), COMMUNE, False),
        ((), ("C",), PROVINCE, False),
        ((), (), make_extent(), True),
    ],
)
def test_lies_within(
    provinces: tuple[str, ...], communes: tuple[str, ...], whole: Extent, within: bool
) -> None:
    assert lies_within(make_actor(provinces=provinces, communes=communes), whole) is within
    assert lies_within(make_actor(nationwide=True, provinces=()), whole)


def test_seat_is_what_all_places_share() -> None:
    one, two = (PlaceExtent(code, "commune", "P", code, COMMUNE) for code in ("C", "D"))
    far = PlaceExtent("E", "commune", "Q", "E", COMMUNE)
    whole = PlaceExtent("P", "province", "P", None, PROVINCE)
    assert resolve_organisation_place_ref([one]) == OrganisationPlaceRef("P", "C")
    assert resolve_organisation_place_ref([one, two]) == OrganisationPlaceRef("P", None)
    assert resolve_organisation_place_ref([one, whole]) == OrganisationPlaceRef("P", None)
    assert resolve_organisation_place_ref([one, far]) == OrganisationPlaceRef(None, None)


def test_a_place_is_not_higher_than_the_organisation() -> None:
    for level, place in (
        ("national", "country"),
        ("province", "commune"),
        ("commune", "hamlet"),
        ("hamlet", "block"),
    ):
        check_level(OrganisationLevel(level), place, "/p")
    for level, place in (("province", "country"), ("commune", "district"), ("hamlet", "commune")):
        with pytest.raises(InvalidInput) as exc_info:
            check_level(OrganisationLevel(level), place, "/p")
        assert [(error.pointer, error.code) for error in exc_info.value.errors] == [("/p", "place_level")]


def test_a_parent_is_of_the_same_network_and_not_lower() -> None:
    check_parent("commune", "veterans", "province", "veterans", "/p")
    check_parent("commune", "veterans", "commune", "veterans", "/p")
    for parent in (("province", "elderly"), ("hamlet", "veterans")):
        with pytest.raises(InvalidInput):
            check_parent("commune", "veterans", *parent, "/p")
