"""Users (người dùng): who logs in, in which roles, for which groups."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import UserManager, UserReader
from app.routers.dependencies import AuthServicesDep
from app.tenancy.logins.schemas import SessionOut
from app.tenancy.organisations.schemas import EndIn
from app.tenancy.users import access as user_access
from app.tenancy.users import groups as user_group_service
from app.tenancy.users import service as user_service
from app.tenancy.users.schemas import (
    InitialPasswordOut,
    NewUserOut,
    PasswordReset,
    UserFilter,
    UserGroupIn,
    UserGroupOut,
    UserIn,
    UserOut,
    UserPatch,
)

router = StrictRouter(prefix="/v1/users", tags=["users"])


@router.get("", summary="Danh sách người dùng")
async def list_users(
    filters: Annotated[UserFilter, Query()], page: PageQuery, actor: UserReader, db: Db
) -> Page[UserOut]:
    """The users of your places and network; phone numbers are masked."""
    return await user_service.list_users(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm người dùng")
async def create_user(
    body: UserIn, actor: UserManager, db: Db, services: AuthServicesDep, response: Response
) -> NewUserOut:
    """Make a user with an initial password. Nobody gives a role that can do more than their own.

    Without `password` the program makes one and shows it this once. It opens its own change alone, until
    `initial_password_until`.

    An administrator of BHXH appoints the first administrator of a union (`union_admin`), who appoints the rest.
    """
    user = await user_service.create_user(db, actor, body, services.initial_life)
    return created(response, "/v1/users", user)


@router.get("/{user_id}", summary="Một người dùng")
async def read_user(user_id: Uuid, actor: UserReader, db: Db, response: Response) -> UserOut:
    """One user."""
    return with_etag(response, await user_service.read_user(db, actor, user_id))


@router.patch("/{user_id}", summary="Sửa người dùng: vai trò, tổ chức, khóa, họ tên, điện thoại")
async def edit_user(
    user_id: Uuid, body: UserPatch, actor: UserManager, version: IfMatch, db: Db, response: Response
) -> UserOut:
    """Change a user; new roles, another organisation and a lock hold at the user's next request."""
    return with_etag(response, await user_service.edit_user(db, actor, user_id, version, body))


@router.post(
    "/{user_id}/password",
    summary="Đặt lại mật khẩu",
    response_model=InitialPasswordOut,
    responses={204: {"description": "Đã đặt mật khẩu được gửi (the password that was sent is set)"}},
)
async def reset_password(
    user_id: Uuid, body: PasswordReset, actor: UserManager, db: Db, services: AuthServicesDep
) -> InitialPasswordOut | Response:
    """Set another initial password for a user; all their sessions end, and they change it at their next login.

    Without `password` the program makes one and shows it this once (200); of one that was sent nothing is said (204).
    """
    told = await user_access.reset_password(db, actor, user_id, body, services.initial_life)
    return told if told.initial_password else Response(status_code=204)


@router.post("/{user_id}/second-factor/reset", status_code=204, summary="Gỡ xác thực hai lớp đã mất")
async def reset_second_factor(user_id: Uuid, actor: UserManager, db: Db) -> None:
    """Remove the second factor of somebody who lost it; all their sessions end, and they set up another."""
    await user_access.reset_second_factor(db, actor, user_id)


@router.get("/{user_id}/sessions", summary="Các phiên đăng nhập của một người dùng")
async def list_user_sessions(user_id: Uuid, page: PageQuery, actor: UserManager, db: Db) -> Page[SessionOut]:
    """The sessions of a user that hold, the latest first; their devices are at `/v1/devices?user_id=`."""
    return await user_access.list_user_sessions(db, actor, user_id, page)


@router.delete("/{user_id}/sessions", status_code=204, summary="Kết thúc mọi phiên của một người dùng")
async def end_user_sessions(user_id: Uuid, actor: UserManager, db: Db) -> None:
    """End all sessions of a user at once."""
    await user_access.end_user_sessions(db, actor, user_id)


@router.delete(
    "/{user_id}/sessions/{session_id}", status_code=204, summary="Kết thúc một phiên của một người dùng"
)
async def end_user_session(user_id: Uuid, session_id: Uuid, actor: UserManager, db: Db) -> None:
    """End one session of a user at once."""
    await user_access.end_user_session(db, actor, user_id, session_id)


@router.get("/{user_id}/groups", summary="Các tổ được phân công")
async def list_groups(user_id: Uuid, page: PageQuery, actor: UserReader, db: Db) -> Page[UserGroupOut]:
    """The groups that a treasurer or collector serves or served."""
    return await user_group_service.list_user_groups(db, actor, user_id, page)


@router.post("/{user_id}/groups", status_code=201, summary="Phân công tổ cho thủ quỹ, nhân viên thu")
async def assign_group(user_id: Uuid, body: UserGroupIn, actor: UserManager, db: Db) -> UserGroupOut:
    """Let a treasurer (thủ quỹ) or collector (nhân viên thu) serve a group from a day on."""
    return await user_group_service.assign_user_group(db, actor, user_id, body)


@router.post("/{user_id}/groups/{group_id}/end", status_code=204, summary="Kết thúc phân công một tổ")
async def end_group(user_id: Uuid, group_id: Uuid, body: EndIn, actor: UserManager, db: Db) -> None:
    """End the service for a group: at once, or with a last day."""
    await user_group_service.end_user_group(db, actor, user_id, group_id, body)
