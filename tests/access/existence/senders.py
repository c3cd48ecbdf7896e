"""Who tries to learn of what exists, and a cell that they do not see."""

from app.auth.permissions import SCOPE_PERMISSIONS, Role
from tests.access.scenario.actors import (
    BHXH,
    FARMERS,
    OTHER_GROUP,
    OTHER_UNION,
    SIBLING,
    SUBJECT,
    WOMEN,
    ActorKind,
    Cell,
)

ADMIN = ActorKind(WOMEN, "C1", (Role.UNION_ADMIN,))
TREASURER = ActorKind(WOMEN, "C1", (Role.TREASURER,), groups=(SUBJECT,))
COLLECTOR = ActorKind(WOMEN, "C1", (Role.COLLECTOR,), groups=(SUBJECT,))
OTHER_NETWORK = ActorKind(FARMERS, "C1", (Role.UNION_ADMIN,))
PARTNER = ActorKind(WOMEN, "C1", scopes=tuple(SCOPE_PERMISSIONS), organisation_place="P1")
SANDBOX = ActorKind(WOMEN, "C1", scopes=tuple(SCOPE_PERMISSIONS), sandbox=True)
BHXH_OF_COMMUNE = ActorKind(BHXH, "C1", (Role.BHXH_ADMIN,))

HIDDEN_FROM: dict[ActorKind, Cell] = {
    ADMIN: SIBLING,
    TREASURER: OTHER_GROUP,
    OTHER_NETWORK: SUBJECT,
    PARTNER: SIBLING,
    SANDBOX: SIBLING,
    BHXH_OF_COMMUNE: SIBLING,
}

TREASURERS_HIDDEN: tuple[Cell, ...] = (OTHER_GROUP, SIBLING, OTHER_UNION)
"""What a treasurer does not see: another group of the same commune, another commune, another union."""

HIDDEN_PAIRS: list[tuple[ActorKind, Cell]] = [
    *HIDDEN_FROM.items(),
    *((TREASURER, cell) for cell in TREASURERS_HIDDEN if cell != HIDDEN_FROM[TREASURER]),
    (COLLECTOR, OTHER_GROUP),
]
"""Each sender with a cell that is hidden from them."""
