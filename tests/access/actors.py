"""Who makes the attempts, from where, and what the rules of position say they may see.

Places of the stage: VN has the provinces P1 and P2; P1 has the communes C1 and C2, P2 has C3.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from app.auth.permissions import SANDBOX, SCOPES, Permission, Role, permissions_of

WOMEN, FARMERS, BHXH = "womens_union", "farmers_association", "bhxh"

COVERS = {
    "VN": frozenset({"VN", "P1", "P2", "C1", "C2", "C3"}),
    "P1": frozenset({"P1", "C1", "C2"}),
    "P2": frozenset({"P2", "C3"}),
    "C1": frozenset({"C1"}),
    "C2": frozenset({"C2"}),
    "C3": frozenset({"C3"}),
}
_LIMITED_TO_GROUPS = {Role.TREASURER, Role.COLLECTOR}


class Sight(Enum):
    """Who sees a row, of those whose network it is. Its value is a letter of the row's mark."""

    PLACED = "p"  # in whose places it lies
    GROUPED = "g"  # the same, and a treasurer or collector only in their groups: people and money
    WHOLE = "w"  # in whose places it lies, and who works for all groups there
    HOUSE = "h"  # in whose organisation it lies, and who works for all groups and places there: what it keeps for itself
    STAFF = "s"  # in whose places it lies, people alone: a partner system has its own and sees no others
    AROUND = "r"  # in whose places it lies, and who works in a part of it: what a province offers


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
FAR = Cell(WOMEN, "C3")
OTHER_UNION = Cell(FARMERS, "C1")
ABOVE = Cell(WOMEN, "P1")
OF_BHXH = Cell(BHXH, "P1")

COMMUNAL = (SUBJECT, OTHER_GROUP, SIBLING, FAR, OTHER_UNION)
"""Cells with groups and people."""
PLACED = (SUBJECT, SIBLING, FAR, OTHER_UNION, ABOVE, OF_BHXH)
"""Cells of what belongs to a place of any level, and to no group."""


@dataclass(frozen=True)
class Kind:
    """One kind of actor.

    network, place: of their organisation. roles: of a user; scopes: of a partner system. groups: those of a
    treasurer or collector. broken: why no request of theirs is believed, or "". seat: where the organisation of a
    partner system sits that is limited to `place`; sandbox: it may validate only.
    """

    network: str
    place: str
    roles: tuple[Role, ...] = ()
    scopes: tuple[str, ...] = ()
    groups: tuple[Cell, ...] = ()
    broken: str = ""
    seat: str = ""
    sandbox: bool = False

    @property
    def name(self) -> str:
        what = self.broken or "+".join(self.roles or self.scopes)
        what += ":limited" * bool(self.seat) + ":sandbox" * self.sandbox
        return f"{what}:{self.network}@{self.place}" + "".join(f".{cell.group}" for cell in self.groups)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles, [SANDBOX * self.sandbox + scope for scope in self.scopes])

    @property
    def limited(self) -> bool:
        """Whether they see only the people and the money of their own groups; figures to view lift no limit."""
        return bool(working := set(self.roles) - {Role.VIEWER}) and working <= _LIMITED_TO_GROUPS

    def covers(self, place: str) -> bool:
        """Whether the place is theirs to work in."""
        return place in COVERS[self.place]

    def home(self, near: Cell) -> Cell:
        """A cell with a group of their own: *near* if it is one."""
        if self.sees(near, Sight.GROUPED) and near.network == self.network:
            return near
        communes = [place for place in ("C1", "C2", "C3") if self.covers(place)]
        return next(iter(self.groups), Cell(self.network, communes[0]))

    def sees(self, cell: Cell, sight: Sight) -> bool:
        """Whether rows of the cell are theirs to see."""
        if self.network not in (BHXH, cell.network):
            return False
        if sight is Sight.HOUSE:
            own = (self.network, self.place) == (cell.network, cell.place)
            return own and not self.limited and not self.seat
        if sight is Sight.STAFF and self.scopes:
            return False
        if sight is Sight.AROUND:
            return bool(COVERS[self.place] & COVERS[cell.place])
        if not self.covers(cell.place) or not self.limited:
            return self.covers(cell.place)
        return sight is Sight.PLACED or (sight is Sight.GROUPED and cell in self.groups)


def _union(network: str, place: str) -> list[Kind]:
    """Every role of a union there. Treasurers and collectors have the group `a` of what they could reach."""
    first = Cell(network, "C1" if place == "P1" else "C3" if place == "P2" else place)
    return [
        Kind(network, place, (role,), groups=(first,) if role in _LIMITED_TO_GROUPS else ())
        for role in (Role.UNION_ADMIN, Role.UNION_OFFICER, Role.TREASURER, Role.COLLECTOR, Role.VIEWER)
    ]


def _bhxh(place: str) -> list[Kind]:
    return [Kind(BHXH, place, (role,)) for role in (Role.BHXH_ADMIN, Role.BHXH_OFFICER, Role.VIEWER)]


LIVING: list[Kind] = [
    *_union(WOMEN, "C1"),  # the place's own
    *_union(WOMEN, "C2"),  # its sibling
    *_union(WOMEN, "P1"),  # above it
    *_union(WOMEN, "P2"),  # another province
    *_union(FARMERS, "C1"),  # another union at the same place
    *_bhxh("C1"),
    *_bhxh("P1"),
    *_bhxh("P2"),
    *_bhxh("VN"),
    Kind(WOMEN, "C1", (Role.TREASURER,), groups=(OTHER_GROUP,)),
    Kind(WOMEN, "C1", (Role.COLLECTOR,), groups=(OTHER_GROUP,)),
    Kind(WOMEN, "C1", (Role.TREASURER,)),
    Kind(WOMEN, "C1", (Role.TREASURER, Role.VIEWER)),
    Kind(WOMEN, "VN", (Role.UNION_ADMIN,)),
    Kind(WOMEN, "VN", (Role.VIEWER,)),
    *(Kind(WOMEN, "P1", scopes=(scope,)) for scope in SCOPES),
    *(
        Kind(network, place, scopes=tuple(SCOPES))
        for network, place in ((WOMEN, "C1"), (WOMEN, "C2"), (FARMERS, "C1"))
    ),
    Kind(WOMEN, "C1", scopes=tuple(SCOPES), seat="P1"),
    Kind(WOMEN, "C1", scopes=tuple(SCOPES), seat="VN"),
    Kind(WOMEN, "C1", scopes=tuple(SCOPES), sandbox=True),
]
"""Everybody who can log in."""

_ADMIN = (Role.UNION_ADMIN,)
BROKEN: list[Kind] = [
    Kind(WOMEN, "C1", _ADMIN, broken="anonymous"),
    Kind(WOMEN, "C1", _ADMIN, broken="expired token"),
    Kind(WOMEN, "C1", _ADMIN, broken="revoked session"),
    Kind(WOMEN, "C1", _ADMIN, broken="expired session"),
    Kind(WOMEN, "C1", _ADMIN, broken="disabled user"),
    Kind(WOMEN, "C1", _ADMIN, broken="closed organisation"),
    Kind(WOMEN, "C1", _ADMIN, broken="revoked device"),
    Kind(WOMEN, "P1", scopes=tuple(SCOPES), broken="disabled client"),
]
"""Everybody who cannot, though they hold a right that would do."""
