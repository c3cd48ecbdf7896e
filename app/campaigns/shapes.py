"""Wire shapes that campaigns, awards, payouts, targets and observations share."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from app.campaigns.kinds import Unit
from app.campaigns.numbers import Qualifier
from app.core.errors import InvalidInput, field_problem
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name, ShortText
from app.core.values.time import Day, check_day_order

_EXACT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def _parse_exact(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _EXACT.fullmatch(text):
        raise field_problem(
            "exact_number",
            vi='Cần một số viết như đã in, ví dụ "31.5": tối đa 15 chữ số và 6 chữ số lẻ.',
            en='A number as printed is needed, such as "31.5": at most 15 digits and 6 decimals.',
        )
    return Decimal(text)


Exact = Annotated[
    Decimal,
    BeforeValidator(_parse_exact),
    WithJsonSchema({"type": "string", "pattern": f"^{_EXACT.pattern}$", "examples": ["31.5"]}),
]
"""An exact number as text, with the decimals with which it was printed; a whole JSON number is taken too."""

Positive = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
"""A number of things of which there is at least one."""

RecordPlaceCode = Annotated[
    Code | None,
    Field(description="Of any level, `VN` for the whole country; default: your organisation's place"),
]
CampaignId = Annotated[Uuid | None, Field(description="Chiến dịch")]
PrintedText = Annotated[ShortText | None, Field(description="The words as printed: “khoảng hơn 8.000 người”")]


class NumberIn(RequestBody):
    """A number inside a figure."""

    value: Exact
    unit: Unit
    qualifier: Qualifier = Qualifier.EXACT


class NumberOut(BaseModel):
    """A number inside a figure."""

    value: Exact
    unit: Unit
    qualifier: Qualifier


class PartIn(NumberIn):
    """A labelled part of a figure: “BHXH tự nguyện: 548”."""

    label: Name


class PartOut(NumberOut):
    """A labelled part of a figure."""

    label: str


class RecordFilter(BaseModel):
    """Query parameters that every list has."""

    place_code: Annotated[
        Code | None, Field(description="In this place, in a place below it, or in a predecessor of it")
    ] = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    organisation_id: Annotated[Uuid | None, Field(description="Recorded by this organisation")] = None
    organisation_code: Code | None = None


class DatedRecordFilter(RecordFilter):
    """Query parameters of lists of what happened on a day or in a period."""

    campaign_id: Uuid | None = None
    from_: Annotated[Day | None, Field(alias="from", description="On this day or later")] = None
    to: Annotated[Day | None, Field(description="On this day or earlier")] = None


def check_not_both(on: date | None, begins: date | None, ends: date | None, pointer: str) -> None:
    """Refuse a day together with a period. Raises: InvalidInput at *pointer*."""
    if on is not None and (begins is not None or ends is not None):
        raise InvalidInput.at(
            pointer,
            "day_or_period",
            vi="Chỉ ghi một ngày hoặc một khoảng thời gian, không ghi cả hai.",
            en="Give a day or a period, not both.",
        )


def check_day_or_period(on: date | None, begins: date | None, ends: date | None, name: str) -> None:
    """Refuse a body that has neither a day nor a whole period, or both.

    name: the field of the day, such as `held_on`. Raises: InvalidInput.
    """
    check_not_both(on, begins, ends, f"/{name}")
    if on is None and (begins is None or ends is None):
        missing = (
            f"/{name}"
            if begins is None and ends is None
            else "/period_to"
            if ends is None
            else "/period_from"
        )
        raise InvalidInput.at(
            missing,
            "day_or_period",
            vi="Cần ghi một ngày, hoặc cả ngày đầu và ngày cuối của khoảng thời gian.",
            en="A day is needed, or the first and the last day of a period.",
        )
    check_day_order(begins, ends, "/period_to")


def check_range(lowest: float | None, highest: float | None, pointer: str) -> None:
    """Refuse a maximum below the minimum. Raises: InvalidInput at *pointer*."""
    if lowest is not None and highest is not None and highest < lowest:
        raise InvalidInput.at(
            pointer,
            "range",
            vi="Số lớn nhất nhỏ hơn số nhỏ nhất.",
            en="The maximum is less than the minimum.",
        )


def missing_content(pointer: str) -> InvalidInput:
    """Build the error of a figure that has neither a number nor words."""
    return InvalidInput.at(
        pointer,
        "number_or_words",
        vi="Cần một con số, hoặc lời ghi đúng như nguồn.",
        en="A number is needed, or the words of the source.",
    )


def check_correction(corrects_id: UUID | None, reason: str | None) -> None:
    """Refuse a correction without a reason, and a reason without one. Raises: InvalidInput."""
    if (corrects_id is None) != (reason is None):
        raise InvalidInput.at(
            "/corrects_id" if corrects_id is None else "/correction_reason",
            "correction",
            vi="Đính chính cần cả bản ghi được đính chính và lý do.",
            en="A correction needs both the record that it corrects and a reason.",
        )
