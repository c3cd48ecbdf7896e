"""Wire shapes of payouts outside commission."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import PayoutKind, RecipientKind
from app.campaigns.numbers import Qualifier
from app.campaigns.shapes import CampaignId, DatedRecordFilter, Positive, PrintedText, RecordPlaceCode
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.money import MAX_DONG
from app.core.values.text import Code, Name, Note, ShortText
from app.core.values.time import Day
from app.models.campaigns.payout import Payout

CorrectionReason = Annotated[ShortText | None, Field(description="Why it is corrected; with `corrects_id`")]


class PayoutFilter(DatedRecordFilter):
    """Query parameters of the list of payouts."""

    kind: Annotated[PayoutKind | None, Field(description="Loại chi")] = None
    corrected: Annotated[bool, Field(description="Also those that have a correction")] = False


class PayoutIn(RequestBody):
    """Money paid outside commission (chi hỗ trợ ngoài thù lao); it is never changed, only corrected.

    A correction is a whole new payout that names the one it corrects; `amount` 0 withdraws it.
    """

    id: Uuid | None = None
    kind: Annotated[PayoutKind, Field(description="Loại chi; thù lao is none of these")]
    amount: Annotated[int, Field(strict=True, ge=0, le=MAX_DONG, description="Số tiền, đồng (whole VND)")]
    qualifier: Annotated[Qualifier, Field(description="The word before the amount: hơn, gần…")] = (
        Qualifier.EXACT
    )
    text: PrintedText = None
    paid_on: Annotated[Day | None, Field(description="The day; or `period_from` and `period_to`")] = None
    period_from: Day | None = None
    period_to: Day | None = None
    recipients: Annotated[Positive | None, Field(description="How many received it")] = None
    recipient_kind: RecipientKind = RecipientKind.PERSON
    purpose: Annotated[ShortText, Field(description="Mục đích chi")]
    payer_id: Uuid | None = None
    payer_code: Code | None = None
    payer_name: Annotated[
        Name | None,
        Field(description="For a payer that is no organisation here: UBND thành phố, nhà hảo tâm"),
    ] = None
    campaign_id: CampaignId = None
    place_code: RecordPlaceCode = None
    note: Note | None = None
    corrects_id: Annotated[Uuid | None, Field(description="The payout that this corrects")] = None
    correction_reason: CorrectionReason = None


class PayoutOut(BaseModel):
    """Money paid outside commission (chi hỗ trợ ngoài thù lao)."""

    id: Uuid
    network: str
    org_id: Annotated[Uuid, Field(description="The organisation that recorded it")]
    kind: PayoutKind
    amount: int
    qualifier: Qualifier
    text: str | None
    paid_on: date | None
    period_from: date | None
    period_to: date | None
    recipients: int | None
    recipient_kind: RecipientKind
    purpose: str
    payer_id: Uuid | None
    payer_name: str | None
    campaign_id: Uuid | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    note: str | None
    corrects_id: Uuid | None
    correction_reason: str | None
    corrected_by_id: Annotated[Uuid | None, Field(description="The payout that corrects it")]
    created_at: datetime

    @classmethod
    def from_record(cls, row: Payout, corrected_by_id: Uuid | None) -> Self:
        """Build the response from the payout's record and the id of its correction."""
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        others = {"org_id": row.organisation_id, "text": row.printed, "corrected_by_id": corrected_by_id}
        return cls.model_validate(columns | others)
