"""Wire shapes of insurance rules."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from app.core.errors import field_problem
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note, ShortText
from app.core.values.time import Day
from app.insurance.rules.keys import RULE_KEYS, format_decimal
from app.models.insurance.insurance_rule import InsuranceRule

_NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,8})?")


def _parse_number(value: object) -> Decimal:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, Decimal):
        return text
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise field_problem(
            "exact_number",
            vi='Cần một số không âm viết bằng chữ số, ví dụ "0.0031": tối đa 13 chữ số và 8 chữ số lẻ.',
            en='A number that is not negative is needed, such as "0.0031": at most 13 digits and 8 decimals.',
        )
    return Decimal(text)


ExactNumber = Annotated[
    Decimal,
    BeforeValidator(_parse_number),
    WithJsonSchema({"type": "string", "pattern": f"^{_NUMBER.pattern}$", "examples": ["0.0031", "1500000"]}),
]
"""An exact number that is not negative, as text; a whole JSON number is taken too."""

RuleStatus = Literal["active", "unconfirmed"]


class RuleFilter(BaseModel):
    """Query parameters of the list of rules."""

    key: Annotated[Code | None, Field(description="Such as `rural_poverty_line`")] = None
    on: Annotated[Day | None, Field(description="In force (or to be, when confirmed) on this day")] = None
    status: RuleStatus | None = None
    province_code: Annotated[Code | None, Field(description="Extras of this province")] = None


class RuleIn(RequestBody):
    """One value from one day to another (một quy định có thời hạn)."""

    id: Uuid | None = None
    key: Annotated[Code, Field(description="One of the known names", examples=["rural_poverty_line"])]
    value: Annotated[ExactNumber, Field(description="đồng, months, days, or a share such as 0.22")]
    province_code: Annotated[Code | None, Field(description="For a province's own extras only")] = None
    valid_from: Day
    valid_to: Annotated[Day | None, Field(description="The last day; null: until further notice")] = None
    legal_basis: Annotated[ShortText, Field(description="Căn cứ: số văn bản, điều, khoản")]
    note: Note | None = None
    status: Annotated[
        RuleStatus, Field(description="`unconfirmed`: kept, and not used until it is confirmed")
    ] = "active"


class RuleEnd(RequestBody):
    """The last day of a rule; the day before its first withdraws a rule that has not begun."""

    valid_to: Annotated[Day, Field(description="Ngày cuối cùng áp dụng")]


class RuleOut(BaseModel):
    """One value from one day to another (một quy định có thời hạn)."""

    id: UUID
    key: str
    unit: Annotated[str, Field(description="dong, share, count or switch")]
    value: str
    province_code: str | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    note: str | None
    status: RuleStatus
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    entered_by: Annotated[UUID | None, Field(description="Null: came with the program")]
    entered_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: InsuranceRule) -> Self:
        """Build from its record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name != "unit"}
        return cls(**columns | {"unit": RULE_KEYS[row.key].name, "value": format_decimal(row.value)})
