"""Rules of one contribution: which fields belong together, and what it is worth. No database."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.core.errors import FieldError
from app.core.money import MAX_DONG, round_half_up

_MISSING = ("missing", "Thiếu trường này.", "This field is needed.")
_ONLY_SALE = (
    "only_for_sale",
    "Chỉ dùng cho khoản bán (sale).",
    "This field belongs to a sale only.",
)
_MISMATCH = (
    "amount_mismatch",
    "Số tiền phải bằng số lượng × đơn giá, làm tròn đến đồng.",
    "The amount must be quantity × unit price, rounded to a whole đồng.",
)
_OUT_OF_RANGE = (
    "amount_range",
    f"Số tiền phải từ 1 đến {MAX_DONG} đồng.",
    f"The amount must be from 1 to {MAX_DONG} đồng.",
)
_ONE_GROUP = (
    "one_of_two",
    "Cần đúng một trong hai: group_id hoặc group_code.",
    "Exactly one of group_id and group_code is needed.",
)


def sale_amount(quantity: Decimal, unit_price: int) -> int:
    """What a sale in kind brings, in whole đồng, half a đồng rounded up (quantity × đồng per unit)."""
    return round_half_up(quantity * unit_price)


class Line(Protocol):
    """One contribution as it was asked for. Amounts and prices are đồng."""

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


def line_faults(line: Line) -> Iterator[FieldError]:
    """What is wrong between the fields of one contribution; pointers begin at the line.

    A saving is somebody's. A sale has a quantity and a price and may leave the amount to them; other kinds have
    an amount and neither.
    """
    if line.kind == "saving" and line.member_id is None:
        yield FieldError("/member_id", *_MISSING)
    if line.kind == "sale":
        yield from _sale_faults(line)
        return
    if line.amount is None:
        yield FieldError("/amount", *_MISSING)
    for name in ("quantity", "unit", "unit_price"):
        if getattr(line, name) is not None:
            yield FieldError(f"/{name}", *_ONLY_SALE)


def _sale_faults(line: Line) -> Iterator[FieldError]:
    if line.quantity is None:
        yield FieldError("/quantity", *_MISSING)
    if line.unit_price is None:
        yield FieldError("/unit_price", *_MISSING)
    if line.quantity is None or line.unit_price is None:
        return
    worth = sale_amount(line.quantity, line.unit_price)
    if not 1 <= worth <= MAX_DONG:
        yield FieldError("/quantity", *_OUT_OF_RANGE)
    elif line.amount is not None and line.amount != worth:
        yield FieldError("/amount", *_MISMATCH)


def group_faults(has_id: bool, has_code: bool) -> Iterator[FieldError]:
    """A group is named once: by its id or by its code."""
    if has_id == has_code:
        yield FieldError("/group_code" if has_code else "/group_id", *_ONE_GROUP)
