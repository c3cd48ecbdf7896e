"""Wire shapes of insurance rules."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from app.core.errors import field_problem
from app.core.language import Language
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, Note, ShortText
from app.core.values.time import Day
from app.insurance.rules.expiry import NOTICE_DAYS, ExpiringRule
from app.insurance.rules.keys import RULE_KEYS, format_decimal
from app.insurance.rules.names import format_rule_value, name_rule
from app.insurance.rules.rulebook import Rule
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
    end_proposed: Annotated[
        bool | None, Field(description="Whether an end waits for a second person (chờ xác nhận kết thúc)")
    ] = None


class RuleIn(RequestBody):
    """One value from one day to another (một quy định có thời hạn)."""

    id: Uuid | None = None
    key: Annotated[Code, Field(description="One of the known names", examples=["rural_poverty_line"])]
    value: Annotated[ExactNumber, Field(description="đồng, months, days, or a share such as 0.22")]
    province_code: Annotated[Code | None, Field(description="For a province's own extras only")] = None
    valid_from: Day
    valid_to: Annotated[Day | None, Field(description="The last day; null: until further notice")] = None
    confirmed_to: Annotated[
        Day | None,
        Field(
            description="Where the legal basis holds for a time only: its last day. Quotes go on, payments do not"
        ),
    ] = None
    legal_basis: Annotated[ShortText, Field(description="Căn cứ: số văn bản, điều, khoản")]
    note: Note | None = None
    status: Annotated[
        Literal["unconfirmed"],
        Field(description="Kept, and not used until a second person of BHXH confirms it"),
    ] = "unconfirmed"


class RuleEnd(RequestBody):
    """The last day that is proposed for a rule; the day before its first withdraws a rule that has not begun."""

    valid_to: Annotated[Day, Field(description="Ngày cuối cùng áp dụng")]


class ProposedEnd(BaseModel):
    """A last day that a second person of BHXH has to confirm (đề nghị kết thúc); until then the rule stays in force."""

    valid_to: Annotated[date, Field(description="Ngày cuối cùng áp dụng, as proposed")]
    proposed_by: UUID
    proposed_at: datetime


class RuleOut(BaseModel):
    """One value from one day to another (một quy định có thời hạn)."""

    id: UUID
    key: str
    name: Annotated[str, Field(description="What it is called in a Vietnamese sentence")]
    unit: Annotated[str, Field(description="dong, share, count, factor, year or switch")]
    value: str
    province_code: str | None
    valid_from: date
    valid_to: date | None
    confirmed_to: date | None
    legal_basis: str
    note: str | None
    status: RuleStatus
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    entered_by: Annotated[UUID | None, Field(description="Null: came with the program")]
    entered_at: datetime
    version: int
    proposed_end: Annotated[ProposedEnd | None, Field(description="Null: none waits")]
    end_confirmed_by: Annotated[
        UUID | None, Field(description="Who confirmed the last end that was proposed")
    ]
    end_confirmed_at: datetime | None

    @classmethod
    def from_record(cls, row: InsuranceRule) -> Self:
        """Build from its record."""
        made = {
            "name": name_rule(row.key).vi,
            "unit": RULE_KEYS[row.key].name,
            "value": format_decimal(row.value),
            "proposed_end": _proposed_end(row),
        }
        return cls(**{name: getattr(row, name) for name in cls.model_fields if name not in made}, **made)


def _proposed_end(row: InsuranceRule) -> ProposedEnd | None:
    if row.end_proposed_to is None or row.end_proposed_by is None or row.end_proposed_at is None:
        return None
    return ProposedEnd(
        valid_to=row.end_proposed_to, proposed_by=row.end_proposed_by, proposed_at=row.end_proposed_at
    )


class ExpiringFilter(BaseModel):
    """Query parameters of the list of values that run out."""

    within_days: Annotated[int, Field(ge=0, le=366, description="How many days ahead")] = NOTICE_DAYS


class RuleSuccessor(BaseModel):
    """The value that only waits to be confirmed (giá trị chờ xác nhận)."""

    id: UUID
    value: str
    valid_from: date
    legal_basis: str

    @classmethod
    def from_rule(cls, rule: Rule) -> Self:
        """Build from the rule that waits."""
        fields = {name: getattr(rule, name) for name in ("id", "valid_from", "legal_basis")}
        return cls(**fields, value=format_decimal(rule.value))


class ExpiringRuleOut(BaseModel):
    """A value of the law that runs out, and what BHXH has to do about it (quy định sắp hết hạn, việc cần xác nhận)."""

    id: UUID
    key: str
    name: str
    value: str
    province_code: str | None
    last_day: Annotated[date, Field(description="The last day on which somebody may pay by it")]
    days_left: Annotated[int, Field(description="From today; below 0 when it has run out")]
    successor: RuleSuccessor | None
    what_to_do: Annotated[str, Field(description="In the reader's language")]

    @classmethod
    def build(cls, each: ExpiringRule, on: date, language: Language) -> Self:
        """Build from what runs out. on: the day from which the days are counted."""
        rule, successor = each.rule, each.successor
        return cls(
            **{name: getattr(rule, name) for name in ("id", "key", "province_code")},
            name=name_rule(rule.key).en if language == "en" else name_rule(rule.key).vi,
            value=format_decimal(rule.value),
            last_day=each.last_day,
            days_left=(each.last_day - on).days,
            successor=None if successor is None else RuleSuccessor.from_rule(successor),
            what_to_do=_say_what_to_do(each, language),
        )


class ExpiringRules(BaseModel):
    """The values that run out, the first one first."""

    items: list[ExpiringRuleOut]


def _say_what_to_do(each: ExpiringRule, language: Language) -> str:
    """What BHXH has to do so that payments go on, as one sentence."""
    successor, day = each.successor, each.last_day
    if successor is None and language == "en":
        return f"Enter and confirm the value that holds after {day.isoformat()}; until then nothing is paid by it."
    if successor is None:
        last = f"{day:%d/%m/%Y}"
        return f"Nhập và xác nhận mức áp dụng sau ngày {last}; chưa xác nhận thì chưa nhận tiền đóng theo mức này."
    value = format_rule_value(successor.key, successor.value)
    if language == "en":
        first = successor.valid_from.isoformat()
        return f"Confirm {value.en} from {first} ({successor.legal_basis}), or enter another."
    first = f"{successor.valid_from:%d/%m/%Y}"
    return f"Xác nhận mức {value.vi} từ ngày {first} ({successor.legal_basis}), hoặc nhập mức khác."
