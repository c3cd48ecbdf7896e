"""A user's access, managed by an administrator: sessions, and a password or second factor that was lost."""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.permissions import Role
from app.core.values.paging import Page, PageRequest
from app.tenancy.errors import OwnRecord
from app.tenancy.grants import check_grant
from app.tenancy.logins import queries as login_queries
from app.tenancy.logins import sessions
from app.tenancy.logins.errors import NoSecondFactor
from app.tenancy.logins.schemas import SessionOut
from app.tenancy.logins.second_factors.queries import remove_second_factor
from app.tenancy.users.initial import InitialPassword
from app.tenancy.users.schemas import InitialPasswordOut, PasswordReset
from app.tenancy.users.service import require_managed_user


async def list_user_sessions(
    db: AsyncSession, actor: Actor, id_: UUID, page: PageRequest
) -> Page[SessionOut]:
    """List one page of a user's sessions that hold. Raises: NotFound, OutsideScope."""
    user = await require_managed_user(db, actor, id_)
    return await sessions.list_sessions(db, actor, user.id, page)


async def end_user_session(db: AsyncSession, actor: Actor, id_: UUID, session_id: UUID) -> None:
    """End a session of a user. Raises: NotFound, OutsideScope."""
    await sessions.end_session(db, actor, await require_managed_user(db, actor, id_), session_id)


async def end_user_sessions(db: AsyncSession, actor: Actor, id_: UUID) -> None:
    """End all sessions of a user. Raises: NotFound, OutsideScope."""
    await sessions.end_all_sessions(db, actor, await require_managed_user(db, actor, id_))


async def reset_password(
    db: AsyncSession, actor: Actor, id_: UUID, body: PasswordReset, initial_life: timedelta
) -> InitialPasswordOut:
    """Set another initial password for a user and end their sessions. initial_life: how long it opens its change.

    Who sets a password could log in with it, so the actor must be able to grant all of the user's roles.
    Raises: NotFound, OutsideScope, OwnRecord, GrantExceeds, InvalidInput, PasswordsBusy.
    """
    user = await require_managed_user(db, actor, id_)
    if user.id == actor.id:
        raise OwnRecord
    check_grant(actor, map(Role, user.roles), user.network)
    password = InitialPassword.choose(body.password, user.username, user.full_name)
    told = await password.store(db, user.id, initial_life)
    await login_queries.revoke_sessions(db, "password reset", user_id=user.id)
    await record_event(db, actor, Event.PASSWORD_CHANGED, user, {"reset": True})
    await db.flush()
    return told


async def reset_second_factor(db: AsyncSession, actor: Actor, id_: UUID) -> None:
    """Remove a user's second factor that was lost, and end their sessions.

    With the password alone somebody could then set up another, so the actor must be able to grant all of the user's
    roles. Raises: NotFound, OutsideScope, OwnRecord, GrantExceeds, NoSecondFactor.
    """
    user = await require_managed_user(db, actor, id_)
    if user.id == actor.id:
        raise OwnRecord
    check_grant(actor, map(Role, user.roles), user.network)
    if not await remove_second_factor(db, user.id):
        raise NoSecondFactor
    await login_queries.revoke_sessions(db, "second factor reset", user_id=user.id)
    await record_event(db, actor, Event.SECOND_FACTOR_REMOVED, user, {"reset": True})
    await db.flush()
