"""The actor: who makes a request and what they may see, as the database knows it in this transaction."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.permissions import (
    INITIAL_PREFIX,
    SANDBOX_PREFIX,
    UNVERIFIED_PREFIX,
    Permission,
    permissions_of,
)
from app.core.errors import Unauthenticated

_BEGIN = text("select * from begin_actor(:session_id)")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or partner system that makes a request.

    network: code of their network; `all_networks` is BHXH.
    provinces, communes: codes in scope, predecessors included; `nationwide` has no limit.
    groups: the groups of a treasurer or collector; None means not limited to groups.
    emergency_access_id: of a session that sees more for a while, and writes nothing.
    """

    session_id: UUID
    kind: str
    id: UUID
    name: str
    organisation_id: UUID
    network: str
    all_networks: bool
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    nationwide: bool
    provinces: tuple[str, ...]
    communes: tuple[str, ...]
    groups: tuple[UUID, ...] | None
    device_id: UUID | None
    permissions: frozenset[Permission]
    emergency_access_id: UUID | None = None

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Build an actor from a row of `begin_actor`."""
        return cls(
            session_id=row.session_id,
            kind=row.kind,
            id=row.id,
            name=row.name,
            organisation_id=row.organisation_id,
            network=row.network,
            all_networks=row.all_networks,
            roles=tuple(row.roles),
            scopes=tuple(row.scopes),
            nationwide=row.nationwide,
            provinces=tuple(row.provinces or ()),
            communes=tuple(row.communes or ()),
            groups=None if row.groups is None else tuple(row.groups),
            device_id=row.device_id,
            permissions=permissions_of(row.roles, row.scopes),
            emergency_access_id=row.emergency_access_id,
        )

    def has_permission(self, permission: Permission) -> bool:
        """Whether one of the actor's roles or scopes grants *permission*."""
        return permission in self.permissions

    @property
    def sandbox(self) -> bool:
        """Whether this is a partner system that may validate only."""
        return any(scope.startswith(SANDBOX_PREFIX) for scope in self.scopes)

    @property
    def unverified(self) -> bool:
        """Whether this is somebody who must show a second factor before anything else."""
        return any(role.startswith(UNVERIFIED_PREFIX) for role in self.roles)

    @property
    def initial(self) -> bool:
        """Whether this is somebody who must change the password that another person set before anything else."""
        return any(role.startswith(INITIAL_PREFIX) for role in self.roles)

    @property
    def own_roles(self) -> list[str]:
        """The roles of a person by the names under which they were given, in order."""
        return sorted(
            role.removeprefix(UNVERIFIED_PREFIX).removeprefix(INITIAL_PREFIX) for role in self.roles
        )

    @property
    def own_scopes(self) -> list[str]:
        """The scopes of a partner system by the names under which they were given, in order."""
        return sorted(scope.removeprefix(SANDBOX_PREFIX) for scope in self.scopes)

    def would_have_permission(self, permission: Permission) -> bool:
        """Whether the actor has *permission*, or would have it outside the sandbox."""
        return permission in self.permissions or permission in permissions_of((), self.own_scopes)

    def covers(self, province_code: str | None, commune_code: str | None) -> bool:
        """Whether a row of that place lies in the actor's scope (a row without a place: national actors only)."""
        return self.nationwide or province_code in self.provinces or commune_code in self.communes


async def begin_actor(db: AsyncSession, session_id: UUID) -> Actor:
    """Check the session and set the transaction's scope, in one round trip.

    Raises: Unauthenticated when the session, its user, client or device is no longer valid.
    """
    connection = await db.connection()
    row = (await connection.execute(_BEGIN, {"session_id": session_id})).one()
    if row.session_id is None:
        raise Unauthenticated
    return Actor.from_row(row)
