"""One's own sessions, and what happened to one's own account (phiên đăng nhập, thông báo)."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import AnyActor
from app.tenancy.logins import notices, sessions
from app.tenancy.logins.schemas import NoticeOut, SessionOut

router = StrictRouter(prefix="/v1/auth", tags=["auth"])


@router.get("/sessions", summary="Các phiên đăng nhập của tôi")
async def list_sessions(page: PageQuery, actor: AnyActor, db: Db) -> Page[SessionOut]:
    """Your sessions that hold, the latest first; your devices are at `/v1/devices`."""
    return await sessions.list_own_sessions(db, actor, page)


@router.delete("/sessions/{session_id}", status_code=204, summary="Kết thúc một phiên của tôi")
async def end_session(session_id: Uuid, actor: AnyActor, db: Db) -> None:
    """End one of your sessions at once, with all its tokens."""
    await sessions.end_own_session(db, actor, session_id)


@router.get("/notices", summary="Thông báo về tài khoản của tôi")
async def list_notices(page: PageQuery, actor: AnyActor, db: Db) -> Page[NoticeOut]:
    """What happened to your account, the latest first: logins from new devices, failed logins, resets by others."""
    return await notices.list_notices(db, actor, page)
