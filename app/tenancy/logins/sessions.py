"""Sessions (phiên đăng nhập) of a user: list those that hold, end one or all.

Whoever found an open session, or stole its token, must not shut its owner out of others: ending another of one's own
wants a proof of who one is that is minutes old, which a login is as well.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import Forbidden, NotFound
from app.core.values.ids import digest_session
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.tenancy.auth import AuthSession
from app.models.tenancy.user import User
from app.tenancy.logins import queries
from app.tenancy.logins.errors import ReauthenticationRequired
from app.tenancy.logins.schemas import SessionOut

PROOF_LIFE: Final = timedelta(minutes=10)
"""So long after a login, or after the password was shown again, one may end others of one's own sessions."""


async def list_sessions(db: AsyncSession, actor: Actor, user_id: UUID, page: PageRequest) -> Page[SessionOut]:
    """List one page of a user's sessions that hold, the latest first. The caller checks whose they may be."""
    stmt, live = queries.select_live_sessions(db, user_id)
    rows, cursor = await fetch_page(db, stmt, columns=[live.id], page=page, descending=True)
    names = await queries.list_device_names(db, rows)
    return Page(items=[_to_response(actor, row, names) for row in rows], next_cursor=cursor)


async def list_own_sessions(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[SessionOut]:
    """List the caller's own sessions. Raises: Forbidden for a partner system."""
    if actor.kind != "user":
        raise Forbidden
    return await list_sessions(db, actor, actor.id, page)


async def end_own_session(db: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """End one of the caller's own sessions, with its tokens.

    Raises: Forbidden for a partner system; NotFound; ReauthenticationRequired.
    """
    if actor.kind != "user":
        raise Forbidden
    await end_session(db, actor, await queries.get_own_record(db, actor), session_id)


async def end_session(db: AsyncSession, actor: Actor, user: Any, session_id: UUID) -> None:
    """End a session of a user. Raises: NotFound when no such session of theirs holds; ReauthenticationRequired."""
    stmt, live = queries.select_live_sessions(db, user.id)
    if (await db.exec(stmt.where(live.id == session_id))).one_or_none() is None:
        raise NotFound
    if user.id == actor.id and session_id != actor.session_id:
        await require_recent_proof(db, actor)
    await queries.revoke_sessions(db, "ended", session_id=session_id)
    await record_event(db, actor, Event.SESSION_ENDED, user, {"session": digest_session(session_id)})


async def end_all_sessions(db: AsyncSession, actor: Actor, user: User) -> None:
    """End every session of a user, the caller's own excepted. Raises: ReauthenticationRequired for one's own."""
    if user.id == actor.id:
        await require_recent_proof(db, actor)
    await queries.revoke_sessions(db, "ended", user_id=user.id, except_id=actor.session_id)
    await record_event(db, actor, Event.SESSION_ENDED, user, {"all": True})


async def require_recent_proof(db: AsyncSession, actor: Actor) -> None:
    """Raises: ReauthenticationRequired when this session's last login or password is older than some minutes."""
    stmt, live = queries.select_live_sessions(db, actor.id)
    proven_at = func.coalesce(
        live.proven_at, live.created_at
    )  # by the clock of the database, as it was written
    recent = stmt.where(live.id == actor.session_id, proven_at > func.now() - PROOF_LIFE)
    if (await db.exec(recent)).one_or_none() is None:
        raise ReauthenticationRequired


def _to_response(actor: Actor, session: AuthSession, names: dict[UUID, str]) -> SessionOut:
    return SessionOut(
        id=session.id,
        device_id=session.device_id,
        device_name=names.get(session.device_id) if session.device_id else None,
        started_at=session.created_at,
        refreshed_at=session.refreshed_at,
        expires_at=session.expires_at,
        second_factor=session.second_factor == "passed",
        current=session.id == actor.session_id,
    )
