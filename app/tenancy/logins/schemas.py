"""Wire shapes of authentication."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from app.auth.passwords import MAX_PASSWORD_BYTES
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Name, compose


def _normalise_username(text: str) -> str:
    """Normalise a user name: NFC, so that two keyboards that compose differently agree, and trimmed."""
    return compose(text).strip()


LoginUsername = Annotated[
    str, AfterValidator(_normalise_username), Field(min_length=1, max_length=100, description="Tên đăng nhập")
]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_BYTES, description="Mật khẩu")]
RefreshText = Annotated[str, Field(min_length=1, max_length=200, description="Mã gia hạn")]


class LoginIn(RequestBody):
    """A login (đăng nhập). With a device, it ends the device's earlier login."""

    username: LoginUsername
    password: Password
    device_id: Annotated[Uuid | None, Field(description="Thiết bị; thiếu mà có tên thì tạo thiết bị mới")] = (
        None
    )
    device_name: Annotated[Name | None, Field(description="Tên thiết bị")] = None


class RefreshIn(RequestBody):
    """A refresh (gia hạn): each refresh token is used once."""

    refresh_token: RefreshText
    device_id: Annotated[Uuid | None, Field(description="Thiết bị của phiên; khác đi là lạm dụng")] = None


class PasswordIn(RequestBody):
    """A change of the caller's own password (đổi mật khẩu)."""

    current_password: Password
    new_password: Annotated[
        str, Field(min_length=1, max_length=MAX_PASSWORD_BYTES, description="Mật khẩu mới, từ 10 ký tự")
    ]


class TokenPair(BaseModel):
    """An access token (mã truy cập) and what renews it. expires_in: seconds."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str


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
