"""Wire shapes of a campaign's events."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import AttendanceOf, EventKind
from app.campaigns.numbers import Qualifier
from app.campaigns.shapes import Positive, PrintedText, RecordPlaceCode
from app.core.values.bodies import RequestBody, WholeNumber, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Name, Note
from app.core.values.time import Day
from app.models.campaigns.campaign import CampaignEvent

HeldOn = Annotated[Day | None, Field(description="The day; or `period_from` and `period_to`")]


class AttendanceIn(RequestBody):
    """How many people came (số người dự): a number, a range, or words alone."""

    min: Annotated[WholeNumber | None, Field(description="The number, or the least of a range")] = None
    max: Annotated[WholeNumber | None, Field(description="The most of a range; default: `min`")] = None
    qualifier: Annotated[
        Qualifier | None, Field(description="Default: exact for one number, unspecified for a range or words")
    ] = None
    text: PrintedText = None
    of: Annotated[AttendanceOf, Field(description="Cả sự kiện, hay mỗi buổi")] = AttendanceOf.TOTAL


class AttendanceOut(BaseModel):
    """How many people came (số người dự)."""

    min: int | None
    max: int | None
    qualifier: Qualifier
    text: str | None
    of: AttendanceOf


class EventIn(RequestBody):
    """An event (sự kiện) of a campaign, or several of a kind in a period."""

    id: Uuid | None = None
    kind: EventKind
    name: Name | None = None
    held_on: HeldOn = None
    period_from: Day | None = None
    period_to: Day | None = None
    place_code: Annotated[RecordPlaceCode, Field(description="Default: the campaign's place")] = None
    sessions: Annotated[Positive | None, Field(description="Số buổi")] = None
    attendance: AttendanceIn | None = None
    note: Note | None = None


class EventPatch(RequestBody):
    """Changes of an event; its place stays."""

    kind: EventKind = omittable_field()
    name: Name | None = None
    held_on: HeldOn = None
    period_from: Day | None = None
    period_to: Day | None = None
    sessions: Positive | None = None
    attendance: Annotated[AttendanceIn | None, Field(description="Replaces all earlier values")] = None
    note: Note | None = None


class EventOut(BaseModel):
    """An event (sự kiện) of a campaign."""

    id: Uuid
    campaign_id: Uuid
    network: str
    org_id: Annotated[Uuid, Field(description="The organisation that recorded it")]
    kind: EventKind
    name: str | None
    held_on: date | None
    period_from: date | None
    period_to: date | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    sessions: int | None
    attendance: AttendanceOut | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: CampaignEvent) -> Self:
        """Build the response from the event's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        attendance_fields = ("min", "max", "qualifier", "text", "of")
        attendance = {name: getattr(row, f"attendance_{name}") for name in attendance_fields}
        return cls.model_validate(
            columns
            | {
                "org_id": row.organisation_id,
                "attendance": None if row.attendance_of is None else attendance,
            }
        )
