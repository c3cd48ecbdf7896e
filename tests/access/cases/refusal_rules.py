"""Why somebody who sees a row and holds the permission is still refused: one rule for each reason."""

from tests.access.scenario.actors import ActorKind, Cell


def own_network_only(kind: ActorKind, cell: Cell) -> int | None:
    """BHXH sees what unions keep, and leaves it to them."""
    return 403 if kind.network != cell.network else None


def own_places_only(kind: ActorKind, cell: Cell) -> int | None:
    """What a higher level offers is read below, and changed above."""
    return None if kind.covers(cell.place) else 403


def own_group_only(kind: ActorKind, _cell: Cell) -> int | None:
    """Who keeps no group's money has no group of their own to write into."""
    return 404 if kind.is_group_limited and not kind.groups else None


def own_group_named(kind: ActorKind, _cell: Cell) -> int | None:
    """Who keeps groups drafts for one of them, and says which."""
    return 422 if kind.is_group_limited else None
