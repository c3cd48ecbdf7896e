"""Rules of one contribution: which fields belong together, and its amount. No database."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.core.errors import FieldError
from app.core.values.money import MAX_DONG, round_half_up
from app.core.values.wording import format_dong

_MISSING = ("missing", "Thiếu trường này.", "This field is needed.")
_ONLY_SALE = (
    "only_for_sale",
    "Chỉ dùng cho khoản bán sản phẩm.",
    "This field belongs to a sale only.",
)
_MISMATCH = (
    "amount_mismatch",
    "Số tiền phải bằng số lượng × đơn giá, làm tròn đến đồng.",
    "The amount must be quantity × unit price, rounded to a whole đồng.",
)
_OUT_OF_RANGE = (
    "amount_range",
    f"Số tiền phải từ 1 đến {format_dong(MAX_DONG)}.",
    f"The amount must be from 1 to {MAX_DONG} đồng.",
)
_ONE_GROUP = (
    "one_of_two",
    "Cần đúng một trong hai: mã định danh (UUID) hoặc mã số của tổ.",
    "Exactly one of group_id and group_code is needed.",
)


def compute_sale_amount(quantity: Decimal, unit_price: int) -> int:
    """Compute the amount of a sale in whole đồng: quantity × đồng per unit, half a đồng rounded up."""
    return round_half_up(quantity * unit_price)


class ContributionLine(Protocol):
    """One contribution as requested. Amounts and prices are đồng."""

    @property
    def kind(self) -> str: ...
    @property
    def member_id(self) -> UUID | None: ...
    @property
    def amount(self) -> int | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def unit_price(self) -> int | None: ...


def find_line_errors(line: ContributionLine) -> Iterator[FieldError]:
    """Find the errors between the fields of one contribution; pointers begin at the line.

    A saving needs a member. A sale has a quantity and a price, from which its amount may be computed; other kinds have
    an amount only.
    """
    if line.kind == "saving" and line.member_id is None:
        yield FieldError("/member_id", *_MISSING)
    if line.kind == "sale":
        yield from _find_sale_errors(line)
        return
    if line.amount is None:
        yield FieldError("/amount", *_MISSING)
    for name in ("quantity", "unit", "unit_price"):
        if getattr(line, name) is not None:
            yield FieldError(f"/{name}", *_ONLY_SALE)


def _find_sale_errors(line: ContributionLine) -> Iterator[FieldError]:
    if line.quantity is None:
        yield FieldError("/quantity", *_MISSING)
    if line.unit_price is None:
        yield FieldError("/unit_price", *_MISSING)
    if line.quantity is None or line.unit_price is None:
        return
    computed = compute_sale_amount(line.quantity, line.unit_price)
    if not 1 <= computed <= MAX_DONG:
        yield FieldError("/quantity", *_OUT_OF_RANGE)
    elif line.amount is not None and line.amount != computed:
        yield FieldError("/amount", *_MISMATCH)


def find_group_errors(has_id: bool, has_code: bool) -> Iterator[FieldError]:
    """Find the error of a body that does not name its group exactly once, by its id or by its code."""
    if has_id == has_code:
        yield FieldError("/group_code" if has_code else "/group_id", *_ONE_GROUP)
