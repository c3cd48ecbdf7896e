"""Flags that the rules set on figures printed in newspapers."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.campaigns.kinds import DifferenceKind, Flag, Nature, Unit
from app.campaigns.metrics import METRIC_CATALOGUE, Metric, check_unit
from app.campaigns.numbers import Qualifier
from app.campaigns.observations.rules import Figure, has_small_count, inspect_figure
from app.core.errors import InvalidInput
from tests.campaigns.factories import make_figure, make_number, make_parts, make_people, make_percent

M = Metric


def find_flags(of: Figure) -> list[Flag]:
    return [finding.flag for finding in inspect_figure(of)]


class TestParts:
    def test_printed_total_is_kept_and_the_difference_told(self):
        (finding,) = inspect_figure(
            make_figure(M.MEMBERS, make_people("1352"), parts=make_parts("548", "794"))
        )
        assert finding.flag is Flag.PARTS_DIFFER_FROM_TOTAL
        assert (finding.printed, finding.computed, finding.difference) == tuple(
            map(Decimal, (1352, 1342, 10))
        )

    def test_parts_that_make_the_total_are_silent(self):
        assert find_flags(make_figure(M.MEMBERS, make_people("1342"), parts=make_parts("548", "794"))) == []

    def test_overlap_makes_the_sum_larger(self):
        (finding,) = inspect_figure(
            make_figure(M.MEMBERS, make_people("1300"), parts=make_parts("548", "794"))
        )
        assert finding.difference == -42

    @pytest.mark.parametrize(
        ("qualifier", "expected"),
        [
            (Qualifier.NEARLY, []),
            (Qualifier.ABOUT, []),
            (Qualifier.MORE_THAN, [Flag.PARTS_DIFFER_FROM_TOTAL]),
        ],
    )
    def test_word_before_the_total_counts(self, qualifier: Qualifier, expected: list[Flag]):
        assert (
            find_flags(
                make_figure(M.MEMBERS, make_people("4300", qualifier), parts=make_parts("2000", "2290"))
            )
            == expected
        )

    def test_some_of_the_parts_need_not_sum(self):
        some = make_figure(M.MEMBERS, make_people("4300"), parts=make_parts("1679"), parts_are_all=False)
        assert find_flags(some) == []

    def test_part_larger_than_the_whole(self):
        some = make_figure(M.MEMBERS, make_people("100"), parts=make_parts("120"), parts_are_all=False)
        assert find_flags(some) == [Flag.PART_EXCEEDS_TOTAL]

    def test_households_are_not_people(self):
        mixed = make_figure(M.MEMBERS, make_people("9"), parts=make_parts("9", unit=Unit.HOUSEHOLDS))
        assert find_flags(mixed) == [Flag.DIFFERENT_UNITS]

    def test_parts_of_a_rate_are_of_its_numerator(self):
        rate = make_figure(
            M.PARTICIPATION_BHXH_TN,
            make_percent("57"),
            numerator=make_people("47"),
            parts=make_parts("40", "7"),
        )
        assert find_flags(rate) == []


class TestRatio:
    @pytest.mark.parametrize(
        ("upper", "lower", "printed"),
        [
            ("47", "82", "57"),
            ("104", "341", "30"),
            ("126", "475", "26.5"),
            ("104", "341", "30.5"),
            ("13", "13", "100"),
        ],
    )
    def test_agrees_at_the_printed_decimals(self, upper: str, lower: str, printed: str):
        share = make_figure(
            M.INDIVIDUAL_SHARE,
            make_percent(printed),
            numerator=make_people(upper),
            denominator=make_people(lower),
        )
        assert find_flags(share) == []

    def test_disagrees(self):
        share = make_figure(
            M.INDIVIDUAL_SHARE,
            make_percent("30.4"),
            numerator=make_people("104"),
            denominator=make_people("341"),
        )
        (finding,) = inspect_figure(share)
        assert finding.flag is Flag.RATIO_DIFFERS_FROM_VALUE
        assert (finding.computed, finding.difference) == (Decimal("30.5"), Decimal("-0.1"))

    def test_inexact_terms_are_not_compared(self):
        nearly = make_people("4300", Qualifier.NEARLY)
        assert (
            find_flags(
                make_figure(
                    M.CONVERSION, make_percent("50"), numerator=make_people("1679"), denominator=nearly
                )
            )
            == []
        )

    def test_share_of_another_unit(self):
        households, farms = make_number("12", Unit.HOUSEHOLDS), make_number("192", Unit.FARMS)
        rate = make_figure(M.UNIT_REACH, make_percent("6.25"), numerator=households, denominator=farms)
        assert find_flags(rate) == [Flag.DIFFERENT_UNITS]

    def test_more_than_the_whole(self):
        assert find_flags(make_figure(M.COVERAGE_BHYT, make_percent("103"))) == [Flag.OVER_WHOLE]
        assert find_flags(make_figure(M.TARGET_COMPLETION, make_percent("103"))) == []

    def test_count_beside_its_terms_is_no_ratio(self):
        reach = make_figure(
            M.UNIT_REACH,
            make_number("13", Unit.PLACES),
            numerator=make_number("13", Unit.PLACES),
            denominator=make_number("13", Unit.PLACES),
        )
        assert find_flags(reach) == []

    def test_nothing_to_divide_by(self):
        none = make_figure(
            M.COVERAGE_BHYT, make_percent("0"), numerator=make_people("0"), denominator=make_people("0")
        )
        assert find_flags(none) == []


class TestWords:
    def test_points_or_relative(self):
        above = make_figure(
            M.LABOUR_IN_BHXH,
            make_percent("31.5"),
            difference=Decimal(8),
            difference_kind=DifferenceKind.AMBIGUOUS,
        )
        assert find_flags(above) == [Flag.AMBIGUOUS_POINTS_OR_RELATIVE]

    @pytest.mark.parametrize(
        ("period", "nature", "expected"),
        [
            ((date(2023, 1, 1), date(2023, 7, 31)), Nature.FLOW, [Flag.PARTIAL_YEAR]),
            ((date(2023, 1, 1), date(2023, 12, 31)), Nature.FLOW, []),
            ((date(2023, 1, 1), date(2023, 7, 31)), Nature.STOCK, []),
            ((date(2022, 1, 1), date(2023, 7, 31)), Nature.FLOW, []),
        ],
    )
    def test_part_of_a_year(self, period: tuple[date, date], nature: Nature, expected: list[Flag]):
        new = make_figure(
            M.NEW_PARTICIPANTS, make_people("7000"), nature=nature, period_from=period[0], period_to=period[1]
        )
        assert find_flags(new) == expected

    def test_words_without_a_number(self):
        assert find_flags(make_figure(M.SAVED)) == [Flag.NO_NUMBER]


class TestSmallCells:
    @pytest.mark.parametrize(
        ("value", "small"),
        [
            (make_people("4"), True),
            (make_people("5"), False),
            (make_people("0"), False),
            (make_number("1", Unit.RANK), False),
            (None, False),
        ],
    )
    def test_fewer_than_five_people(self, value: Any, small: bool):
        assert has_small_count(make_figure(M.RECRUITS, value)) is small

    def test_in_a_part(self):
        assert has_small_count(make_figure(M.MEMBERS, make_people("50"), parts=make_parts("48", "2")))


class TestCatalogue:
    def test_every_metric_has_an_entry(self):
        assert set(METRIC_CATALOGUE) == set(Metric)

    def test_unit_of_another_metric(self):
        check_unit(M.SAVED, Unit.DONG, "/unit")
        with pytest.raises(InvalidInput) as exc_info:
            check_unit(M.SAVED, Unit.PEOPLE, "/unit")
        assert exc_info.value.errors[0].pointer == "/unit"
