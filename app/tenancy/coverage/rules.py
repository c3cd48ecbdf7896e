"""Rules of coverage (địa bàn phụ trách): what lies within a scope, and where an organisation is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.core.errors import InvalidInput


class OrganisationLevel(StrEnum):
    """Levels of organisations (cấp), the highest first; a unit of several communes is of the level `district`."""

    NATIONAL = "national"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


_LEVELS = list(OrganisationLevel)
_PLACE_LEVELS = ["country", "province", "district", "commune", "hamlet", "block"]


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of a place: everything that a scope over it includes.

    communes: each with the province in which it lies, or lay on its last day.
    """

    provinces: frozenset[str]
    communes: frozenset[tuple[str, str | None]]
    nationwide: bool


@dataclass(frozen=True, slots=True)
class PlaceExtent:
    """A place as of a day, where it lies, and its extent."""

    place_code: str
    level: str
    province_code: str | None
    commune_code: str | None
    extent: Extent


@dataclass(frozen=True, slots=True)
class OrganisationPlaceRef:
    """The province and commune of an organisation, None where it covers several."""

    province_code: str | None
    commune_code: str | None


class Scope(Protocol):
    """The places that an actor covers."""

    @property
    def nationwide(self) -> bool: ...
    @property
    def provinces(self) -> tuple[str, ...]: ...
    @property
    def communes(self) -> tuple[str, ...]: ...


def lies_within(scope: Scope, extent: Extent) -> bool:
    """Return whether the whole extent is within the scope."""
    if scope.nationwide:
        return True
    return (
        not extent.nationwide
        and extent.provinces <= set(scope.provinces)
        and all(
            commune in scope.communes or province in scope.provinces for commune, province in extent.communes
        )
    )


def resolve_organisation_place_ref(places: Sequence[PlaceExtent]) -> OrganisationPlaceRef:
    """Return the province and the commune that all the places share."""
    provinces = {place.province_code for place in places}
    communes = {place.commune_code for place in places}
    return OrganisationPlaceRef(
        provinces.pop() if len(provinces) == 1 else None, communes.pop() if len(communes) == 1 else None
    )


def check_level(level: OrganisationLevel, place_level: str, pointer: str) -> None:
    """Refuse a place that is higher than the organisation: a commune's unit does not cover a province.

    Raises: InvalidInput at the pointer.
    """
    if _PLACE_LEVELS.index(place_level) < _LEVELS.index(level):
        raise InvalidInput.at(
            pointer,
            "place_level",
            vi="Địa bàn không thể ở cấp cao hơn tổ chức.",
            en="A place cannot be of a higher level than the organisation.",
        )


def check_parent(level: str, network: str, parent_level: str, parent_network: str, pointer: str) -> None:
    """Refuse a parent of another network or of a lower level. Raises: InvalidInput at the pointer."""
    if network != parent_network:
        raise InvalidInput.at(
            pointer,
            "parent_network",
            vi="Cấp trên phải thuộc cùng một hệ thống.",
            en="A parent belongs to the same network.",
        )
    if _LEVELS.index(OrganisationLevel(parent_level)) > _LEVELS.index(OrganisationLevel(level)):
        raise InvalidInput.at(
            pointer,
            "parent_level",
            vi="Cấp trên không thể ở cấp thấp hơn tổ chức.",
            en="A parent cannot be of a lower level.",
        )
