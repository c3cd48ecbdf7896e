"""Wire shapes of households."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, ShortText
from app.people.members.schemas import MemberItem


class HouseholdFilter(BaseModel):
    """Query parameters of the list of households."""

    commune_code: Annotated[Code | None, Field(description="Xã, phường, đặc khu, as recorded")] = None
    province_code: Annotated[Code | None, Field(description="Tỉnh, thành phố, as recorded")] = None
    hamlet_code: Annotated[Code | None, Field(description="Thôn, ấp, tổ")] = None
    code: Annotated[Code | None, Field(description="Mã hộ")] = None


class HouseholdIn(RequestBody):
    """A household to be entered: people registered together at one residence (hộ gia đình)."""

    id: Annotated[Uuid | None, Field(description="Chosen by the sender, for a safe retry")] = None
    code: Annotated[Code | None, Field(description="Mã hộ, unique in the network")] = None
    commune_code: Annotated[Code, Field(description="Xã, phường, đặc khu")]
    hamlet_code: Annotated[Code | None, Field(description="Thôn, ấp, tổ")] = None
    address: Annotated[ShortText | None, Field(description="Số nhà, đường")] = None


class HouseholdPatch(RequestBody):
    """Changes of a household; a field that is left out stays."""

    code: Code | None = None
    commune_code: Annotated[Code, Field(description="Another one moves the household with its people")] = (
        omittable_field()
    )
    hamlet_code: Code | None = None
    address: ShortText | None = None
    head_member_id: Annotated[Uuid | None, Field(description="Chủ hộ, one of its people")] = None


class HouseholdOut(BaseModel):
    """A household (hộ gia đình)."""

    id: UUID
    code: str | None
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    hamlet_code: str | None
    address: str | None
    head_member_id: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Any, **extra: Any) -> Self:
        """Build the response from a household's row."""
        values = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(values | extra)


class HouseholdWithMembers(HouseholdOut):
    """A household and its people: the head first, then the oldest first, those without a birth date last."""

    members: list[MemberItem]
