"""Wire shapes of campaigns."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import CampaignKind, CampaignLevel, Gift, Recruiter
from app.campaigns.numbers import Qualifier
from app.campaigns.shapes import Positive, RecordFilter, RecordPlaceCode
from app.core.values.bodies import RequestBody, StrictFlag, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name, Note, ShortText
from app.core.values.time import Day
from app.models.campaigns.campaign import Campaign
from app.savings.kinds import Need, Product
from app.savings.mechanisms import Percent, Unique
from app.savings.savings_models.schemas import Names, Products

OrganiserName = Annotated[
    Name | None, Field(description="For one that is no organisation here: Đảng ủy, UBND phường…")
]
OptionalLevel = Annotated[CampaignLevel | None, Field(description="Cấp")]


class CampaignDetails(RequestBody):
    """Fields that only some kinds of campaigns have; all of them optional."""

    form: Annotated[Name | None, Field(description="Communication, coverage drive: bài chòi, nhóm nhỏ")] = (
        None
    )
    recruiters: Annotated[
        Annotated[list[Recruiter], Unique] | None, Field(description="Recruitment drive: who recruits")
    ] = None
    recruits_min: Annotated[Positive | None, Field(description="Of each recruiter, at least")] = None
    recruits_max: Positive | None = None
    relatives_only: Annotated[StrictFlag | None, Field(description="Recruits are relatives (người thân)")] = (
        None
    )
    family_coverage_percent: Annotated[
        Percent | None, Field(description="Of the recruiter's own family in BHYT")
    ] = None
    theme: Annotated[ShortText | None, Field(description="Emulation: chủ điểm")] = None
    coverage_percent: Annotated[Percent | None, Field(description="Coverage drive: of the unit")] = None
    recognised_level: Annotated[CampaignLevel | None, Field(description="Initiative: cấp công nhận")] = None
    recognised_count: Annotated[Positive | None, Field(description="Initiative: how many (02)")] = None
    first_in_country: Annotated[StrictFlag | None, Field(description="Initiative: đầu tiên cả nước")] = None
    gifts: Annotated[
        Annotated[list[Gift], Unique] | None, Field(description="Support drive: what is given")
    ] = None
    needs: Annotated[Annotated[list[Need], Unique] | None, Field(description="Support drive: to whom")] = None


class CampaignFilter(RecordFilter):
    """Query parameters of the list of campaigns."""

    kind: Annotated[CampaignKind | None, Field(description="Loại")] = None
    level: OptionalLevel = None
    product: Product | None = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    on: Annotated[Day | None, Field(description="Running on this day")] = None


class CampaignIn(RequestBody):
    """A campaign (chiến dịch, phong trào) to be added. Its organiser is your organisation unless named."""

    id: Uuid | None = None
    kind: Annotated[CampaignKind, Field(description="Loại")]
    name: Name
    level: OptionalLevel = None
    organiser_id: Uuid | None = None
    organiser_code: Code | None = None
    organiser_name: OrganiserName = None
    partners: Annotated[Names, Field(description="Phối hợp")] = []
    products: Products = []
    model_id: Annotated[Uuid | None, Field(description="The savings model that it is about")] = None
    model_code: Code | None = None
    place_code: RecordPlaceCode = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    goal: Annotated[ShortText | None, Field(description="Mục tiêu, as it was told")] = None
    details: CampaignDetails | None = None
    note: Note | None = None


class CampaignPatch(RequestBody):
    """Changes of a campaign; its kind, place and model stay."""

    name: Name = omittable_field()
    level: OptionalLevel = None
    organiser_id: Uuid | None = None
    organiser_code: Code | None = None
    organiser_name: OrganiserName = None
    partners: Names = omittable_field()
    products: Products = omittable_field()
    starts_on: Day | None = None
    ends_on: Day | None = None
    goal: ShortText | None = None
    details: Annotated[CampaignDetails, Field(description="Replaces all earlier values")] = omittable_field()
    note: Note | None = None


class CampaignOut(BaseModel):
    """A campaign (chiến dịch, phong trào)."""

    id: Uuid
    network: str
    org_id: Annotated[Uuid, Field(description="The organisation that recorded it")]
    kind: CampaignKind
    name: str
    level: CampaignLevel | None
    organiser_id: Uuid | None
    organiser_name: str | None
    partners: list[str]
    products: list[Product]
    model_id: Uuid | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    starts_on: date | None
    ends_on: date | None
    goal: str | None
    details: CampaignDetails
    note: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Campaign) -> Self:
        """Build the response from the campaign's record."""
        columns = {name: getattr(row, name) for name in CampaignOut.model_fields if hasattr(row, name)}
        return cls.model_validate(columns | {"org_id": row.organisation_id})


class ReachOut(BaseModel):
    """The sum of the attendance of a campaign's events; who came twice counts twice."""

    events: int
    counted: Annotated[int, Field(description="Events that the sum is of: those with a known attendance")]
    min: int
    max: int
    qualifier: Annotated[Qualifier, Field(description="The qualifier of the sum")]
    smallest: Annotated[int | None, Field(description="Smallest crowd of one event or session")]
    largest: int | None


class AwardCountOut(BaseModel):
    """The number of awards of one level."""

    level: CampaignLevel
    count: int


class PayoutSumOut(BaseModel):
    """The sum of payouts outside commission; those corrected count as corrected."""

    count: int
    amount: Annotated[int, Field(description="đồng")]
    qualifier: Qualifier


class CampaignDetailOut(CampaignOut):
    """A campaign with the sums of its records, as far as you see them."""

    reach: ReachOut
    awards: list[AwardCountOut]
    payouts: PayoutSumOut
