"""Wire shapes of places."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field

from app.core.errors import field_problem
from app.core.values.bodies import RequestBody
from app.core.values.text import Code, Name
from app.core.values.time import Day
from app.places.rules import PLACE_KINDS, AddedKind, Level, format_full_name


def _check_kind(value: str) -> str:
    if value not in PLACE_KINDS:
        raise field_problem(
            "place_kind", vi="Không có loại địa danh này.", en="There is no such kind of place."
        )
    return value


def _check_own_code(value: str) -> str:
    if len(value) > 32 or value.isdigit() or value.isalpha():
        raise field_problem(
            "place_code",
            vi="Mã tự đặt có tối đa 32 ký tự; mã toàn chữ số hoặc toàn chữ cái dành cho đơn vị hành chính.",
            en="A code of your own has at most 32 characters, neither all digits nor all letters.",
        )
    return value


PlaceKind = Annotated[str, AfterValidator(_check_kind)]
OwnCode = Annotated[Code, AfterValidator(_check_own_code)]


class PlaceFilter(BaseModel):
    """Query parameters of the list of places."""

    q: Annotated[
        Name | None, Field(description="Beginning of any word of the name; case and diacritics do not matter")
    ] = None
    level: Annotated[Level | None, Field(description="Cấp")] = None
    parent_code: Annotated[Code | None, Field(description="Directly below this place")] = None
    kind: Annotated[PlaceKind | None, Field(description="Loại, such as `xã` or `phường`")] = None
    on: Annotated[Day | None, Field(description="Units in force on this day; default today")] = None


class PlaceIn(RequestBody):
    """A hamlet (thôn, ấp, khu vực…) or a block of houses (tổ liên gia) to be added."""

    name: Annotated[Name, Field(description="Without the kind: `Thanh Bình`")]
    kind: Annotated[AddedKind, Field(description="Loại")]
    parent_code: Annotated[Code, Field(description="Its commune, or for a block its hamlet")]
    code: Annotated[OwnCode | None, Field(description="Made from the name when left out")] = None
    valid_from: Annotated[Day | None, Field(description="First day; default: that of the parent")] = None


class PlaceName(BaseModel):
    """A place that another one refers to."""

    code: str
    level: Level
    full_name: str


class PlaceOut(BaseModel):
    """An administrative unit or a part of one, as it is or was (đơn vị hành chính, thôn, tổ)."""

    code: str
    level: Level
    kind: str
    name: Annotated[str, Field(description="Without the kind")]
    full_name: Annotated[str, Field(description="With the kind: `Xã Thạch Lạc`")]
    parent_code: str | None
    ancestors: Annotated[list[PlaceName], Field(description="Upwards, from the parent to the province")]
    valid_from: Annotated[date, Field(description="1900-01-01: since before our records")]
    valid_to: Annotated[date | None, Field(description="Last day; null while it is in force")]
    latitude: float | None
    longitude: float | None
    area_km2: float | None

    @classmethod
    def from_record(cls, row: Any) -> Self:
        """Build the response from a row of `queries`."""
        return cls(
            code=row.code,
            level=row.level,
            kind=row.kind,
            name=row.name,
            full_name=format_full_name(row.kind, row.name),
            parent_code=row.parent_code,
            ancestors=[
                PlaceName(code=code, level=level, full_name=format_full_name(kind, name))
                for code, level, kind, name in zip(
                    row.above_code, row.above_level, row.above_kind, row.above_name, strict=True
                )
            ],
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            latitude=row.latitude,
            longitude=row.longitude,
            area_km2=row.area_km2,
        )


class SuccessionOut(PlaceName):
    """A predecessor or successor of a unit."""

    on: Annotated[date, Field(description="First day of the new unit")]
    share: Annotated[float | None, Field(description="1: the whole old unit; null: a part of unknown size")]
    is_default: Annotated[
        bool, Field(description="The successor that stands for the whole old unit where one is needed")
    ]

    @classmethod
    def from_record(cls, row: Any) -> Self:
        """Build the response from a row of `queries.read_predecessors` or `queries.read_successors`."""
        return cls(
            code=row.code,
            level=row.level,
            full_name=format_full_name(row.kind, row.name),
            on=row.on_date,
            share=row.share,
            is_default=row.is_default,
        )


class EraOut(BaseModel):
    """One unit that had the code, with its predecessors and successors."""

    place: PlaceOut
    predecessors: list[SuccessionOut]
    successors: list[SuccessionOut]


class HistoryOut(BaseModel):
    """All units that had a code, oldest first: codes are used again for other units."""

    code: str
    eras: list[EraOut]
