"""A case of the access matrix: how one route is requested, and which status is expected."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from app.auth.permissions import Permission
from tests.access.scenario.actors import SUBJECT, ActorKind, Cell, Visibility
from tests.access.scenario.cell_data import CellData

SANDBOX_CASES = {
    "POST /v1/auth/logout",
    "POST /v1/members/search",
    "POST /v1/contributions/batches validating",
}
"""Labels of the cases that a partner system in the sandbox may request although they are no GET."""

UNVERIFIED_CASES = {
    "GET /v1/auth/me",
    "POST /v1/auth/logout",
    "GET /v1/auth/second-factor",
    "POST /v1/auth/second-factor",
    "POST /v1/auth/second-factor/confirm",
}
"""Labels of all that somebody may request who must first set up a second factor."""

INITIAL_CASES = {"GET /v1/auth/me", "POST /v1/auth/logout", "POST /v1/auth/password"}
"""Labels of all that somebody may request who must first change the password that they were given."""


class ScopeCheck(Enum):
    """What decides besides the permission."""

    OWN = "one's own account, or the same for everybody"
    LIST = "a list, in which what one sees is, and nothing else"
    ROW = "a row that the path or the body names: 404 for whoever does not see it"
    PLACE = "a place that the body names: 403 outside_scope for whoever does not work there"


@dataclass(frozen=True)
class CaseRequest:
    """A valid request of a case.

    path: the parts of its path. version: If-Match. keyed: it carries an Idempotency-Key. listed_id: the id of the
    row that a list must contain for whoever sees the cell.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    version: int | None = None
    keyed: bool = False
    listed_id: str | None = None


StatusRule = Callable[[ActorKind, Cell], int | None]


@dataclass(frozen=True)
class AccessCase:
    """One case of the matrix: a route, and how it is requested.

    build_request: builds a valid request about the rows of a cell. cells: where the rows lie that are tried. sight: who
    sees them. first: rules for actors who hold the permission, asked before it is asked who sees: the status, or None
    if the rule does not apply. but: the same for actors who may and see, and yet are refused; the rule's docstring
    gives the reason. spends: the request ends the session that makes it. foreign: the status for whoever does not see
    the row. about: which part of the request is tried.
    """

    method: str
    path: str
    permission: Permission
    scope_check: ScopeCheck
    build_request: Callable[[CellData], Awaitable[CaseRequest]]
    cells: tuple[Cell, ...] = (SUBJECT,)
    sight: Visibility = Visibility.PLACED
    first: tuple[StatusRule, ...] = ()
    but: tuple[StatusRule, ...] = ()
    spends: bool = False
    foreign: int = 404
    about: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def label(self) -> str:
        """The case's name in reports: a route has several cases where its body refers to several things."""
        return f"{self.name} {self.about}".strip()

    @property
    def tested_cells(self) -> tuple[Cell, ...]:
        """The cells about which a request is made: of a list, one request shows all."""
        return self.cells[:1] if self.scope_check is ScopeCheck.LIST else self.cells

    def expected_status(self, kind: ActorKind, cell: Cell) -> int:
        """The status that the actor gets: 200 means any success."""
        if kind.invalid_reason:
            return 401
        if self.permission not in kind.permissions:
            return 403
        if kind.sandbox and self.method != "GET" and self.label not in SANDBOX_CASES:
            return 403
        if kind.unverified and self.label not in UNVERIFIED_CASES:
            return 403
        if kind.initial and self.label not in INITIAL_CASES:
            return 403
        for rule in self.first:
            if (status := rule(kind, cell)) is not None:
                return status
        if self.scope_check is ScopeCheck.ROW and not kind.can_see(cell, self.sight):
            return self.foreign
        if self.scope_check is ScopeCheck.PLACE and not kind.covers(cell.place):
            return 403
        return next((status for rule in self.but if (status := rule(kind, cell)) is not None), 200)


class CaseList(list[AccessCase]):
    """Cases, each registered by a decorator of the function that builds its request."""

    def add(
        self, route: str, permission: Permission, scope_check: ScopeCheck, **options: Any
    ) -> Callable[
        [Callable[[CellData], Awaitable[CaseRequest]]], Callable[[CellData], Awaitable[CaseRequest]]
    ]:
        """Register a case: `@cases.add("GET /v1/groups/{group_id}", P.GROUP_READ, ScopeCheck.ROW, sight=GROUPED)`."""
        method, path = route.split(" ")

        def register(
            build_request: Callable[[CellData], Awaitable[CaseRequest]],
        ) -> Callable[[CellData], Awaitable[CaseRequest]]:
            self.append(AccessCase(method, path, permission, scope_check, build_request, **options))
            return build_request

        return register
