"""The context of a chapter of the demonstration data: one transaction, and the users who act in it.

Everything goes through the services, in the application's role, by a user who may do it: row-level security, rules
and audit are those of any request. The ids and keys of a chapter's records follow from their names, so that they are
the same on every machine.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor, begin_actor
from app.auth.caller import Caller
from app.auth.permissions import Permission
from app.core.values.ids import uuid7
from app.core.values.time import now

_NAMESPACE: Final = UUID("8da41f0e-d336-45c9-b50d-996d23484739")
_INSERT_SESSION: Final = """
insert into auth_session (id, user_id, expires_at) select $1, id, $3 from app_user where username = $2
"""
_LIFETIME: Final = timedelta(minutes=15)


def demo_id(*parts: object) -> UUID:
    """Build the id of a demonstration record from its name: `demo_id("group", "HT-HD-0001")`."""
    return uuid5(_NAMESPACE, "/".join(map(str, parts)))


class DemoSessions:
    """Sessions of the users who act, created by the owner of the tables and revoked once the data are loaded."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._session_ids: dict[str, UUID] = {}

    async def get_or_begin(self, username: str) -> UUID:
        """Get the session of a user whom an earlier chapter created, beginning it if needed."""
        if username not in self._session_ids:
            session_id = uuid7()
            await self._owner.execute(_INSERT_SESSION, session_id, username, now() + _LIFETIME)
            self._session_ids[username] = session_id
        return self._session_ids[username]

    async def revoke_all(self) -> None:
        """Revoke all these sessions."""
        await self._owner.execute(
            "update auth_session set revoked_at = now(), revoked_why = 'demo loaded' where id = any($1::uuid[])",
            list(self._session_ids.values()),
        )


class DemoContext:
    """One chapter's transaction. db: its session, in the application's role."""

    def __init__(self, db: AsyncSession, sessions: DemoSessions) -> None:
        self.db = db
        self._sessions = sessions

    async def act_as(self, username: str) -> Actor:
        """Begin to act as this user, in place of the one before."""
        await self.db.flush()
        return await begin_actor(self.db, await self._sessions.get_or_begin(username))

    async def get_recording_caller(self, actor: Actor) -> Caller:
        """Get the caller with which the actor records money."""
        return await Caller.in_transaction(self.db, actor, Permission.CONTRIBUTION_RECORD)

    async def get_reversing_caller(self, actor: Actor) -> Caller:
        """Get the caller with which the actor reverses an entry."""
        return await Caller.in_transaction(self.db, actor, Permission.CONTRIBUTION_REVERSE)


BodyColumns = Mapping[str, Any]
"""The fields of a request body as they are written down in the cases."""
