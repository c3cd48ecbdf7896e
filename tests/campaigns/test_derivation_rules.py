"""The printed values that must come out of the formulas."""

from decimal import Decimal

import pytest

from app.campaigns.derivation_rules import derive
from app.campaigns.kinds import Base, DifferenceKind, Nature, Unit
from app.campaigns.metric_rules import Metric
from app.campaigns.number_rules import Qualifier
from app.campaigns.observation_rules import Figure
from tests.campaigns.figures import figure, number, parts, people, percent

M = Metric
NEARLY, MORE_THAN, EXACT = Qualifier.NEARLY, Qualifier.MORE_THAN, Qualifier.EXACT


def derived(of: Figure, base: Base = Base.NONE, decimals: int | None = None) -> dict[str, str]:
    return {one.name: str(one.value) for one in derive(of, base, decimals)}


def share(metric: Metric, upper: str, lower: str) -> Figure:
    return figure(metric, numerator=people(upper), denominator=people(lower))


class TestRate:
    @pytest.mark.parametrize(
        ("metric", "upper", "lower", "decimals", "rate"),
        [
            (M.PARTICIPATION_BHXH_TN, "47", "82", None, "57.3"),
            (M.PARTICIPATION_BHXH_TN, "47", "82", 0, "57"),
            (M.PARTICIPATION_BHXH_TN, "47", "82", 3, "57.317"),
            (M.INDIVIDUAL_SHARE, "104", "341", 0, "30"),
            (M.INDIVIDUAL_SHARE, "104", "341", 1, "30.5"),
            (M.INDIVIDUAL_SHARE, "126", "475", 1, "26.5"),
            (M.CONVERSION, "1679", "4300", None, "39.0"),
            (M.FAMILY_COVERAGE, "4", "4", 0, "100"),
            (M.UNIT_REACH, "13", "13", 0, "100"),
            (M.UNIT_REACH, "12", "192", 2, "6.25"),
            (M.TARGET_COMPLETION, "1958", "2248", None, "87.1"),
        ],
    )
    def test_as_printed(self, metric: Metric, upper: str, lower: str, decimals: int | None, rate: str):
        assert derived(share(metric, upper, lower), decimals=decimals) == {"rate": rate}

    def test_nearly_so_many_members_means_more_than_this_rate(self):
        of = figure(M.CONVERSION, numerator=people("1679"), denominator=people("4300", NEARLY))
        (rate,) = derive(of)
        assert (rate.formula, rate.unit, rate.qualifier) == (
            "numerator / denominator × 100",
            "percent",
            MORE_THAN,
        )

    def test_nothing_of_nothing_is_no_rate(self):
        assert derived(share(M.COVERAGE_BHYT, "0", "0")) == {}


class TestAverage:
    def test_members_per_group(self):
        of = figure(M.MEMBERS, people("4300", NEARLY), denominator=number("403", Unit.GROUPS))
        assert derived(of) == {"average": "10.7"}

    def test_saved_per_member_is_whole_dong(self):
        of = figure(M.SAVED, number("1000000000", Unit.DONG, MORE_THAN), denominator=people("1352"))
        (average,) = derive(of)
        assert (str(average.value), average.unit, average.qualifier) == ("739645", "dong", MORE_THAN)


class TestImplied:
    def test_target(self):
        of = figure(M.TARGET_COMPLETION, percent("87.1"), numerator=people("1958"))
        assert derived(of) == {"implied_target": "2248"}

    def test_goal(self):
        of = figure(M.MULTIPLE_OF_GOAL, number("3.6", Unit.MULTIPLE), numerator=percent("9.1"))
        assert derived(of) == {"implied_goal": "2.5"}
        assert derived(of, decimals=2) == {"implied_goal": "2.53"}

    def test_multiple_of_a_known_goal(self):
        of = figure(
            M.MULTIPLE_OF_GOAL,
            number("3.6", Unit.MULTIPLE),
            numerator=percent("9.1"),
            denominator=percent("2.5"),
        )
        assert derived(of) == {"multiple": "3.6"}

    def test_wider_area(self):
        (province,) = derive(figure(M.AREA_SHARE, percent("13"), numerator=people("7000", NEARLY)))
        assert (province.name, str(province.value), province.qualifier) == (
            "implied_denominator",
            "53846",
            NEARLY,
        )

    def test_no_rate_implies_nothing(self):
        assert derived(figure(M.TARGET_COMPLETION, percent("0"), numerator=people("0"))) == {}


class TestParts:
    def test_sum_that_was_not_printed(self):
        of = figure(M.MEMBERS, parts=parts("9", "3", unit=Unit.HOUSEHOLDS))
        (together,) = derive(of)
        assert (together.name, str(together.value), together.unit) == ("parts_sum", "12", "households")

    def test_units_are_not_mixed(self):
        mixed = [*parts("9", unit=Unit.HOUSEHOLDS), *parts("9")]
        assert derived(figure(M.MEMBERS, parts=mixed)) == {}


class TestBase:
    def test_stock_before_a_printed_change(self):
        of = figure(
            M.PARTICIPANTS_BHXH_TN,
            people("7000", NEARLY),
            difference=Decimal(3597),
            difference_kind=DifferenceKind.COUNT,
        )
        assert derived(of, Base.BASE_YEAR) == {"implied_base": "3403"}

    @pytest.mark.parametrize(
        ("value", "above", "points", "relative"),
        [("31.5", "8", "23.5", "29.17"), ("16.5", "3.3", "13.2", "15.97")],
    )
    def test_points_or_relative_gives_both(self, value: str, above: str, points: str, relative: str):
        of = figure(
            M.LABOUR_IN_BHXH,
            percent(value),
            difference=Decimal(above),
            difference_kind=DifferenceKind.AMBIGUOUS,
        )
        found = derived(of, Base.TARGET, decimals=2)
        assert Decimal(found["implied_base_if_points"]) == Decimal(points)
        assert found["implied_base_if_relative"] == relative

    def test_year_on_year(self):
        of = figure(M.PARTICIPANTS_BHXH_TN, people("2415"), base_value=Decimal(400))
        assert derived(of, Base.SAME_PERIOD_LAST_YEAR) == {"change": "2015", "change_percent": "503.8"}

    def test_series_of_two_points(self):
        of = figure(M.LATE_PAYMENT_RATE, percent("2.69"), base_value=Decimal(6))
        assert derived(of, Base.YEAR_START, 2) == {"change": "-3.31", "change_percent": "-55.17"}

    def test_completion_of_a_target(self):
        of = figure(M.PARTICIPANTS_BHXH_TN, people("1958"), base_value=Decimal(2248))
        assert derived(of, Base.TARGET) == {"completion": "87.1", "multiple": "0.9"}

    def test_nothing_before(self):
        of = figure(M.NEW_PARTICIPANTS, people("12"), nature=Nature.FLOW, base_value=Decimal(0))
        assert derived(of, Base.SAME_PERIOD_LAST_YEAR) == {"change": "12"}
        assert derived(of, Base.TARGET) == {}

    def test_all_of_it_lost(self):
        of = figure(M.MEMBERS, people("0"), difference=Decimal(-100), difference_kind=DifferenceKind.RELATIVE)
        assert derived(of) == {}
