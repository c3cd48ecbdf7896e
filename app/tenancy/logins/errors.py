"""Errors of logins, of refreshing and of the token endpoint."""

import math
from datetime import timedelta

from app.core.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    InvalidInput,
    TooManyRequests,
    Unauthenticated,
)


class WrongCredentials(Unauthenticated):
    """The user is unknown or disabled, or the password is wrong; the answer does not say which."""

    code = "wrong_credentials"
    vi = "Tên đăng nhập hoặc mật khẩu không đúng."
    en = "The user name or the password is wrong."


class WrongPassword(DomainError):
    """The current password that was given is wrong."""

    status, code = 422, "wrong_password"
    vi = "Mật khẩu hiện tại không đúng."
    en = "The current password is wrong."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/current_password", self.code, self.vi, self.en)])


class PasswordUnchanged(InvalidInput):
    """The password that an administrator set was to be kept: somebody else knows it."""

    code = "password_unchanged"
    vi = "Mật khẩu mới phải khác mật khẩu mà người quản trị đã đặt."
    en = "The new password must differ from the one that an administrator set."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/new_password", self.code, self.vi, self.en)])


class InitialPasswordExpired(Unauthenticated):
    """The password is right, and was set by an administrator too long ago (mật khẩu ban đầu đã hết hạn)."""

    code = "initial_password_expired"
    vi = (
        "Mật khẩu do người quản trị đặt đã hết hạn mà chưa được đổi. Hãy nhờ người quản trị đặt mật khẩu mới."
    )
    en = "The password that an administrator set has run out unchanged. Ask an administrator to set another."


class ReauthenticationRequired(Forbidden):
    """Too long ago this session's holder showed who they are, for what ends another session of theirs."""

    code = "reauthentication_required"
    vi = "Để kết thúc phiên hoặc thiết bị khác, hãy nhập lại mật khẩu tại /v1/auth/proof rồi làm lại trong 10 phút."
    en = "To end another session or device, show your password at /v1/auth/proof, then try again within 10 minutes."


class InvalidRefreshToken(Unauthenticated):
    """The refresh token (mã gia hạn) is unknown, expired, used, or its session has ended."""

    code = "invalid_refresh_token"
    vi = "Phiên đăng nhập không còn hiệu lực. Hãy đăng nhập lại."
    en = "The session is no longer valid. Log in again."


class DeviceRevoked(Forbidden):
    """The device (thiết bị) was reported lost or taken out of use."""

    code = "device_revoked"
    vi = "Thiết bị này đã bị thu hồi quyền truy cập."
    en = "This device has been revoked."


class DeviceTaken(Conflict):
    """The device's id belongs to another user's device."""

    code = "device_taken"
    vi = "Mã thiết bị này thuộc về người dùng khác."
    en = "This device id belongs to another user."


class DeviceIdMissing(InvalidInput):
    """The session belongs to a device, and the refresh does not name it."""

    code = "device_id_missing"
    vi = "Phiên này gắn với một thiết bị: hãy gửi kèm mã thiết bị."
    en = "This session belongs to a device: send its device_id."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/device_id", self.code, self.vi, self.en)])


class SecondFactorCodeNeeded(Unauthenticated):
    """The password is right, and a code of the second factor is needed beside it."""

    code = "second_factor_code_needed"
    vi = "Cần mã xác thực: gửi lại kèm mã của ứng dụng xác thực, hoặc một mã khôi phục."
    en = "A code is needed: send again with the code of your authenticator app, or with a recovery code."


class WrongCode(DomainError):
    """The code of the second factor is wrong, too old, or was used before; the answer does not say which."""

    status, code = 422, "wrong_code"
    vi = "Mã xác thực không đúng, đã hết hạn hoặc đã dùng. Hãy đợi mã kế tiếp."
    en = "The code is wrong, too old, or was used before. Wait for the next one."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/code", self.code, self.vi, self.en)])


class WrongLoginCode(Unauthenticated):
    """The password is right and the code of the second factor is not."""

    code = "wrong_code"
    vi = WrongCode.vi
    en = WrongCode.en


class SecondFactorExists(Conflict):
    """A second factor counts already; it is removed before another one is set up."""

    code = "second_factor_exists"
    vi = "Tài khoản đã có xác thực hai lớp; hãy gỡ trước khi thiết lập lại."
    en = "The account has a second factor; remove it before you set up another."


class NoSecondFactor(Conflict):
    """There is no second factor that could be confirmed, used or removed."""

    code = "no_second_factor"
    vi = "Tài khoản chưa có xác thực hai lớp."
    en = "The account has no second factor."


class TooManyLogins(TooManyRequests):
    """Too many failed attempts by this caller, or too soon after the last one.

    name: of the limit; quota: failures in a window; retry_after: until it may be tried again.
    """

    code = "too_many_logins"
    vi = "Đăng nhập sai quá nhiều lần. Hãy thử lại sau {retry_after} giây."
    en = "Too many failed logins. Try again in {retry_after} seconds."

    def __init__(self, *, name: str, quota: int, window: timedelta, retry_after: timedelta) -> None:
        seconds = max(1, math.ceil(retry_after.total_seconds()))
        policy = f'"{name}";q={quota};w={int(window.total_seconds())}'
        fields = {"RateLimit-Policy": policy, "RateLimit": f'"{name}";r=0;t={seconds}'}
        super().__init__(retry_after=seconds, headers=fields)


class OAuthError(DomainError):
    """An error of the token endpoint, answered as RFC 6749, section 5.2 demands. `code` is its `error`."""


class InvalidRequest(OAuthError):
    """The form lacks a parameter, repeats one or cannot be read."""

    status, code = 400, "invalid_request"
    vi = "Yêu cầu cấp mã không đúng dạng."
    en = "The request is missing a parameter, repeats one, or is not a form."


class InvalidClient(OAuthError):
    """The client is unknown or disabled, or the secret is wrong; the answer does not say which."""

    status, code = 401, "invalid_client"
    vi = "Hệ thống đối tác hoặc mã bí mật không đúng."
    en = "The client or its secret is wrong."

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Basic realm="An Sinh"'})


class UnsupportedGrantType(OAuthError):
    """Only client credentials are offered here."""

    status, code = 400, "unsupported_grant_type"
    vi = "Chỉ hỗ trợ cách cấp quyền bằng mã và khóa của hệ thống đối tác."
    en = "Only grant_type=client_credentials is supported."


class InvalidScope(OAuthError):
    """A scope that the client does not have; a token can be narrower than its client, never wider."""

    status, code = 400, "invalid_scope"
    vi = "Phạm vi yêu cầu vượt quá quyền của hệ thống đối tác."
    en = "The requested scope is more than this client has."
