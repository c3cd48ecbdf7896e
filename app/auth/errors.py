"""What can go wrong between callers and their identity."""

from app.core.errors import TooMany, Unauthenticated


class InvalidToken(Unauthenticated):
    """The access token (mã truy cập) is forged, expired or not ours; which of these, nobody is told."""

    code = "invalid_token"
    vi = "Mã truy cập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại."
    en = "The access token is invalid or has expired. Log in again."

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


class PasswordsBusy(TooMany):
    """More passwords wait to be checked in this process than it can check in a few seconds."""

    code = "logins_busy"
    vi = "Đang có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau {retry_after} giây."
    en = "Too many people are logging in at the same time. Try again in {retry_after} seconds."

    def __init__(self) -> None:
        super().__init__(retry_after=3)
