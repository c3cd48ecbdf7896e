"""What the rules find in figures that newspapers printed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.campaigns.kinds import DifferenceKind, Flag, Nature, Unit
from app.campaigns.metric_rules import CATALOGUE, Metric, check_unit
from app.campaigns.number_rules import Qualifier
from app.campaigns.observation_rules import Figure, findings, is_small
from app.core.errors import InvalidInput
from tests.campaigns.figures import figure, number, parts, people, percent

M = Metric


def flags(of: Figure) -> list[Flag]:
    return [finding.flag for finding in findings(of)]


class TestParts:
    def test_printed_total_is_kept_and_the_difference_told(self):
        (finding,) = findings(figure(M.MEMBERS, people("1352"), parts=parts("548", "794")))
        assert finding.flag is Flag.PARTS_DIFFER_FROM_TOTAL
        assert (finding.printed, finding.computed, finding.difference) == tuple(
            map(Decimal, (1352, 1342, 10))
        )

    def test_parts_that_make_the_total_are_silent(self):
        assert flags(figure(M.MEMBERS, people("1342"), parts=parts("548", "794"))) == []

    def test_overlap_makes_the_sum_larger(self):
        (finding,) = findings(figure(M.MEMBERS, people("1300"), parts=parts("548", "794")))
        assert finding.difference == -42

    @pytest.mark.parametrize(
        ("qualifier", "found"),
        [
            (Qualifier.NEARLY, []),
            (Qualifier.ABOUT, []),
            (Qualifier.MORE_THAN, [Flag.PARTS_DIFFER_FROM_TOTAL]),
        ],
    )
    def test_word_before_the_total_counts(self, qualifier: Qualifier, found: list[Flag]):
        assert flags(figure(M.MEMBERS, people("4300", qualifier), parts=parts("2000", "2290"))) == found

    def test_some_of_the_parts_need_not_sum(self):
        some = figure(M.MEMBERS, people("4300"), parts=parts("1679"), parts_are_all=False)
        assert flags(some) == []

    def test_part_larger_than_the_whole(self):
        some = figure(M.MEMBERS, people("100"), parts=parts("120"), parts_are_all=False)
        assert flags(some) == [Flag.PART_EXCEEDS_TOTAL]

    def test_households_are_not_people(self):
        mixed = figure(M.MEMBERS, people("9"), parts=parts("9", unit=Unit.HOUSEHOLDS))
        assert flags(mixed) == [Flag.DIFFERENT_UNITS]

    def test_parts_of_a_rate_are_of_its_numerator(self):
        rate = figure(M.PARTICIPATION_BHXH_TN, percent("57"), numerator=people("47"), parts=parts("40", "7"))
        assert flags(rate) == []


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
        share = figure(
            M.INDIVIDUAL_SHARE, percent(printed), numerator=people(upper), denominator=people(lower)
        )
        assert flags(share) == []

    def test_disagrees(self):
        share = figure(
            M.INDIVIDUAL_SHARE, percent("30.4"), numerator=people("104"), denominator=people("341")
        )
        (finding,) = findings(share)
        assert finding.flag is Flag.RATIO_DIFFERS_FROM_VALUE
        assert (finding.computed, finding.difference) == (Decimal("30.5"), Decimal("-0.1"))

    def test_inexact_terms_are_not_compared(self):
        nearly = people("4300", Qualifier.NEARLY)
        assert flags(figure(M.CONVERSION, percent("50"), numerator=people("1679"), denominator=nearly)) == []

    def test_share_of_another_unit(self):
        households, farms = number("12", Unit.HOUSEHOLDS), number("192", Unit.FARMS)
        rate = figure(M.UNIT_REACH, percent("6.25"), numerator=households, denominator=farms)
        assert flags(rate) == [Flag.DIFFERENT_UNITS]

    def test_more_than_the_whole(self):
        assert flags(figure(M.COVERAGE_BHYT, percent("103"))) == [Flag.OVER_WHOLE]
        assert flags(figure(M.TARGET_COMPLETION, percent("103"))) == []

    def test_count_beside_its_terms_is_no_ratio(self):
        reach = figure(
            M.UNIT_REACH,
            number("13", Unit.PLACES),
            numerator=number("13", Unit.PLACES),
            denominator=number("13", Unit.PLACES),
        )
        assert flags(reach) == []

    def test_nothing_to_divide_by(self):
        none = figure(M.COVERAGE_BHYT, percent("0"), numerator=people("0"), denominator=people("0"))
        assert flags(none) == []


class TestWords:
    def test_points_or_relative(self):
        above = figure(
            M.LABOUR_IN_BHXH,
            percent("31.5"),
            difference=Decimal(8),
            difference_kind=DifferenceKind.AMBIGUOUS,
        )
        assert flags(above) == [Flag.AMBIGUOUS_POINTS_OR_RELATIVE]

    @pytest.mark.parametrize(
        ("period", "nature", "found"),
        [
            ((date(2023, 1, 1), date(2023, 7, 31)), Nature.FLOW, [Flag.PARTIAL_YEAR]),
            ((date(2023, 1, 1), date(2023, 12, 31)), Nature.FLOW, []),
            ((date(2023, 1, 1), date(2023, 7, 31)), Nature.STOCK, []),
            ((date(2022, 1, 1), date(2023, 7, 31)), Nature.FLOW, []),
        ],
    )
    def test_part_of_a_year(self, period: tuple[date, date], nature: Nature, found: list[Flag]):
        new = figure(
            M.NEW_PARTICIPANTS, people("7000"), nature=nature, period_from=period[0], period_to=period[1]
        )
        assert flags(new) == found

    def test_words_without_a_number(self):
        assert flags(figure(M.SAVED)) == [Flag.NO_NUMBER]


class TestSmallCells:
    @pytest.mark.parametrize(
        ("value", "small"),
        [
            (people("4"), True),
            (people("5"), False),
            (people("0"), False),
            (number("1", Unit.RANK), False),
            (None, False),
        ],
    )
    def test_fewer_than_five_people(self, value: Any, small: bool):
        assert is_small(figure(M.RECRUITS, value)) is small

    def test_in_a_part(self):
        assert is_small(figure(M.MEMBERS, people("50"), parts=parts("48", "2")))


class TestCatalogue:
    def test_every_metric_has_an_entry(self):
        assert set(CATALOGUE) == set(Metric)

    def test_unit_of_another_metric(self):
        check_unit(M.SAVED, Unit.DONG, "/unit")
        with pytest.raises(InvalidInput) as refused:
            check_unit(M.SAVED, Unit.PEOPLE, "/unit")
        assert refused.value.errors[0].pointer == "/unit"
