"""Each value of the law has words, and its amount is written as a sentence has it."""

from decimal import Decimal

import pytest

from app.insurance.rules.keys import RULE_KEYS
from app.insurance.rules.names import format_rule_value, name_rule


class TestNames:
    def test_every_key_has_its_own_words(self):
        names = {key: name_rule(key) for key in RULE_KEYS}
        assert not [key for key, name in names.items() if key in name.vi or "_" in name.vi + name.en]
        assert len({name.vi for name in names.values()}) == len(RULE_KEYS)
        assert name_rule("a key of a later release").vi == "quy định này"

    @pytest.mark.parametrize(("key", "value", "words"), [
        ("rural_poverty_line", "2200000", "2.200.000 đồng"), ("fund_rate_month", "0.0031", "0,31 %"),
        ("support_rate_other", "0.20", "20 %"), ("support_months_max", "120", "120"),
    ])  # fmt: skip
    def test_amounts(self, key: str, value: str, words: str):
        assert format_rule_value(key, Decimal(value)).vi == words
