"""The actors of the access matrix, the cells where rows lie, and who may see what.

Places: VN has the provinces P1 and P2; P1 has the communes C1 and C2, P2 has C3.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from app.auth.permissions import (
    INITIAL_PREFIX,
    SANDBOX_PREFIX,
    SCOPE_PERMISSIONS,
    UNVERIFIED_PREFIX,
    Permission,
    Role,
    permissions_of,
)

WOMEN, FARMERS, BHXH = "womens_union", "farmers_association", "bhxh"

PLACES_WITHIN = {
    "VN": frozenset({"VN", "P1", "P2", "C1", "C2", "C3"}),
    "P1": frozenset({"P1", "C1", "C2"}),
    "P2": frozenset({"P2", "C3"}),
    "C1": frozenset({"C1"}),
    "C2": frozenset({"C2"}),
    "C3": frozenset({"C3"}),
}
_GROUP_LIMITED_ROLES = {Role.TREASURER, Role.COLLECTOR}


class Visibility(Enum):
    """Who sees a row, of those whose network it is. Its value is a letter of the row's marker."""

    PLACED = "p"  # in whose places it lies
    GROUPED = "g"  # the same, and a treasurer or collector only in their groups: people and money
    WHOLE = "w"  # in whose places it lies, and who works for all groups there
    HOUSE = "h"  # in whose organisation it lies, and who works for all groups and places there: what it keeps for itself
    STAFF = "s"  # in whose places it lies, people alone: a partner system has its own and sees no others
    AROUND = "r"  # in whose places it lies, and who works in a part of it: what a province offers
    PLANS = (
        "t"  # in whose places it lies, and who sees the targets of a place: a collector sees their own alone
    )


@dataclass(frozen=True)
class Cell:
    """Where rows lie: a network, a place, and, where they belong to people or money, a group of that place."""

    network: str
    place: str
    group: str = "a"

    @property
    def name(self) -> str:
        return f"{self.network}@{self.place}.{self.group}"


SUBJECT = Cell(WOMEN, "C1")
OTHER_GROUP = Cell(WOMEN, "C1", "b")
SIBLING = Cell(WOMEN, "C2")
OTHER_PROVINCE = Cell(WOMEN, "C3")
OTHER_UNION = Cell(FARMERS, "C1")
PROVINCE = Cell(WOMEN, "P1")
BHXH_CELL = Cell(BHXH, "P1")

GROUP_CELLS = (SUBJECT, OTHER_GROUP, SIBLING, OTHER_PROVINCE, OTHER_UNION)
"""Cells with groups and people."""
PLACE_CELLS = (SUBJECT, SIBLING, OTHER_PROVINCE, OTHER_UNION, PROVINCE, BHXH_CELL)
"""Cells of what belongs to a place of any level, and to no group."""


@dataclass(frozen=True)
class ActorKind:
    """One kind of actor.

    network, place: of their organisation. roles: of a user; scopes: of a partner system. groups: those of a
    treasurer or collector. invalid_reason: why no request of theirs is believed, or "". organisation_place: where the
    organisation of a partner system works that is limited to `place`. sandbox: it may validate only. unverified: a second
    factor is demanded of the role, and was not shown. initial: the password was set by somebody else.
    """

    network: str
    place: str
    roles: tuple[Role, ...] = ()
    scopes: tuple[str, ...] = ()
    groups: tuple[Cell, ...] = ()
    invalid_reason: str = ""
    organisation_place: str = ""
    sandbox: bool = False
    unverified: bool = False
    initial: bool = False

    @property
    def name(self) -> str:
        label = self.invalid_reason or "+".join(self.roles or self.scopes)
        label += ":limited" * bool(self.organisation_place) + ":sandbox" * self.sandbox
        label += ":unverified" * self.unverified + ":initial" * self.initial
        return f"{label}:{self.network}@{self.place}" + "".join(f".{cell.group}" for cell in self.groups)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(
            [
                INITIAL_PREFIX * self.initial + UNVERIFIED_PREFIX * self.unverified + role
                for role in self.roles
            ],
            [SANDBOX_PREFIX * self.sandbox + scope for scope in self.scopes],
        )

    @property
    def is_group_limited(self) -> bool:
        """Whether they see only the people and the money of their own groups; figures to view lift no limit."""
        return bool(working := set(self.roles) - {Role.VIEWER}) and working <= _GROUP_LIMITED_ROLES

    def covers(self, place: str) -> bool:
        """Whether the place is theirs to work in."""
        return place in PLACES_WITHIN[self.place]

    def own_cell(self, preferred: Cell) -> Cell:
        """A cell with a group of their own: *preferred* if it is one."""
        if self.can_see(preferred, Visibility.GROUPED) and preferred.network == self.network:
            return preferred
        communes = [place for place in ("C1", "C2", "C3") if self.covers(place)]
        return next(iter(self.groups), Cell(self.network, communes[0]))

    def can_see(self, cell: Cell, visibility: Visibility) -> bool:
        """Whether rows of the cell are theirs to see."""
        if self.network not in (BHXH, cell.network):
            return False
        if visibility is Visibility.HOUSE:
            own = (self.network, self.place) == (cell.network, cell.place)
            return own and not self.is_group_limited and not self.organisation_place
        if visibility is Visibility.STAFF and self.scopes:
            return False
        if visibility is Visibility.PLANS:
            return Permission.TARGET_READ in self.permissions and self.can_see(cell, Visibility.PLACED)
        if visibility is Visibility.AROUND:
            return bool(PLACES_WITHIN[self.place] & PLACES_WITHIN[cell.place])
        if not self.covers(cell.place) or not self.is_group_limited:
            return self.covers(cell.place)
        return visibility is Visibility.PLACED or (visibility is Visibility.GROUPED and cell in self.groups)


def _union_actors(network: str, place: str) -> list[ActorKind]:
    """Every role of a union there. Treasurers and collectors have the group `a` of a commune where they work."""
    first = Cell(network, "C1" if place == "P1" else "C3" if place == "P2" else place)
    return [
        ActorKind(network, place, (role,), groups=(first,) if role in _GROUP_LIMITED_ROLES else ())
        for role in (
            Role.UNION_ADMIN,
            Role.UNION_OFFICER,
            Role.UNION_DATA_OFFICER,
            Role.TREASURER,
            Role.COLLECTOR,
            Role.VIEWER,
        )
    ]


def _bhxh_actors(place: str) -> list[ActorKind]:
    roles = (Role.BHXH_ADMIN, Role.BHXH_OFFICER, Role.BHXH_DATA_OFFICER, Role.VIEWER)
    return [ActorKind(BHXH, place, (role,)) for role in roles]


VALID_ACTORS: list[ActorKind] = [
    *_union_actors(WOMEN, "C1"),  # the place's own
    *_union_actors(WOMEN, "C2"),  # its sibling
    *_union_actors(WOMEN, "P1"),  # above it
    *_union_actors(WOMEN, "P2"),  # another province
    *_union_actors(FARMERS, "C1"),  # another union at the same place
    *_bhxh_actors("C1"),
    *_bhxh_actors("P1"),
    *_bhxh_actors("P2"),
    *_bhxh_actors("VN"),
    ActorKind(WOMEN, "C1", (Role.TREASURER,), groups=(OTHER_GROUP,)),
    ActorKind(WOMEN, "C1", (Role.COLLECTOR,), groups=(OTHER_GROUP,)),
    ActorKind(WOMEN, "C1", (Role.TREASURER,)),
    ActorKind(WOMEN, "C1", (Role.TREASURER, Role.VIEWER)),
    ActorKind(WOMEN, "VN", (Role.UNION_ADMIN,)),
    ActorKind(WOMEN, "VN", (Role.VIEWER,)),
    *(ActorKind(WOMEN, "P1", scopes=(scope,)) for scope in SCOPE_PERMISSIONS),
    *(
        ActorKind(network, place, scopes=tuple(SCOPE_PERMISSIONS))
        for network, place in ((WOMEN, "C1"), (WOMEN, "C2"), (FARMERS, "C1"))
    ),
    ActorKind(WOMEN, "C1", scopes=tuple(SCOPE_PERMISSIONS), organisation_place="P1"),
    ActorKind(WOMEN, "C1", scopes=tuple(SCOPE_PERMISSIONS), organisation_place="VN"),
    ActorKind(WOMEN, "C1", scopes=tuple(SCOPE_PERMISSIONS), sandbox=True),
    ActorKind(WOMEN, "C1", (Role.UNION_ADMIN,), unverified=True),
    ActorKind(BHXH, "VN", (Role.BHXH_ADMIN,), unverified=True),
    ActorKind(WOMEN, "C1", (Role.UNION_DATA_OFFICER,), unverified=True),
    ActorKind(BHXH, "VN", (Role.BHXH_DATA_OFFICER,), unverified=True),
    ActorKind(WOMEN, "C1", (Role.UNION_ADMIN,), initial=True),
    ActorKind(BHXH, "VN", (Role.BHXH_ADMIN,), initial=True),
    ActorKind(WOMEN, "C1", (Role.TREASURER,), groups=(SUBJECT,), initial=True),
]
"""Everybody who can log in."""

_ADMIN = (Role.UNION_ADMIN,)
INVALID_ACTORS: list[ActorKind] = [
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="anonymous"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="expired token"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="revoked session"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="expired session"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="disabled user"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="closed organisation"),
    ActorKind(WOMEN, "C1", _ADMIN, invalid_reason="revoked device"),
    ActorKind(WOMEN, "P1", scopes=tuple(SCOPE_PERMISSIONS), invalid_reason="disabled client"),
]
"""Everybody who cannot, though they hold a right that would do."""
