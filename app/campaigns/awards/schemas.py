"""Wire shapes of awards."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import CampaignLevel, RecipientKind
from app.campaigns.shapes import CampaignId, DatedRecordFilter, Positive, RecordPlaceCode
from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name, Note, ShortText
from app.core.values.time import Day
from app.models.campaigns.award import Award

AwardedOn = Annotated[Day | None, Field(description="The day; or `period_from` and `period_to`")]
RecipientText = Annotated[
    ShortText | None,
    Field(
        description="Who, in words, where no id is known; a person's name only with consent to publication"
    ),
]


class AwardFilter(DatedRecordFilter):
    """Query parameters of the list of awards."""

    level: Annotated[CampaignLevel | None, Field(description="Cấp khen")] = None
    recipient_kind: RecipientKind | None = None


class AwardIn(RequestBody):
    """An award (khen thưởng), or several of one title. The recipient: one id at most, or words."""

    id: Uuid | None = None
    level: Annotated[CampaignLevel, Field(description="Cấp khen")]
    title: Annotated[Name, Field(description="Danh hiệu, hình thức khen")]
    awarded_by: Annotated[Name | None, Field(description="UBND thành phố, BHXH Việt Nam…")] = None
    decision_no: Annotated[Name | None, Field(description="Số quyết định")] = None
    recipient_kind: RecipientKind
    recipient_member_id: Uuid | None = None
    recipient_group_id: Uuid | None = None
    recipient_group_code: Code | None = None
    recipient_organisation_id: Uuid | None = None
    recipient_organisation_code: Code | None = None
    recipient_text: RecipientText = None
    count: Annotated[Positive, Field(description="How many awards this record stands for")] = 1
    awarded_on: AwardedOn = None
    period_from: Day | None = None
    period_to: Day | None = None
    campaign_id: CampaignId = None
    place_code: RecordPlaceCode = None
    note: Note | None = None


class AwardPatch(RequestBody):
    """What changes of an award; its recipient, campaign and place stay."""

    level: CampaignLevel = omittable_field()
    title: Name = omittable_field()
    awarded_by: Name | None = None
    decision_no: Name | None = None
    recipient_text: RecipientText = None
    count: Positive = omittable_field()
    awarded_on: AwardedOn = None
    period_from: Day | None = None
    period_to: Day | None = None
    note: Note | None = None


class AwardOut(BaseModel):
    """An award (khen thưởng)."""

    id: Uuid
    network: str
    org_id: Annotated[Uuid, Field(description="The organisation that recorded it")]
    level: CampaignLevel
    title: str
    awarded_by: str | None
    decision_no: str | None
    recipient_kind: RecipientKind
    recipient_member_id: Uuid | None
    recipient_group_id: Uuid | None
    recipient_organisation_id: Uuid | None
    recipient_text: str | None
    count: int
    awarded_on: date | None
    period_from: date | None
    period_to: date | None
    campaign_id: Uuid | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Award) -> Self:
        """Build the response from the award's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(columns | {"org_id": row.organisation_id})
