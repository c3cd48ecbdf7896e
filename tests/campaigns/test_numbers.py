"""Numbers with their words."""

from decimal import Decimal

import pytest

from app.campaigns.numbers import (
    Qualifier,
    count_decimals,
    divide,
    is_consistent,
    qualify_quotient,
    qualify_sum,
    round_decimal,
)

Q = Qualifier


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("30.499", 1, "30.5"),
        ("30.499", 0, "30"),
        ("0.05", 1, "0.1"),
        ("7", 2, "7.00"),
        ("-0.4", 0, "0"),
    ],
)
def test_half_goes_away_from_zero(value: str, decimals: int, shown: str):
    assert str(round_decimal(Decimal(value), decimals)) == shown


def test_quotient_is_not_a_float():
    assert str(divide(Decimal(1), Decimal(3))) == "0." + "3" * 50


def test_nothing_is_not_divided_by():
    with pytest.raises(ZeroDivisionError):
        divide(Decimal(0), Decimal(0))


@pytest.mark.parametrize(("written", "decimals"), [("30", 0), ("26.5", 1), ("31.50", 2)])
def test_decimals_are_as_written(written: str, decimals: int):
    assert count_decimals(Decimal(written)) == decimals


@pytest.mark.parametrize(
    ("computed", "printed", "qualifier", "fits"),
    [
        ("57.317", "57", Q.EXACT, True),
        ("57.5", "57", Q.EXACT, False),
        ("4290", "4300", Q.NEARLY, True),
        ("4310", "4300", Q.NEARLY, False),
        ("1000000001", "1000000000", Q.MORE_THAN, True),
        ("999", "1000", Q.AT_LEAST, False),
        ("12", "10", Q.ABOUT, True),
    ],
)
def test_computed_fits_what_was_printed(computed: str, printed: str, qualifier: Qualifier, fits: bool):
    assert is_consistent(Decimal(computed), Decimal(printed), qualifier) is fits


@pytest.mark.parametrize(
    ("words", "together"),
    [
        ([], Q.EXACT),
        ([Q.EXACT, Q.EXACT], Q.EXACT),
        ([Q.EXACT, Q.NEARLY], Q.NEARLY),
        ([Q.MORE_THAN, Q.AT_LEAST, Q.EXACT], Q.MORE_THAN),
        ([Q.NEARLY, Q.MORE_THAN], Q.ABOUT),
        ([Q.UNSPECIFIED, Q.EXACT], Q.UNSPECIFIED),
    ],
)
def test_word_of_a_sum(words: list[Qualifier], together: Qualifier):
    assert qualify_sum(words) is together


@pytest.mark.parametrize(
    ("upper", "lower", "word"),
    [
        (Q.EXACT, Q.NEARLY, Q.MORE_THAN),
        (Q.EXACT, Q.MORE_THAN, Q.NEARLY),
        (Q.MORE_THAN, Q.EXACT, Q.MORE_THAN),
        (Q.EXACT, Q.AT_LEAST, Q.ABOUT),
        (Q.NEARLY, Q.NEARLY, Q.ABOUT),
    ],
)
def test_word_of_a_quotient(upper: Qualifier, lower: Qualifier, word: Qualifier):
    assert qualify_quotient(upper, lower) is word
