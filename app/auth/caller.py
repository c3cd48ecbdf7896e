"""The caller of a hot path: a verified session and the rights that suffice, checked by the SQL function itself."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Self
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission, roles_with, scopes_with
from app.core.errors import Unauthenticated
from app.core.postgres.database_errors import error_for_database


def join_names(names: Iterable[str]) -> str:
    """An array of names of ours, as PostgreSQL writes it: `{a,b}`.

    Of a list the driver asks each element what it is, which costs a hot path more than the array does in PostgreSQL.
    """
    return f"{{{','.join(names)}}}"


@cache
def _take_rights_as_text(sql: str) -> str:
    return sql.replace("$2", "$2::text::text[]", 1).replace("$3", "$3::text::text[]", 1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls SQL functions whose first arguments are the session and the permitted roles and scopes.

    roles, scopes: as `join_names` gives them. run: executes a statement that yields one row. spend: counts rows that
    are sent in bulk. on_refused_session: is called when the session holds no longer. process_key: what the owner's
    functions ask for that say what was read.
    """

    session_id: UUID
    roles: str
    scopes: str
    run: Callable[..., Awaitable[asyncpg.Record]]
    spend: Callable[[int], Awaitable[None]] | None = None
    on_refused_session: Callable[[], None] | None = None
    process_key: bytes = b""

    async def call(self, sql: str, *args: Any) -> asyncpg.Record:
        """Call a function in one round trip; $1 to $3 of *sql* are the session, the roles and the scopes.

        Raises: what the function refuses, as the domain error of its code; Unauthenticated and Forbidden among them.
        """
        try:
            return await self.run(_take_rights_as_text(sql), self.session_id, self.roles, self.scopes, *args)
        except Exception as exc:
            refusal = error_for_database(exc)
            if refusal is None:
                raise
            if isinstance(refusal, Unauthenticated) and self.on_refused_session is not None:
                self.on_refused_session()
            raise refusal from exc

    async def begin(self) -> None:
        """Raises: Unauthenticated or Forbidden when the session or the rights do not hold."""
        await self.call("select begin_permitted($1, $2, $3)")

    async def consume_rows(self, rows: int) -> None:
        """Count rows that are sent in bulk. Raises: TooManyRows, TooManySandboxRows."""
        if self.spend is not None:
            await self.spend(rows)

    @classmethod
    async def in_transaction(cls, db: AsyncSession, actor: Actor, permission: Permission) -> Self:
        """A caller whose calls belong to the transaction of *db*, which began with this actor."""
        connection = await (await db.connection()).get_raw_connection()
        driver: asyncpg.Connection = connection.driver_connection

        async def run(sql: str, *args: Any) -> asyncpg.Record:
            return await driver.fetchrow(sql, *args)

        roles, scopes = join_names(roles_with(permission)), join_names(scopes_with(permission))
        return cls(actor.session_id, roles, scopes, run)
