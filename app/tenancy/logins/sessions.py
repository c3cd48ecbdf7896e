"""Sessions (phiên đăng nhập) of a user: list those that hold, end one or all."""

from typing import Any
from uuid import UUID

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
from app.tenancy.logins.schemas import SessionOut


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
    """End one of the caller's own sessions, with its tokens. Raises: Forbidden for a partner system; NotFound."""
    if actor.kind != "user":
        raise Forbidden
    await end_session(db, actor, await queries.get_own_record(db, actor), session_id)


async def end_session(db: AsyncSession, actor: Actor, user: Any, session_id: UUID) -> None:
    """End a session of a user. Raises: NotFound when no such session of theirs holds."""
    stmt, live = queries.select_live_sessions(db, user.id)
    if (await db.exec(stmt.where(live.id == session_id))).one_or_none() is None:
        raise NotFound
    await queries.revoke_sessions(db, "ended", session_id=session_id)
    await record_event(db, actor, Event.SESSION_ENDED, user, {"session": digest_session(session_id)})


async def end_all_sessions(db: AsyncSession, actor: Actor, user: User) -> None:
    """End every session of a user, the caller's own excepted."""
    await queries.revoke_sessions(db, "ended", user_id=user.id, except_id=actor.session_id)
    await record_event(db, actor, Event.SESSION_ENDED, user, {"all": True})


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
