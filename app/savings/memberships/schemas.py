"""Wire shapes of memberships and pledges."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, PlainSerializer

from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.text import Name
from app.core.values.time import Day
from app.models.savings.membership import Membership, Pledge
from app.savings.kinds import Duty, Per, Product
from app.savings.mechanisms import NotBelowMin

AssetQuantity = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3)]
PlainQuantity = Annotated[
    Decimal, PlainSerializer(lambda value: f"{value.normalize():f}", return_type=str, when_used="json")
]
JoinedOn = Annotated[Day | None, Field(description="First day in the group; default: today")]


class MoneyPledge(RequestBody):
    """A pledged amount for each day, week, month or year."""

    kind: Literal["money"]
    amount: Dong
    per: Per
    product: Annotated[Product | None, Field(description="What it is saved for")] = None


class AssetPledge(RequestBody):
    """The pledged income of an asset, such as 1 to 2 mai trees."""

    kind: Literal["asset"]
    asset_name: Annotated[Name, Field(examples=["cây mai"])]
    asset_quantity: Annotated[AssetQuantity, Field(description="How many, or the least of a range")]
    asset_quantity_max: Annotated[
        AssetQuantity | None, NotBelowMin, Field(description="The most of a range")
    ] = None
    product: Annotated[Product | None, Field(description="What it is saved for")] = None


PledgeIn = Annotated[MoneyPledge | AssetPledge, Field(discriminator="kind")]
Pledges = Annotated[list[PledgeIn], Field(max_length=10)]


class MembershipFilter(BaseModel):
    """Query parameters of the list of a group's memberships."""

    member_id: Uuid | None = None
    duty: Duty | None = None
    active_on: Annotated[Day | None, Field(description="Joined and not left on this day")] = None


class MembershipIn(RequestBody):
    """A member who joins the group, with what they pledge."""

    id: Uuid | None = None
    member_id: Annotated[Uuid, Field(description="Of the same network")]
    joined_on: JoinedOn = None
    duty: Annotated[Duty, Field(description="Only officers assign leader and treasurer")] = Duty.MEMBER
    pledges: Annotated[Pledges, Field(description="From `joined_on` on")] = []


class MembershipPatch(RequestBody):
    """Changes of a membership: the duty, an earlier joining, leaving, or the pledges."""

    duty: Duty = omittable_field()
    joined_on: Annotated[
        Day, Field(description="First day in the group, where it was noted too late: never later than before")
    ] = omittable_field()
    left_on: Annotated[
        Day | None,
        Field(description="Last day in the group; savings left can still be withdrawn; null: stays"),
    ] = None
    pledges: Annotated[Pledges, Field(description="All pledges from now on; others end")] = omittable_field()
    pledges_from: Annotated[Day, Field(description="When the new pledges begin; default: today")] = (
        omittable_field()
    )


class PledgeOut(BaseModel):
    """A pledge (cam kết) with its days; one that ends the day before it begins was withdrawn at once."""

    id: Uuid
    kind: Literal["money", "asset"]
    product: Product | None
    amount: Annotated[int | None, Field(description="đồng")]
    per: Per | None
    asset_name: str | None
    asset_quantity: PlainQuantity | None
    asset_quantity_max: PlainQuantity | None
    valid_from: date
    valid_to: date | None


class MembershipOut(BaseModel):
    """A member in a group (tổ viên)."""

    id: Uuid
    group_id: Uuid
    member_id: Uuid
    member_name: Annotated[str | None, Field(description="null: the member's record is not yours to see")]
    duty: Duty
    joined_on: date
    left_on: date | None
    pledges: Annotated[list[PledgeOut], Field(description="In a list those of today; else all, oldest first")]
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: Membership, member_name: str | None, pledges: list[Pledge]) -> Self:
        """Build the response from the membership's records."""
        columns = {
            name: getattr(row, name) for name in cls.model_fields if name not in ("member_name", "pledges")
        }
        pledge_responses = [
            PledgeOut(**{name: getattr(pledge, name) for name in PledgeOut.model_fields})
            for pledge in pledges
        ]
        return cls(**columns, member_name=member_name, pledges=pledge_responses)
