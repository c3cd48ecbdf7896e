"""The details of each mechanism: one shape per mechanism, all of it optional.

The press often prints a model's name only, so a model may have no details; those that it has are typed.
"""

from collections.abc import Hashable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationInfo

from app.core.errors import field_problem
from app.core.values.bodies import RequestBody, StrictFlag
from app.core.values.money import Dong
from app.core.values.text import Name, ShortText
from app.savings.kinds import Cycle, Mechanism, Need, Product

T = TypeVar("T", bound=Hashable)
M = Mechanism

PositiveCount = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""A number of things of which there is at least one."""

Percent = Annotated[str, Field(pattern=r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$", examples=["100"])]
"""A percentage from 0 to 100, as text."""


def refuse_repeats(values: list[T]) -> list[T]:
    """Refuse a list that names the same thing twice."""
    if len(set(values)) < len(values):
        raise field_problem("repeated", vi="Có giá trị bị lặp lại.", en="A value is given more than once.")
    return values


def refuse_inverted_range(maximum: Any, info: ValidationInfo) -> Any:
    """Refuse a `…_max` that is below its `…_min`, or below the field of the same name without `_max`."""
    name = str(info.field_name).removesuffix("_max")
    minimum = info.data.get(f"{name}_min", info.data.get(name))
    if minimum is not None and maximum is not None and maximum < minimum:
        raise field_problem(
            "range", vi="Số lớn nhất nhỏ hơn số nhỏ nhất.", en="The maximum is less than the minimum."
        )
    return maximum


Unique = AfterValidator(refuse_repeats)
NotBelowMin = AfterValidator(refuse_inverted_range)


class DailyAmount(RequestBody):
    """The amount that each member saves every day for one product."""

    product: Product
    amount: Annotated[Dong, Field(description="đồng a day")]
    at_least: Annotated[StrictFlag, Field(description="A lower bound (từ … trở lên), not a fixed amount")] = (
        True
    )


def _refuse_repeated_products(amounts: list[DailyAmount]) -> list[DailyAmount]:
    refuse_repeats([amount.product for amount in amounts])
    return amounts


class PiggyBank(RequestBody):
    """Nuôi heo (lợn) đất: a daily amount into a piggy bank."""

    mechanism: Literal[M.PIGGY_BANK] = M.PIGGY_BANK
    daily_amounts: Annotated[
        list[DailyAmount], Field(max_length=20), AfterValidator(_refuse_repeated_products)
    ] = []
    piggy_banks_given: Annotated[PositiveCount | None, Field(description="Số heo đất đã tặng")] = None


class FarmProduct(RequestBody):
    """Income from what a garden or farm yields: vườn rau an sinh."""

    mechanism: Literal[M.FARM_PRODUCT] = M.FARM_PRODUCT
    product_name: Annotated[Name | None, Field(description="Nông sản: rau, trứng…")] = None
    season: Annotated[ShortText | None, Field(description="Mùa vụ")] = None


class DedicatedAsset(RequestBody):
    """The income of a dedicated asset, such as 1 to 2 mai trees of each household."""

    mechanism: Literal[M.DEDICATED_ASSET] = M.DEDICATED_ASSET
    asset_name: Annotated[Name | None, Field(description="Tài sản: cây mai, cây bưởi…")] = None
    quantity_min: Annotated[PositiveCount | None, Field(description="Per household, least")] = None
    quantity_max: Annotated[PositiveCount | None, NotBelowMin, Field(description="Per household, most")] = (
        None
    )
    season: Annotated[ShortText | None, Field(description="When it yields (mùa vụ)")] = None


class PooledCapital(RequestBody):
    """Hùn vốn: everybody pays into one pool."""

    mechanism: Literal[M.POOLED_CAPITAL] = M.POOLED_CAPITAL
    share: Annotated[Dong | None, Field(description="đồng of one share")] = None
    per: Cycle | None = None
    use: Annotated[ShortText | None, Field(description="What the pool pays for")] = None


class RotatingFund(RequestBody):
    """Góp vốn xoay vòng: each round one member takes what all paid in."""

    mechanism: Literal[M.ROTATING_FUND] = M.ROTATING_FUND
    contribution: Annotated[Dong | None, Field(description="đồng of each member in each round")] = None
    rounds: PositiveCount | None = None
    per: Annotated[Cycle | None, Field(description="How often there is a round")] = None
    order_rule: Annotated[
        Literal["lot", "need", "agreed"] | None,
        Field(description="Who is next: bốc thăm, khó khăn trước, thỏa thuận"),
    ] = None


class Instalment(RequestBody):
    """Trả góp: the fund advances the premium, the member pays it back in parts."""

    mechanism: Literal[M.INSTALMENT] = M.INSTALMENT
    advance: Annotated[Dong | None, Field(description="đồng advanced; null: the whole premium")] = None
    instalments: Annotated[PositiveCount | None, Field(description="Number of parts")] = None
    per: Annotated[Cycle | None, Field(description="One part each …")] = None
    first_due_after_days: Annotated[
        int | None, Field(strict=True, ge=0, le=3660, description="Days from the advance to the first part")
    ] = None


class Material(RequestBody):
    """One kind of scrap and what is paid for it."""

    name: Name
    unit: Annotated[Name, Field(examples=["kg"])]
    unit_price: Annotated[Dong | None, Field(description="đồng for one unit")] = None


def _refuse_repeated_names(materials: list[Material]) -> list[Material]:
    refuse_repeats([material.name.casefold() for material in materials])
    return materials


class Recyclables(RequestBody):
    """Ve chai, biến rác thành thẻ BHYT: scrap is collected and sold."""

    mechanism: Literal[M.RECYCLABLES] = M.RECYCLABLES
    materials: Annotated[list[Material], AfterValidator(_refuse_repeated_names), Field(max_length=50)] = []


class Donation(RequestBody):
    """Xã hội hóa: donors give money, insurance books or health cards."""

    mechanism: Literal[M.DONATION] = M.DONATION
    kinds: Annotated[
        list[Literal["money", "book", "card"]], Unique, Field(description="Tiền, sổ BHXH, thẻ BHYT")
    ] = []
    needs: Annotated[list[Need], Unique, Field(description="Who may receive")] = []
    eligibility: ShortText | None = None


class PublicSupport(RequestBody):
    """Local resources for hardship that the law's support groups do not cover."""

    mechanism: Literal[M.PUBLIC_SUPPORT] = M.PUBLIC_SUPPORT
    needs: Annotated[list[Need], Unique, Field(description="Who may receive")] = []
    eligibility: ShortText | None = None


class RecruitmentPledge(RequestBody):
    """A pledge without money: each cadre, teacher or member recruits 1 to 2 people."""

    mechanism: Literal[M.RECRUITMENT_PLEDGE] = M.RECRUITMENT_PLEDGE
    recruits_min: Annotated[PositiveCount | None, Field(description="Per recruiter, least")] = None
    recruits_max: Annotated[PositiveCount | None, NotBelowMin, Field(description="Per recruiter, most")] = (
        None
    )
    whole_family_covered: Annotated[
        StrictFlag | None, Field(description="Each also pledges health insurance for the whole family")
    ] = None
    recruiter_occupations: Annotated[
        list[Name], Unique, Field(max_length=20, description="Cán bộ, đảng viên, giáo viên…")
    ] = []


class FullCoveragePledge(RequestBody):
    """A unit's pledge that everybody in it is insured: tổ liên gia 100 %."""

    mechanism: Literal[M.FULL_COVERAGE_PLEDGE] = M.FULL_COVERAGE_PLEDGE
    unit_level: Literal["household", "block", "hamlet", "commune"] | None = None
    product: Product | None = None
    threshold: Annotated[Percent, Field(description="Percent of those eligible")] = "100"


Details = Annotated[
    PiggyBank
    | FarmProduct
    | DedicatedAsset
    | PooledCapital
    | RotatingFund
    | Instalment
    | Recyclables
    | Donation
    | PublicSupport
    | RecruitmentPledge
    | FullCoveragePledge,
    Field(discriminator="mechanism"),
]
"""The fields of a mechanism; `mechanism` is the discriminator."""

_DETAILS: TypeAdapter[Details] = TypeAdapter(Details)
_MECHANISMS = frozenset(mechanism.value for mechanism in Mechanism)


def dump_details(details: Details) -> dict[str, Any]:
    """Dump the details for their column, without the mechanism, which has a column of its own."""
    return details.model_dump(mode="json", exclude={"mechanism"})


def load_details(mechanism: str, details: dict[str, Any]) -> Details:
    """Load the details of a stored model."""
    return _DETAILS.validate_python({**details, "mechanism": mechanism})


def fill_in_mechanism(body: Any) -> Any:
    """Copy the body's mechanism into its details, where a request may omit it."""
    mechanism = body.get("mechanism") if isinstance(body, dict) else None
    if not isinstance(mechanism, str) or mechanism not in _MECHANISMS:
        return body
    details = body.get("details")
    if details is None:
        details = {}
    return {**body, "details": {"mechanism": mechanism, **details}} if isinstance(details, dict) else body
