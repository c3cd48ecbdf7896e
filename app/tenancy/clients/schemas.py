"""Wire shapes of partner systems and their secrets."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody, StrictFlag
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name
from app.core.values.time import Day

ClientScopes = Annotated[
    list[Annotated[str, Field(max_length=64)]],
    Field(min_length=1, max_length=20, description="Phạm vi, such as `enrolments:write`"),
]
ClientPlaces = Annotated[
    list[Code],
    Field(
        min_length=1,
        max_length=200,
        description="Địa bàn, of those that the organisation covers; null: all of them",
    ),
]
PerMinute = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]


class ClientFilter(BaseModel):
    """Query parameters of the list of clients."""

    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    disabled: Annotated[bool | None, Field(description="Đã khóa hay không")] = None


class ClientIn(RequestBody):
    """A partner system (hệ thống đối tác) of an organisation, by default the creator's own."""

    id: Uuid | None = None
    client_id: Annotated[Code, Field(description="The name with which it logs in; unique")]
    name: Name
    scopes: ClientScopes
    sandbox: Annotated[StrictFlag, Field(description="Chỉ thử: it may validate, and write nothing yet")] = (
        False
    )
    place_codes: ClientPlaces | None = None
    requests_per_minute: Annotated[PerMinute | None, Field(description="Null: the server's own")] = None
    rows_per_minute: Annotated[PerMinute | None, Field(description="Rows sent in bulk")] = None
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None


class ClientPatch(RequestBody):
    """Changes of a client; they apply from its next request on."""

    name: Annotated[Name, Field(default_factory=str, description="Tên")]
    scopes: Annotated[ClientScopes, Field(default_factory=list)]
    disabled: Annotated[
        StrictFlag, Field(default_factory=bool, description="Khóa (true) hoặc mở lại (false)")
    ]
    sandbox: Annotated[
        StrictFlag, Field(default_factory=bool, description="Chỉ thử (true) hoặc được ghi (false)")
    ]
    place_codes: ClientPlaces | None = None
    requests_per_minute: Annotated[PerMinute | None, Field(description="Null: the server's own")] = None
    rows_per_minute: Annotated[PerMinute | None, Field(description="Rows sent in bulk")] = None


class SecretIn(RequestBody):
    """A further secret (mã bí mật), so that a system changes over without an interruption."""

    older_valid_until: Annotated[
        Day | None, Field(description="Last day of the older secret; without it, that secret stays valid")
    ] = None


class SecretOut(BaseModel):
    """A secret without its text: when it was created, was last used, and ends."""

    id: UUID
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewSecretOut(SecretOut):
    """A new secret with its text, which is shown this once."""

    secret: str


class ClientOut(BaseModel):
    """A partner system (hệ thống đối tác) with its secrets, the earliest first."""

    id: UUID
    client_id: str
    name: str
    network: str
    organisation_id: UUID
    province_code: str | None
    commune_code: str | None
    scopes: list[str]
    sandbox: bool
    place_codes: list[str] | None
    requests_per_minute: int | None
    rows_per_minute: int | None
    secrets: list[SecretOut]
    disabled_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None
    version: int


class NewClientOut(ClientOut):
    """A new client with its first secret, which is shown this once; null when the same request was sent again."""

    secret: str | None
