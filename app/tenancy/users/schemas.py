"""Wire shapes of users and of the groups that they serve."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from app.auth.password_rules import MAX_PASSWORD_BYTES
from app.auth.permissions import Role
from app.core.errors import field_problem
from app.core.spelling.person_names import PersonName
from app.core.values.bodies import RequestBody, StrictFlag
from app.core.values.ids import Uuid
from app.core.values.text import Code, Phone
from app.core.values.time import Day
from app.tenancy.organisations.schemas import FirstDay

_USERNAME = r"[a-z0-9][a-z0-9._-]{2,63}"


def _check_username(value: str) -> str:
    if not re.fullmatch(_USERNAME, value):
        raise field_problem(
            "username",
            vi="Tên đăng nhập gồm 3 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch dưới hoặc gạch ngang.",
            en="A user name has 3 to 64 characters: lower-case letters a to z, digits, dots, underscores or hyphens.",
        )
    return value


NewUsername = Annotated[
    str, AfterValidator(_check_username), WithJsonSchema({"type": "string", "pattern": f"^{_USERNAME}$"})
]
"""A name to log in with (tên đăng nhập), the only one of its kind in all networks."""

NewPassword = Annotated[
    str,
    Field(min_length=1, max_length=MAX_PASSWORD_BYTES, description="Mật khẩu, từ 10 ký tự, không phổ biến"),
]
FirstPassword = Annotated[
    NewPassword | None,
    Field(
        description="Mật khẩu ban đầu, từ 10 ký tự, không phổ biến; không gửi thì máy tạo và trả về một lần"
    ),
]
UserRoles = Annotated[list[Role], Field(min_length=1, max_length=len(Role), description="Vai trò")]


class GroupDuty(StrEnum):
    """The duty of a user in a group: treasurer or collector."""

    TREASURER = "treasurer"  # thủ quỹ, tổ trưởng
    COLLECTOR = "collector"  # nhân viên thu


class UserFilter(BaseModel):
    """Query parameters of the list of users."""

    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    role: Annotated[Role | None, Field(description="Vai trò")] = None
    disabled: Annotated[bool | None, Field(description="Đã khóa hay không")] = None


class UserIn(RequestBody):
    """A user to be created (người dùng); without an organisation, in the creator's own."""

    id: Uuid | None = None
    username: NewUsername
    password: FirstPassword = None
    full_name: PersonName
    phone: Phone | None = None
    roles: UserRoles
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None


class UserPatch(RequestBody):
    """Changes of a user; they apply from the user's next request on."""

    full_name: Annotated[PersonName, Field(default_factory=str, description="Họ tên")]
    phone: Phone | None = None
    roles: Annotated[UserRoles, Field(default_factory=list)]
    organisation_id: Annotated[Uuid | None, Field(description="Chuyển sang tổ chức khác cùng hệ thống")] = (
        None
    )
    organisation_code: Code | None = None
    disabled: Annotated[
        StrictFlag, Field(default_factory=bool, description="Khóa (true) hoặc mở lại (false)")
    ]


class PasswordReset(RequestBody):
    """A new password set by an administrator (đặt lại mật khẩu); its holder must change it."""

    password: FirstPassword = None


class InitialPasswordOut(BaseModel):
    """An initial password (mật khẩu ban đầu): its holder changes it until then, or needs another one.

    initial_password: shown this once, where the program made it.
    """

    initial_password: str | None
    initial_password_until: datetime | None


class UserOut(BaseModel):
    """A user (người dùng). The phone is masked in lists, and for those who do not manage users."""

    id: UUID
    username: str
    network: str
    organisation_id: UUID
    province_code: str | None
    commune_code: str | None
    full_name: str
    phone: str | None
    roles: list[str]
    disabled_at: datetime | None
    created_at: datetime
    version: int


class NewUserOut(UserOut, InitialPasswordOut):
    """A user who was created just now; sent again, a password that was made is told no second time."""


class UserGroupIn(RequestBody):
    """A group that a treasurer or collector is to serve (phân công tổ); exactly one of id and code."""

    group_id: Uuid | None = None
    group_code: Annotated[Code | None, Field(description="Of the user's network")] = None
    duty: GroupDuty
    valid_from: FirstDay = None
    valid_to: Annotated[Day | None, Field(description="Ngày cuối; không có: cho đến khi kết thúc")] = None


class UserGroupOut(BaseModel):
    """A group that a user serves or served, from one day to another."""

    user_id: UUID
    group_id: UUID
    duty: GroupDuty
    valid_from: date
    valid_to: date | None
