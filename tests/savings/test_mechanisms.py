"""The fields of each mechanism."""

from typing import Any

import pytest

from app.core.errors import InvalidInput
from app.core.values.bodies import validate_value
from app.savings.kinds import Mechanism
from app.savings.mechanisms import dump_details, load_details
from app.savings.savings_models.schemas import ModelIn

EXAMPLES: dict[str, dict[str, Any]] = {
    "piggy_bank": {
        "daily_amounts": [
            {"product": "bhxh_tn", "amount": 10_000, "at_least": True},
            {"product": "bhyt_hgd", "amount": 3_000, "at_least": False},
        ],
        "piggy_banks_given": 120,
    },
    "farm_product": {"product_name": "rau", "season": "quanh năm"},
    "dedicated_asset": {"asset_name": "cây mai", "quantity_min": 1, "quantity_max": 2, "season": "Tết"},
    "pooled_capital": {"share": 50_000, "per": "month", "use": "thẻ BHYT"},
    "rotating_fund": {"contribution": 100_000, "rounds": 12, "per": "month", "order_rule": "lot"},
    "instalment": {"advance": None, "instalments": 4, "per": "month", "first_due_after_days": 30},
    "recyclables": {"materials": [{"name": "lon nhôm", "unit": "kg", "unit_price": 20_000}]},
    "donation": {"kinds": ["book", "card"], "needs": ["hardship"], "eligibility": None},
    "public_support": {"needs": ["hardship", "serious_illness"], "eligibility": "ngoài hộ nghèo, cận nghèo"},
    "recruitment_pledge": {
        "recruits_min": 1, "recruits_max": 2, "whole_family_covered": True, "recruiter_occupations": ["giáo viên"],
    },
    "full_coverage_pledge": {"unit_level": "block", "product": "bhxh_tn", "threshold": "99.5"},
}  # fmt: skip


def model_body(mechanism: str, details: Any = None) -> ModelIn:
    return validate_value({"name": "Mô hình", "mechanism": mechanism, "details": details}, ModelIn)


def error_pointers(mechanism: str, details: Any) -> list[str]:
    with pytest.raises(InvalidInput) as exc_info:
        model_body(mechanism, details)
    return [error.pointer for error in exc_info.value.errors]


class TestEveryMechanism:
    def test_each_has_an_example(self):
        assert set(EXAMPLES) == {mechanism.value for mechanism in Mechanism}

    @pytest.mark.parametrize("mechanism", EXAMPLES)
    def test_what_is_stored_comes_back(self, mechanism: str):
        details = model_body(mechanism, EXAMPLES[mechanism]).details
        assert details is not None
        assert dump_details(details) == EXAMPLES[mechanism]
        assert load_details(mechanism, dump_details(details)) == details

    @pytest.mark.parametrize("mechanism", EXAMPLES)
    def test_a_model_may_say_nothing(self, mechanism: str):
        details = model_body(mechanism).details
        assert details is not None
        assert details.mechanism == mechanism

    @pytest.mark.parametrize("mechanism", EXAMPLES)
    def test_a_field_of_nobody_is_named(self, mechanism: str):
        assert error_pointers(mechanism, {"colour": "pink"}) == ["/details/colour"]

    def test_a_field_of_another_mechanism_is_named(self):
        assert error_pointers("donation", {"rounds": 3}) == ["/details/rounds"]


@pytest.mark.parametrize(
    ("mechanism", "details", "pointer"),
    [
        (
            "piggy_bank",
            {"daily_amounts": [{"product": "gold", "amount": 1}]},
            "/details/daily_amounts/0/product",
        ),
        (
            "piggy_bank",
            {"daily_amounts": [{"product": "bhxh_tn", "amount": 0}]},
            "/details/daily_amounts/0/amount",
        ),
        (
            "piggy_bank",
            {"daily_amounts": [{"product": "bhxh_tn", "amount": 1.5}]},
            "/details/daily_amounts/0/amount",
        ),
        (
            "piggy_bank",
            {"daily_amounts": [{"product": "bhxh_tn", "amount": 1}] * 2},
            "/details/daily_amounts",
        ),
        ("dedicated_asset", {"quantity_min": 3, "quantity_max": 2}, "/details/quantity_max"),
        ("rotating_fund", {"rounds": 2**63 - 1}, "/details/rounds"),
        ("recruitment_pledge", {"recruits_min": 3, "recruits_max": 2}, "/details/recruits_max"),
        (
            "recyclables",
            {"materials": [{"name": name, "unit": "kg"} for name in ("Giấy", "giấy")]},
            "/details/materials",
        ),
        ("donation", {"kinds": ["money", "money"]}, "/details/kinds"),
        ("full_coverage_pledge", {"threshold": "101"}, "/details/threshold"),
        ("full_coverage_pledge", {"threshold": 100}, "/details/threshold"),
        ("pooled_capital", [], "/details"),
        ("gold_mine", None, "/mechanism"),
        (["piggy_bank"], None, "/mechanism"),
    ],
)
def test_what_is_wrong_is_named(mechanism: Any, details: Any, pointer: str):
    assert error_pointers(mechanism, details) == [pointer]
