"""Rules of one contribution."""

from decimal import Decimal

import pytest

from app.core.values.money import MAX_DONG
from app.ledger.rules import compute_sale_amount, find_group_errors, find_line_errors
from app.ledger.schemas import LineIn

MEMBER = "01920000-0000-7000-8000-000000000001"


def find_faults(**fields) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in find_line_errors(LineIn.model_validate(fields))}


class TestSaleAmount:
    @pytest.mark.parametrize(
        ("quantity", "unit_price", "amount"),
        [
            ("2", 1_000, 2_000),
            ("2.5", 1_001, 2_503),
            ("0.333", 1_000, 333),
            ("0.0005", 1_000, 1),
            ("0.0004", 1_000, 0),
        ],
    )
    def test_half_a_dong_goes_up(self, quantity, unit_price, amount):
        assert compute_sale_amount(Decimal(quantity), unit_price) == amount

    def test_no_fraction_is_lost_in_large_sums(self):
        assert compute_sale_amount(Decimal("999999999.999"), 9_000) == 8_999_999_999_991


class TestLineFaults:
    @pytest.mark.parametrize("kind", ["saving", "withdrawal", "donation"])
    def test_an_amount_and_no_quantity(self, kind):
        assert find_faults(kind=kind, member_id=MEMBER, amount=5) == {}
        assert find_faults(kind=kind, member_id=MEMBER) == {"/amount": "missing"}
        words = {"quantity": 1, "unit": "kg", "unit_price": 5}
        assert find_faults(kind=kind, member_id=MEMBER, amount=5, **words) == dict.fromkeys(
            ("/quantity", "/unit", "/unit_price"), "only_for_sale"
        )

    def test_only_a_saving_must_be_somebodys(self):
        assert find_faults(amount=5) == {"/member_id": "missing"}
        assert find_faults(kind="donation", amount=5) == find_faults(kind="withdrawal", amount=5) == {}

    def test_a_sale(self):
        assert find_faults(kind="sale", quantity=2, unit_price=5) == {}
        assert find_faults(kind="sale", quantity=2, unit_price=5, amount=10, unit="kg") == {}
        assert find_faults(kind="sale", quantity=2, unit_price=5, amount=11) == {"/amount": "amount_mismatch"}
        assert find_faults(kind="sale", amount=5) == {"/quantity": "missing", "/unit_price": "missing"}
        assert find_faults(kind="sale", quantity="0.001", unit_price=5) == {"/quantity": "amount_range"}
        assert find_faults(kind="sale", quantity=2, unit_price=MAX_DONG) == {"/quantity": "amount_range"}


class TestGroupFaults:
    def test_named_once(self):
        assert list(find_group_errors(True, False)) == list(find_group_errors(False, True)) == []
        assert [fault.pointer for fault in find_group_errors(True, True)] == ["/group_code"]
        assert [fault.pointer for fault in find_group_errors(False, False)] == ["/group_id"]
