"""Wire shapes of observations."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.campaigns.kinds import Base, Caution, DifferenceKind, Flag, Nature, SourceKind, Unit
from app.campaigns.metrics import Metric
from app.campaigns.numbers import Qualifier
from app.campaigns.payouts.schemas import CorrectionReason
from app.campaigns.shapes import (
    CampaignId,
    Exact,
    NumberIn,
    PartIn,
    PrintedText,
    RecordFilter,
    RecordPlaceCode,
)
from app.core.values.bodies import RequestBody, StrictFlag
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note, ShortText
from app.core.values.time import Day
from app.savings.kinds import Product
from app.savings.mechanisms import Unique


class DisplayOptions(BaseModel):
    """Query parameters for the display of derived numbers."""

    decimals: Annotated[
        int | None,
        Field(
            ge=0,
            le=6,
            description="Of derived numbers; default: 1 for rates, multiples, averages, 0 for counts",
        ),
    ] = None


class ObservationFilter(RecordFilter, DisplayOptions):
    """Query parameters of the list of observations."""

    metric: Annotated[Metric | None, Field(description="Chỉ số")] = None
    product: Product | None = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    campaign_id: Uuid | None = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    nature: Nature | None = None
    flag: Annotated[Flag | None, Field(description="With this inconsistency, found by a rule")] = None
    from_: Annotated[Day | None, Field(alias="from", description="Of this day or later")] = None
    to: Annotated[Day | None, Field(description="Of this day or earlier")] = None
    corrected: Annotated[bool, Field(description="Also those that have a correction")] = False


class ComparisonIn(RequestBody):
    """What the figure was compared with when it was printed."""

    base: Annotated[Base, Field(description="So với")]
    on: Annotated[Day | None, Field(description="Day of the base, such as the last one of a base year")] = (
        None
    )
    value: Annotated[Exact | None, Field(description="The base's own number, in the figure's unit")] = None
    text: Annotated[ShortText | None, Field(description="The base in words: NQ 28-NQ/TW (23/5/2018)")] = None
    difference: Annotated[Exact | None, Field(description="From the base, as printed: 3597, 8")] = None
    difference_kind: Annotated[
        DifferenceKind | None, Field(description="`ambiguous`: “vượt 8 %” may be points or relative")
    ] = None


class SourceIn(RequestBody):
    """Where the figure was found."""

    kind: SourceKind
    title: ShortText | None = None
    date: Annotated[Day | None, Field(description="Ngày đăng, ngày báo cáo")] = None


class ObservationIn(RequestBody):
    """A figure (số liệu quan sát) as printed; it is never changed, only corrected.

    A correction is a whole new observation that names the one it corrects; without any number or words it withdraws the
    figure.
    """

    id: Uuid | None = None
    metric: Annotated[Metric, Field(description="Chỉ số")]
    product: Product | None = None
    place_code: RecordPlaceCode = None
    model_id: Uuid | None = None
    model_code: Code | None = None
    campaign_id: CampaignId = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    nature: Annotated[Nature, Field(description="Số hiện có, phát sinh trong kỳ, hay tăng giảm ròng")]
    observed_on: Annotated[
        Day | None, Field(description="The day; or a period; or only the source's date")
    ] = None
    period_from: Day | None = None
    period_to: Day | None = None
    value: Annotated[Exact | None, Field(description="As printed, with its decimals")] = None
    unit: Annotated[Unit | None, Field(description="Of `value`, needed with it")] = None
    qualifier: Annotated[
        Qualifier | None, Field(description="Default: exact, or unspecified without a value")
    ] = None
    text: PrintedText = None
    numerator: NumberIn | None = None
    denominator: NumberIn | None = None
    parts: Annotated[list[PartIn], Field(max_length=50)] = []
    parts_are_all: Annotated[StrictFlag, Field(description="The parts are said to make up the whole")] = True
    comparison: ComparisonIn | None = None
    source: SourceIn
    cautions: Annotated[list[Caution], Unique, Field(description="What a reader noticed")] = []
    note: Note | None = None
    corrects_id: Annotated[Uuid | None, Field(description="The observation that this corrects")] = None
    correction_reason: CorrectionReason = None
