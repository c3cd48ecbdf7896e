"""What a line of the matrix says: how one route is tried, and by which rule its answers are judged."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from app.auth.permissions import Permission
from tests.access.actors import SUBJECT, Cell, Kind, Sight
from tests.access.spots import Spot

HARMLESS = {"POST /v1/auth/logout", "POST /v1/members/search", "POST /v1/contributions/batches validating"}
"""The lines of what a partner system in the sandbox does though it is no GET."""


class Reach(Enum):
    """What decides beside the permission."""

    OWN = "one's own account, or the same for everybody"
    LIST = "a list, in which what one sees is, and nothing else"
    ROW = "a row that the path or the body names: 404 for whoever does not see it"
    PLACE = "a place that the body names: 403 outside_scope for whoever does not work there"


@dataclass(frozen=True)
class Sent:
    """A valid request.

    path: the parts of its path. version: If-Match. keyed: it carries an Idempotency-Key. shown: the id of the row
    that a list must contain for whoever sees the cell.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    version: int | None = None
    keyed: bool = False
    shown: str | None = None


Rule = Callable[[Kind, Cell], int | None]


@dataclass(frozen=True)
class Line:
    """One route.

    make: a valid request about the rows of a spot. cells: where the rows lie that are tried, and who
    sees them (sight). but: the status for actors
    who may and see, and yet do not (None: they do), with the reason in the rule's docstring; first: the same, before
    it is asked who sees. spends: the request ends
    the session that makes it. foreign: the status for whoever does not see the row. about: what of the body is tried.
    """

    method: str
    path: str
    permission: Permission
    reach: Reach
    make: Callable[[Spot], Awaitable[Sent]]
    cells: tuple[Cell, ...] = (SUBJECT,)
    sight: Sight = Sight.PLACED
    first: tuple[Rule, ...] = ()
    but: tuple[Rule, ...] = ()
    spends: bool = False
    foreign: int = 404
    about: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def label(self) -> str:
        """The name of the line in reports: a route has several where its body refers to several things."""
        return f"{self.name} {self.about}".strip()

    @property
    def tried(self) -> tuple[Cell, ...]:
        """The cells about which a request is made: of a list, one request shows all."""
        return self.cells[:1] if self.reach is Reach.LIST else self.cells

    def expected(self, kind: Kind, cell: Cell) -> int:
        """The status that the actor gets: 200 stands for every success."""
        if kind.broken:
            return 401
        if self.permission not in kind.permissions:
            return 403
        if kind.sandbox and self.method != "GET" and self.label not in HARMLESS:
            return 403
        for rule in self.first:
            if (status := rule(kind, cell)) is not None:
                return status
        if self.reach is Reach.ROW and not kind.sees(cell, self.sight):
            return self.foreign
        if self.reach is Reach.PLACE and not kind.covers(cell.place):
            return 403
        return next((status for rule in self.but if (status := rule(kind, cell)) is not None), 200)


class Matrix(list[Line]):
    """Lines, each written above the function that makes its request."""

    def line(
        self, route: str, permission: Permission, reach: Reach, **more: Any
    ) -> Callable[[Callable[[Spot], Awaitable[Sent]]], Callable[[Spot], Awaitable[Sent]]]:
        """`@lines.line("GET /v1/groups/{group_id}", Permission.GROUP_READ, Reach.ROW, sight=GROUPED)`."""
        method, path = route.split(" ")

        def add(make: Callable[[Spot], Awaitable[Sent]]) -> Callable[[Spot], Awaitable[Sent]]:
            self.append(Line(method, path, permission, reach, make, **more))
            return make

        return add
