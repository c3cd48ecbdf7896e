"""Wire shapes of organisations."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name
from app.core.values.time import Day
from app.models.tenancy.organisation import Organisation
from app.tenancy.coverage.rules import OrganisationLevel

FirstDay = Annotated[Day | None, Field(description="Ngày đầu; mặc định hôm nay (default today)")]
LastDay = Annotated[
    Day | None, Field(description="Ngày cuối; mặc định hôm qua, có hiệu lực ngay (default yesterday)")
]


class OrganisationFilter(BaseModel):
    """Query parameters of the list of organisations."""

    network: Annotated[Code | None, Field(description="Hệ thống")] = None
    level: Annotated[OrganisationLevel | None, Field(description="Cấp")] = None
    province_code: Annotated[Code | None, Field(description="Tỉnh nơi đặt tổ chức")] = None
    commune_code: Annotated[Code | None, Field(description="Xã nơi đặt tổ chức")] = None
    parent_id: Annotated[Uuid | None, Field(description="Directly below this one today")] = None
    parent_code: Annotated[Code | None, Field(description="Directly below this one today, by its code")] = (
        None
    )


class OrganisationIn(RequestBody):
    """A unit of a network (tổ chức), such as a hội phụ nữ xã or a BHXH tỉnh."""

    id: Uuid | None = None
    code: Annotated[Code, Field(description="Mã, unique")]
    network: Annotated[Code | None, Field(description="Only BHXH may name a network other than its own")] = (
        None
    )
    level: OrganisationLevel
    name: Name
    place_codes: Annotated[
        list[Code], Field(min_length=1, max_length=100, description="Địa bàn phụ trách từ ngày đầu")
    ]
    parent_id: Annotated[
        Uuid | None,
        Field(description="Cấp trên; default: the creator's own organisation, within its network"),
    ] = None
    parent_code: Code | None = None
    valid_from: FirstDay = None


class OrganisationPatch(RequestBody):
    """Changes of an organisation; parents and places are dated and have paths of their own."""

    name: Annotated[Name, Field(default_factory=str, description="Tên")]
    closed_on: Annotated[
        Day | None,
        Field(description="Ngày ngừng hoạt động, today or later; its people are out from that day"),
    ] = None


class ParentIn(RequestBody):
    """Another parent from a day on (thay đổi cấp trên); exactly one of id and code."""

    parent_id: Uuid | None = None
    parent_code: Code | None = None
    valid_from: FirstDay = None


class CoverageIn(RequestBody):
    """A further place from a day on (thêm địa bàn)."""

    place_code: Code
    valid_from: FirstDay = None


class EndIn(RequestBody):
    """The end of a dated entry."""

    valid_to: LastDay = None


class ParentOut(BaseModel):
    """A parent of the organisation (cấp trên), from one day to another."""

    parent_id: UUID
    valid_from: date
    valid_to: date | None


class PlaceCoverageOut(BaseModel):
    """A place that the organisation covers (địa bàn), from one day to another."""

    place_code: str
    valid_from: date
    valid_to: date | None


class OrganisationOut(BaseModel):
    """An organisation (tổ chức) with its dated parents and places, the earliest first."""

    id: UUID
    code: str
    network: str
    level: OrganisationLevel
    name: str
    province_code: Annotated[str | None, Field(description="Where it is; null for several provinces")]
    commune_code: Annotated[str | None, Field(description="Where it is; null for several communes")]
    closed_on: date | None
    parents: list[ParentOut]
    places: list[PlaceCoverageOut]
    created_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Organisation, parents: list[ParentOut], places: list[PlaceCoverageOut]) -> Self:
        """Build the response from the organisation's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name not in ("parents", "places")}
        return cls(**columns, parents=parents, places=places)
