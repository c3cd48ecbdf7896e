"""Wire shapes of authentication."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app.auth.password_rules import MAX_PASSWORD_BYTES
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Name, compose


def _normalise_username(text: str) -> str:
    """Normalise a user name: NFC, so that two keyboards that compose differently agree, trimmed, and in lower case, as
    all are: phones begin a text with a capital."""
    return compose(text).strip().lower()


LoginUsername = Annotated[
    str, AfterValidator(_normalise_username), Field(min_length=1, max_length=100, description="Tên đăng nhập")
]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_BYTES, description="Mật khẩu")]
DeviceToken = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=100,
        description="Mã thiết bị đã nhận ở lần đăng nhập trước trên thiết bị này",
    ),
]
FactorCode = Annotated[
    str,
    Field(min_length=6, max_length=50, description="Mã 6 số của ứng dụng xác thực, hoặc một mã khôi phục"),
]
PasswordChangeFlag = Annotated[
    bool,
    Field(description="Phải đổi mật khẩu do người quản trị đặt trước: until then every other route is a 403"),
]
RefreshText = Annotated[str, Field(min_length=1, max_length=200, description="Mã gia hạn")]


class LoginIn(RequestBody):
    """A login (đăng nhập). With a device, it ends the device's earlier login.

    A device that sends its `device_token` of the last time is let in whatever strangers try in the meantime.
    """

    username: LoginUsername
    password: Password
    device_id: Annotated[Uuid | None, Field(description="Thiết bị; thiếu mà có tên thì tạo thiết bị mới")] = (
        None
    )
    device_name: Annotated[Name | None, Field(description="Tên thiết bị")] = None
    device_token: DeviceToken = None
    code: FactorCode | None = None


class RefreshIn(RequestBody):
    """A refresh (gia hạn): each refresh token is used once."""

    refresh_token: RefreshText
    device_id: Annotated[
        Uuid | None,
        Field(description="Thiết bị của phiên: bắt buộc nếu phiên có thiết bị; khác đi là lạm dụng"),
    ] = None


class PasswordIn(RequestBody):
    """A change of the caller's own password (đổi mật khẩu)."""

    current_password: Password
    new_password: Annotated[
        str, Field(min_length=1, max_length=MAX_PASSWORD_BYTES, description="Mật khẩu mới, từ 10 ký tự")
    ]


class TokenPair(BaseModel):
    """An access token (mã truy cập) and what renews it. expires_in: seconds.

    device_token: null without a device; the device keeps it and sends it with its next login.
    """

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str
    device_token: str | None
    password_change_required: PasswordChangeFlag


class ClientToken(BaseModel):
    """A partner system's access token (RFC 6749, 4.4.3). expires_in: seconds; scope: names with spaces."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    scope: str


class OAuthErrorOut(BaseModel):
    """A refusal of the token endpoint (RFC 6749, 5.2)."""

    error: Literal["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"]
    error_description: str


class MyOrganisation(BaseModel):
    """The organisation that the caller works for (tổ chức)."""

    id: UUID
    code: str
    name: str
    network: str


class CoveredPlace(BaseModel):
    """A place that the organisation covers today (địa bàn), or to which a partner system is limited."""

    code: str
    level: str
    name: str


class MeOut(BaseModel):
    """The caller. groups: the groups to which a treasurer or collector is limited, null for others."""

    kind: Literal["user", "client"]
    id: UUID
    name: Annotated[str, Field(description="Tên đăng nhập, hoặc client_id của hệ thống đối tác")]
    full_name: str
    organisation: MyOrganisation
    roles: list[str]
    scopes: list[str]
    sandbox: Annotated[bool, Field(description="Chỉ thử: a partner system that may validate only")]
    permissions: list[str]
    nationwide: bool
    places: list[CoveredPlace]
    groups: list[UUID] | None
    session_id: UUID
    device_id: UUID | None
    second_factor_required: Annotated[
        bool,
        Field(description="Phải thiết lập xác thực hai lớp trước: until then every other route is a 403"),
    ]
    password_change_required: PasswordChangeFlag


class SessionOut(BaseModel):
    """A session that holds (phiên đăng nhập). current: the caller's own; second_factor: whether one was shown in it."""

    id: UUID
    device_id: UUID | None
    device_name: str | None
    started_at: datetime
    refreshed_at: datetime | None
    expires_at: datetime
    second_factor: bool
    current: bool


class NoticeOut(BaseModel):
    """Something that happened to one's account (thông báo). by_other: somebody else did it, or nobody known."""

    id: UUID
    at: datetime
    event: str
    by_other: bool
    session_id: UUID | None
    device_id: UUID | None
    count: int | None


class ProofIn(RequestBody):
    """The caller's own password, shown again (xác nhận lại)."""

    current_password: Password


class FactorIn(RequestBody):
    """The beginning of a second factor (xác thực hai lớp)."""

    current_password: Password


class FactorCodeIn(RequestBody):
    """A code of the second factor (mã xác thực)."""

    code: FactorCode


class FactorProofIn(RequestBody):
    """Password and code together: for what takes the second factor away, or gives out ways around it."""

    current_password: Password
    code: FactorCode


class FactorOut(BaseModel):
    """The second factor of an account. required: the caller's roles need one; since: null while none counts."""

    required: bool
    since: datetime | None
    recovery_codes_left: int


class NewFactorOut(BaseModel):
    """A secret, shown this once, for an authenticator app: as text, or as an address to be drawn as a QR code.

    It counts once its first code was sent to `/v1/auth/second-factor/confirm`.
    """

    secret: str
    uri: str


class RecoveryCodesOut(BaseModel):
    """Recovery codes (mã khôi phục), shown this once: each opens once, when the authenticator app is lost."""

    recovery_codes: list[str]


class JwkOut(BaseModel):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JwksOut(BaseModel):
    """The public keys whose tokens are accepted (khóa công khai)."""

    keys: list[JwkOut]
