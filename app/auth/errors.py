"""Errors of authentication: tokens, passwords, and the sandbox."""

from app.core.errors import Forbidden, TooManyRequests, Unauthenticated


class InvalidToken(Unauthenticated):
    """The access token (mã truy cập) is forged, expired or not ours; the answer does not say which."""

    code = "invalid_token"
    vi = "Mã truy cập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại."
    en = "The access token is invalid or has expired. Log in again."

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


class SandboxOnly(Forbidden):
    """The partner system is in the sandbox (chỉ thử): it reads, validates what it would send, and writes nothing."""

    code = "sandbox_only"
    vi = "Hệ thống này đang ở chế độ thử: chỉ được kiểm tra, chưa được ghi."
    en = "This client is in the sandbox: it may validate (mode=validate) and read, and write nothing yet."


class SecondFactorRequired(Forbidden):
    """The actor's roles change rights or the law's values, and this session showed no second factor."""

    code = "second_factor_required"
    vi = "Vai trò của bạn cần xác thực hai lớp. Hãy thiết lập tại /v1/auth/second-factor rồi làm tiếp."
    en = "Your role needs a second factor. Set one up at /v1/auth/second-factor, then go on."


class PasswordChangeRequired(Forbidden):
    """The session was begun with a password that an administrator set (mật khẩu ban đầu): it may only change it."""

    code = "password_change_required"
    vi = "Mật khẩu của bạn do người quản trị đặt. Hãy đổi thành mật khẩu riêng tại /v1/auth/password rồi làm tiếp."
    en = "Your password was set by an administrator. Change it to one of your own at /v1/auth/password, then go on."


class EmergencyReadsOnly(Forbidden):
    """A session of an emergency access (truy cập khẩn cấp) reads and searches members, and does nothing else."""

    code = "emergency_reads_only"
    vi = "Phiên truy cập khẩn cấp chỉ xem và tìm hội viên. Hãy dùng phiên đăng nhập thường cho việc này."
    en = "A session of an emergency access reads and searches members only. Use your ordinary session for this."


class PasswordsBusy(TooManyRequests):
    """More passwords wait to be checked in this process than it can check in a few seconds."""

    code = "logins_busy"
    vi = "Đang có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau {retry_after} giây."
    en = "Too many people are logging in at the same time. Try again in {retry_after} seconds."

    def __init__(self) -> None:
        super().__init__(retry_after=3)
