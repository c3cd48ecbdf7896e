"""Wire shapes of the ledger. Amounts are whole đồng."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, GetPydanticSchema
from pydantic_core import core_schema

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.text import Code, Name, Note, ShortText
from app.core.values.time import Day
from app.savings.kinds import Product

ContributionKind = Literal["saving", "withdrawal", "donation", "sale"]
"""Saving (tiết kiệm), withdrawal (rút), donation (ủng hộ), sale (bán nông sản, phế liệu)."""

EntryKind = Literal["saving", "withdrawal", "donation", "sale", "reversal"]

RequestedProduct = Annotated[
    Product,
    GetPydanticSchema(
        lambda _type, _handler: core_schema.no_info_after_validator_function(
            Product, core_schema.literal_schema([product.value for product in Product])
        )
    ),
]
"""A product in a request: an unknown one is refused as `literal_error`, the code that the ledger's senders know."""

SoldQuantity = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3, examples=["12.5"])]

_GROUP = "Tổ: dùng group_id hoặc group_code"
_KEY = "Mã do phía gửi đặt; cũng là khóa chống ghi trùng khi không có Idempotency-Key"


class LineIn(RequestBody):
    """One line of a collection sheet (một dòng của phiếu thu)."""

    id: Uuid | None = Field(default=None, description="Mã của dòng do phía gửi đặt (id of the line)")
    member_id: Uuid | None = Field(
        default=None, description="Hội viên; bỏ trống là quỹ chung của tổ (null: the group's common fund)"
    )
    kind: ContributionKind = Field(default="saving", description="Loại khoản đóng góp (kind of contribution)")
    product: RequestedProduct | None = Field(
        default=None, description="Mục đích: BHXH tự nguyện hoặc BHYT hộ gia đình"
    )
    amount: Dong | None = Field(
        default=None, description="Số tiền, đồng; khoản bán có thể bỏ trống (quantity × unit_price)"
    )
    quantity: SoldQuantity | None = Field(default=None, description="Số lượng bán, tối đa 3 chữ số thập phân")
    unit: Name | None = Field(default=None, description="Đơn vị tính, ví dụ kg (unit)")
    unit_price: Dong | None = Field(default=None, description="Đơn giá, đồng mỗi đơn vị (unit price)")
    source: ShortText | None = Field(default=None, description="Người ủng hộ hoặc người mua (donor or buyer)")
    note: Note | None = Field(default=None, description="Ghi chú (note)")


class ContributionIn(LineIn):
    """One contribution (một khoản đóng góp)."""

    id: Uuid | None = Field(default=None, description=_KEY)
    kind: ContributionKind = Field(description="Loại khoản đóng góp (kind of contribution)")
    group_id: Uuid | None = Field(default=None, description=_GROUP)
    group_code: Code | None = Field(default=None, description=_GROUP)
    business_date: Day = Field(description="Ngày thu, không sau hôm nay (business date)")


class MeetingIn(RequestBody):
    """The whole collection sheet of one meeting (phiếu thu của một buổi sinh hoạt): all lines or none."""

    id: Uuid | None = Field(default=None, description=_KEY)
    group_id: Uuid | None = Field(default=None, description=_GROUP)
    group_code: Code | None = Field(default=None, description=_GROUP)
    business_date: Day = Field(description="Ngày họp, không sau hôm nay (business date)")
    note: Note | None = Field(default=None, description="Ghi chú của buổi họp (note)")
    items: list[LineIn] = Field(min_length=1, max_length=200, description="Các dòng thu (lines)")


class ReversalIn(RequestBody):
    """A correction (bút toán đảo): a mirrored entry."""

    business_date: Day | None = Field(
        default=None, description="Ngày đảo; bỏ trống là hôm nay (default today)"
    )
    note: Annotated[Note, Field(min_length=1)] = Field(description="Lý do đảo (reason)")


class ContributionFilter(RequestBody):
    """Query parameters of the list of contributions (lọc khoản đóng góp)."""

    group_id: Uuid | None = Field(default=None, description="Tổ (group)")
    group_code: Code | None = Field(default=None, description="Mã tổ (group code)")
    member_id: Uuid | None = Field(default=None, description="Hội viên (member)")
    kind: EntryKind | None = Field(default=None, description="Loại (kind)")
    product: RequestedProduct | None = Field(default=None, description="Mục đích (product)")
    from_: Day | None = Field(default=None, alias="from", description="Từ ngày (first business date)")
    to: Day | None = Field(default=None, description="Đến ngày (last business date)")
    meeting_id: Uuid | None = Field(default=None, description="Buổi sinh hoạt (meeting)")


class MeetingFilter(RequestBody):
    """Query parameters of the list of meetings (lọc buổi sinh hoạt)."""

    group_id: Uuid | None = Field(default=None, description="Tổ (group)")
    group_code: Code | None = Field(default=None, description="Mã tổ (group code)")
    from_: Day | None = Field(default=None, alias="from", description="Từ ngày (first business date)")
    to: Day | None = Field(default=None, description="Đến ngày (last business date)")


class GroupMeetingFilter(RequestBody):
    """Query parameters of the meetings of one group."""

    from_: Day | None = Field(default=None, alias="from", description="Từ ngày (first business date)")
    to: Day | None = Field(default=None, description="Đến ngày (last business date)")


class PassbookFilter(RequestBody):
    """Query parameters of a passbook: one of the member's groups (chọn tổ của sổ)."""

    group_id: Uuid | None = Field(default=None, description="Tổ (group)")
    group_code: Code | None = Field(default=None, description="Mã tổ (group code)")


class ContributionOut(BaseModel):
    """A contribution as recorded; it never changes.

    member_balance, group_balance: đồng after this entry, the member's in the group (số dư của hội viên) and all
    that the group holds (tổng quỹ của tổ).
    """

    id: UUID
    txn_id: UUID
    group_id: UUID
    member_id: UUID | None
    kind: EntryKind
    product: Product | None
    amount: int
    quantity: str | None
    unit: str | None
    unit_price: int | None
    source: str | None
    note: str | None
    business_date: date
    meeting_id: UUID | None
    reverses_id: UUID | None
    member_balance: int | None
    group_balance: int
    recorded_at: datetime


class ContributionDetailOut(ContributionOut):
    """A contribution and, if it was reversed, the reversing entry."""

    reversed_by: UUID | None


class MeetingHeadOut(BaseModel):
    """A meeting without its lines. count: lines; total: đồng, withdrawals subtracted."""

    id: UUID
    txn_id: UUID
    group_id: UUID
    business_date: date
    note: str | None
    count: int
    total: int
    group_balance: int
    recorded_at: datetime


class MeetingOut(MeetingHeadOut):
    """A meeting's whole sheet, its lines in the order they were sent."""

    items: list[ContributionOut]


class PassbookAccountOut(BaseModel):
    """A member's money in one group. balance: đồng; held: the part set aside; available: the rest."""

    group_id: UUID
    group_code: str
    group_name: str
    balance: int
    held: int
    available: int
    entries: int


class PassbookTotalsOut(BaseModel):
    """Totals over all the member's groups that the caller sees."""

    balance: int
    held: int
    available: int
    entries: int


class PassbookEntryOut(BaseModel):
    """One change of the member's balance. amount: đồng, negative for a decrease; balance: after it."""

    txn_id: UUID
    group_id: UUID
    kind: Literal[
        "saving", "withdrawal", "donation", "sale", "reversal", "hold_posted", "premium_refund", "repayment"
    ]
    product: Product | None
    amount: int
    balance: int
    note: str | None
    business_date: date
    meeting_id: UUID | None
    reverses_id: UUID | None
    recorded_at: datetime


class PassbookOut(BaseModel):
    """A member's passbook (sổ tiết kiệm): the newest entries first, with the running balance of each group."""

    member_id: UUID
    totals: PassbookTotalsOut
    accounts: list[PassbookAccountOut]
    items: list[PassbookEntryOut]
    next_cursor: str | None


class ClosingIn(RequestBody):
    """Close a network's books in a province (khóa sổ)."""

    province_code: Code = Field(description="Mã tỉnh, thành phố (province)")
    closed_through: Day = Field(description="Khóa đến hết ngày này, trước hôm nay (last day that is closed)")


class OpeningIn(RequestBody):
    """Say from which day a network's books in a province begin (ngày mở sổ)."""

    province_code: Code = Field(description="Mã tỉnh, thành phố (province)")
    begins_on: Day = Field(
        description="Ngày đầu tiên được ghi sổ, không sau hôm nay và không sau khoản ghi đầu tiên (first day)"
    )


class OpeningOut(BaseModel):
    """The first day of a network's books in a province."""

    network: str
    province_code: str
    begins_on: date
    set_by: UUID | None
    set_at: datetime


class ClosingOut(BaseModel):
    """The last day through which a network's books in a province are closed."""

    network: str
    province_code: str
    closed_through: date
    closed_by: UUID | None
    closed_at: datetime
