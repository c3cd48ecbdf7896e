"""One's own sessions, and what happened to one's own account (phiên đăng nhập, thông báo)."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import AnyActor
from app.routers.dependencies import AuthServicesDep
from app.tenancy.logins import account, notices, sessions
from app.tenancy.logins.schemas import NoticeOut, ProofIn, SessionOut

router = StrictRouter(prefix="/v1/auth", tags=["auth"])


@router.get("/sessions", summary="Các phiên đăng nhập của tôi")
async def list_sessions(page: PageQuery, actor: AnyActor, db: Db) -> Page[SessionOut]:
    """Your sessions that hold, the latest first; your devices are at `/v1/devices`."""
    return await sessions.list_own_sessions(db, actor, page)


@router.delete("/sessions/{session_id}", status_code=204, summary="Kết thúc một phiên của tôi")
async def end_session(session_id: Uuid, actor: AnyActor, db: Db) -> None:
    """End one of your sessions at once, with all its tokens.

    Another than this one only within ten minutes after a login or after `/v1/auth/proof`: else 403
    `reauthentication_required`.
    """
    await sessions.end_own_session(db, actor, session_id)


@router.post("/proof", status_code=204, summary="Xác nhận lại mật khẩu")
async def prove(body: ProofIn, actor: AnyActor, db: Db, services: AuthServicesDep) -> None:
    """Show your password again: for ten minutes this session may end your other sessions and devices."""
    await account.prove(db, services, actor, body)


@router.get("/notices", summary="Thông báo về tài khoản của tôi")
async def list_notices(page: PageQuery, actor: AnyActor, db: Db) -> Page[NoticeOut]:
    """What happened to your account, the latest first: logins from new devices, failed logins, resets by others."""
    return await notices.list_notices(db, actor, page)
