"""Wire shapes of targets."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import Period, Unit
from app.campaigns.metrics import Metric
from app.campaigns.numbers import Qualifier
from app.campaigns.shapes import CampaignId, Exact, PrintedText, RecordFilter, RecordPlaceCode
from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note, ShortText
from app.core.values.time import Day
from app.models.campaigns.target import Target, TargetVersion
from app.savings.kinds import Product

Basis = Annotated[ShortText | None, Field(description="Căn cứ: nghị quyết, quyết định giao")]


class TargetFilter(RecordFilter):
    """Query parameters of the list of targets."""

    metric: Annotated[Metric | None, Field(description="Chỉ số")] = None
    product: Product | None = None
    period: Annotated[Period | None, Field(description="Loại kỳ")] = None
    on: Annotated[Day | None, Field(description="Whose period contains this day")] = None
    for_organisation_id: Uuid | None = None
    for_organisation_code: Code | None = None
    for_group_id: Uuid | None = None
    for_group_code: Code | None = None
    for_user_id: Uuid | None = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    campaign_id: Uuid | None = None


class TargetIn(RequestBody):
    """A target (chỉ tiêu): of a place, and of one organisation, group or collector where one is named.

    What BHXH sets for somebody of a union belongs to that union, which reads it and does not change it.
    """

    id: Uuid | None = None
    metric: Annotated[Metric, Field(description="Chỉ số")]
    product: Product | None = None
    place_code: Annotated[
        RecordPlaceCode, Field(description="Of any level; default: the place of whom it is for, else yours")
    ] = None
    for_organisation_id: Annotated[Uuid | None, Field(description="Tổ chức được giao")] = None
    for_organisation_code: Code | None = None
    for_group_id: Annotated[Uuid | None, Field(description="Tổ được giao")] = None
    for_group_code: Code | None = None
    for_user_id: Annotated[Uuid | None, Field(description="Người được giao, such as a collector")] = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    campaign_id: CampaignId = None
    period: Annotated[Period, Field(description="Kỳ")]
    period_from: Annotated[Day, Field(description="First day; weeks begin on Monday")]
    period_to: Annotated[Day | None, Field(description="Last day; needed for `other` only")] = None
    value: Annotated[
        Exact | None, Field(description="Null when it was not printed; then `text` is needed")
    ] = None
    unit: Unit
    qualifier: Annotated[
        Qualifier | None, Field(description="Default: exact, or unspecified without a value")
    ] = None
    text: PrintedText = None
    basis: Basis = None
    set_on: Annotated[Day | None, Field(description="Ngày giao")] = None
    note: Note | None = None


class TargetPatch(RequestBody):
    """Changes of a target's content; its metric, place, period and addressee stay."""

    value: Exact | None = None
    qualifier: Qualifier = omittable_field()
    text: PrintedText = None
    basis: Basis = None
    set_on: Day | None = None
    note: Note | None = None


class TargetOut(BaseModel):
    """A target (chỉ tiêu)."""

    id: Uuid
    network: Annotated[str, Field(description="Whose target it is")]
    org_id: Annotated[Uuid, Field(description="The organisation that set it")]
    set_by_network: Annotated[str, Field(description="`bhxh`: a target of the state")]
    metric: Metric
    product: Product | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    for_organisation_id: Uuid | None
    for_group_id: Uuid | None
    for_user_id: Uuid | None
    model_id: Uuid | None
    campaign_id: Uuid | None
    period: Period
    period_from: date
    period_to: date
    value: Exact | None
    unit: Unit
    qualifier: Qualifier
    text: str | None
    basis: str | None
    set_on: date | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Target) -> Self:
        """Build the response from the target's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(columns | {"org_id": row.organisation_id, "text": row.printed})


class TargetVersionOut(BaseModel):
    """A target's content before an edit."""

    version: int
    value: Exact | None
    qualifier: Qualifier
    text: str | None
    basis: str | None
    set_on: date | None
    note: str | None
    replaced_by: Annotated[Uuid, Field(description="Who made the edit")]
    replaced_at: datetime

    @classmethod
    def from_record(cls, row: TargetVersion) -> Self:
        """Build the response from the version's record."""
        return cls.model_validate(
            row.content
            | {"version": row.version, "replaced_by": row.replaced_by, "replaced_at": row.replaced_at}
        )
