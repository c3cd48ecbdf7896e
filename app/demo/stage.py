"""Where a chapter of the demonstration data is played: one transaction, and the people who act in it.

Everything goes through the services, in the application's role, by somebody who may do it: row-level security, rules
and audit are those of any request. What a chapter makes bears ids and keys that follow from its names, so that they
are the same on every machine.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.caller import Caller
from app.auth.guards import begin_actor
from app.auth.permissions import Permission
from app.core.ids import uuid7
from app.core.time import now

_NAMESPACE: Final = UUID("8da41f0e-d336-45c9-b50d-996d23484739")
_BEGIN: Final = """
insert into auth_session (id, user_id, expires_at) select $1, id, $3 from app_user where username = $2
"""
_LIFE: Final = timedelta(minutes=15)


def key(*parts: object) -> UUID:
    """The id of a thing of the demonstration data, by what it is called: `key("group", "HT-HD-0001")`."""
    return uuid5(_NAMESPACE, "/".join(map(str, parts)))


class Sessions:
    """Sessions of the people who act, made by the owner of the tables for the time of the loading alone."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._made: dict[str, UUID] = {}

    async def of(self, username: str) -> UUID:
        """The session of a user whom an earlier chapter made."""
        if username not in self._made:
            session = uuid7()
            await self._owner.execute(_BEGIN, session, username, now() + _LIFE)
            self._made[username] = session
        return self._made[username]

    async def end(self) -> None:
        """Nobody acts with these sessions any more."""
        await self._owner.execute(
            "update auth_session set revoked_at = now(), revoked_why = 'demo loaded' where id = any($1::uuid[])",
            list(self._made.values()),
        )


class Stage:
    """One chapter's transaction. db: its session, in the application's role."""

    def __init__(self, db: AsyncSession, sessions: Sessions) -> None:
        self.db = db
        self._sessions = sessions

    async def acting(self, username: str) -> Actor:
        """Let this user act from now on; who acted before no longer does."""
        await self.db.flush()
        return await begin_actor(self.db, await self._sessions.of(username))

    async def recording(self, actor: Actor) -> Caller:
        """How the actor records money."""
        return await Caller.within(self.db, actor, Permission.CONTRIBUTION_RECORD)

    async def reversing(self, actor: Actor) -> Caller:
        """How the actor takes an entry back."""
        return await Caller.within(self.db, actor, Permission.CONTRIBUTION_REVERSE)


Columns = Mapping[str, Any]
"""The fields of a request body as they are written down in the cases."""
