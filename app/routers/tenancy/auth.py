"""Logging in and out, and one's own account (đăng nhập, tài khoản của tôi)."""

from fastapi import Request

from app.core.http.parameters.client_address import get_client_address
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.routers.actors import (
    AnyInitialActor,
    AnySandboxUnverifiedInitialActor,
    AnyUnverifiedInitialActor,
)
from app.routers.dependencies import AuthServicesDep
from app.tenancy.logins import account, service
from app.tenancy.logins.schemas import LoginIn, MeOut, PasswordIn, RefreshIn, TokenPair

router = StrictRouter(prefix="/v1/auth", tags=["auth"])

_REFUSAL_RESPONSES: dict[int | str, dict[str, str]] = {
    status: {"$ref": f"#/components/responses/Problem{status}"} for status in (401, 403)
}
"""What a route without a guard can answer too; the document knows it of the guarded ones."""


@router.post("/login", responses=_REFUSAL_RESPONSES)
async def log_in(body: LoginIn, services: AuthServicesDep, request: Request) -> TokenPair:
    """Đăng nhập: mã truy cập và mã gia hạn. Log in with user name and password.

    Who has a second factor sends its `code` as well; without it the answer to a right password is
    401 `second_factor_code_needed`.

    Where `password_change_required` is true, an administrator set the password: until it is changed
    (`/v1/auth/password`) every other route is 403 `password_change_required`. When that password has run out, the
    answer is 401 `initial_password_expired`, and an administrator sets another.
    """
    return await service.log_in(services, body, get_client_address(request))


@router.post("/refresh", responses={401: _REFUSAL_RESPONSES[401]})
async def refresh(body: RefreshIn, services: AuthServicesDep) -> TokenPair:
    """Gia hạn: mỗi mã gia hạn dùng một lần. Exchange a refresh token for the next pair.

    A session that belongs to a device is refreshed with its `device_id`.
    """
    return await service.refresh_session(services, body)


@router.post("/logout", status_code=204)
async def log_out(actor: AnySandboxUnverifiedInitialActor, db: Db) -> None:
    """Đăng xuất: kết thúc phiên và mọi mã của phiên. End the session and all its tokens."""
    await account.log_out(db, actor)


@router.get("/me")
async def me(actor: AnyUnverifiedInitialActor, db: Db) -> MeOut:
    """Tôi là ai, có quyền gì, ở địa bàn nào. Who I am, my permissions, my places."""
    return await account.read_me(db, actor)


@router.post("/password", status_code=204)
async def change_password(
    body: PasswordIn, actor: AnyInitialActor, db: Db, services: AuthServicesDep
) -> None:
    """Đổi mật khẩu của mình; các phiên khác kết thúc. Change one's own password, ending other sessions.

    Who was given a password (`password_change_required`) changes it here before anything else; the session goes on.
    """
    await account.change_password(db, services, actor, body)
