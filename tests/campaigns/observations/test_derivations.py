"""The printed values that must come out of the formulas."""

from decimal import Decimal

import pytest

from app.campaigns.kinds import Base, DifferenceKind, Nature, Unit
from app.campaigns.metrics import Metric
from app.campaigns.numbers import Qualifier
from app.campaigns.observations.derivations import derive_numbers
from app.campaigns.observations.rules import Figure
from tests.campaigns.factories import make_figure, make_number, make_parts, make_people, make_percent

M = Metric
NEARLY, MORE_THAN, EXACT = Qualifier.NEARLY, Qualifier.MORE_THAN, Qualifier.EXACT


def derive_number(figure: Figure, base: Base = Base.NONE, decimals: int | None = None) -> dict[str, str]:
    return {one.name: str(one.value) for one in derive_numbers(figure, base, decimals)}


def derive_share(metric: Metric, upper: str, lower: str) -> Figure:
    return make_figure(metric, numerator=make_people(upper), denominator=make_people(lower))


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
        assert derive_number(derive_share(metric, upper, lower), decimals=decimals) == {"rate": rate}

    def test_nearly_so_many_members_means_more_than_this_rate(self):
        figure = make_figure(
            M.CONVERSION, numerator=make_people("1679"), denominator=make_people("4300", NEARLY)
        )
        (rate,) = derive_numbers(figure)
        assert (rate.formula, rate.unit, rate.qualifier) == (
            "numerator / denominator × 100",
            "percent",
            MORE_THAN,
        )

    def test_nothing_of_nothing_is_no_rate(self):
        assert derive_number(derive_share(M.COVERAGE_BHYT, "0", "0")) == {}


class TestAverage:
    def test_members_per_group(self):
        figure = make_figure(
            M.MEMBERS, make_people("4300", NEARLY), denominator=make_number("403", Unit.GROUPS)
        )
        assert derive_number(figure) == {"average": "10.7"}

    def test_saved_per_member_is_whole_dong(self):
        figure = make_figure(
            M.SAVED, make_number("1000000000", Unit.DONG, MORE_THAN), denominator=make_people("1352")
        )
        (average,) = derive_numbers(figure)
        assert (str(average.value), average.unit, average.qualifier) == ("739645", "dong", MORE_THAN)


class TestImplied:
    def test_target(self):
        figure = make_figure(M.TARGET_COMPLETION, make_percent("87.1"), numerator=make_people("1958"))
        assert derive_number(figure) == {"implied_target": "2248"}

    def test_goal(self):
        figure = make_figure(
            M.MULTIPLE_OF_GOAL, make_number("3.6", Unit.MULTIPLE), numerator=make_percent("9.1")
        )
        assert derive_number(figure) == {"implied_goal": "2.5"}
        assert derive_number(figure, decimals=2) == {"implied_goal": "2.53"}

    def test_multiple_of_a_known_goal(self):
        figure = make_figure(
            M.MULTIPLE_OF_GOAL,
            make_number("3.6", Unit.MULTIPLE),
            numerator=make_percent("9.1"),
            denominator=make_percent("2.5"),
        )
        assert derive_number(figure) == {"multiple": "3.6"}

    def test_wider_area(self):
        (province,) = derive_numbers(
            make_figure(M.AREA_SHARE, make_percent("13"), numerator=make_people("7000", NEARLY))
        )
        assert (province.name, str(province.value), province.qualifier) == (
            "implied_denominator",
            "53846",
            NEARLY,
        )

    def test_no_rate_implies_nothing(self):
        assert (
            derive_number(make_figure(M.TARGET_COMPLETION, make_percent("0"), numerator=make_people("0")))
            == {}
        )


class TestParts:
    def test_sum_that_was_not_printed(self):
        figure = make_figure(M.MEMBERS, parts=make_parts("9", "3", unit=Unit.HOUSEHOLDS))
        (together,) = derive_numbers(figure)
        assert (together.name, str(together.value), together.unit) == ("parts_sum", "12", "households")

    def test_units_are_not_mixed(self):
        mixed = [*make_parts("9", unit=Unit.HOUSEHOLDS), *make_parts("9")]
        assert derive_number(make_figure(M.MEMBERS, parts=mixed)) == {}


class TestBase:
    def test_stock_before_a_printed_change(self):
        figure = make_figure(
            M.PARTICIPANTS_BHXH_TN,
            make_people("7000", NEARLY),
            difference=Decimal(3597),
            difference_kind=DifferenceKind.COUNT,
        )
        assert derive_number(figure, Base.BASE_YEAR) == {"implied_base": "3403"}

    @pytest.mark.parametrize(
        ("value", "above", "points", "relative"),
        [("31.5", "8", "23.5", "29.17"), ("16.5", "3.3", "13.2", "15.97")],
    )
    def test_points_or_relative_gives_both(self, value: str, above: str, points: str, relative: str):
        figure = make_figure(
            M.LABOUR_IN_BHXH,
            make_percent(value),
            difference=Decimal(above),
            difference_kind=DifferenceKind.AMBIGUOUS,
        )
        derivations = derive_number(figure, Base.TARGET, decimals=2)
        assert Decimal(derivations["implied_base_if_points"]) == Decimal(points)
        assert derivations["implied_base_if_relative"] == relative

    def test_year_on_year(self):
        figure = make_figure(M.PARTICIPANTS_BHXH_TN, make_people("2415"), base_value=Decimal(400))
        assert derive_number(figure, Base.SAME_PERIOD_LAST_YEAR) == {
            "change": "2015",
            "change_percent": "503.8",
        }

    def test_series_of_two_points(self):
        figure = make_figure(M.LATE_PAYMENT_RATE, make_percent("2.69"), base_value=Decimal(6))
        assert derive_number(figure, Base.YEAR_START, 2) == {"change": "-3.31", "change_percent": "-55.17"}

    def test_completion_of_a_target(self):
        figure = make_figure(M.PARTICIPANTS_BHXH_TN, make_people("1958"), base_value=Decimal(2248))
        assert derive_number(figure, Base.TARGET) == {"completion": "87.1", "multiple": "0.9"}

    def test_nothing_before(self):
        figure = make_figure(M.NEW_PARTICIPANTS, make_people("12"), nature=Nature.FLOW, base_value=Decimal(0))
        assert derive_number(figure, Base.SAME_PERIOD_LAST_YEAR) == {"change": "12"}
        assert derive_number(figure, Base.TARGET) == {}

    def test_all_of_it_lost(self):
        figure = make_figure(
            M.MEMBERS, make_people("0"), difference=Decimal(-100), difference_kind=DifferenceKind.RELATIVE
        )
        assert derive_number(figure) == {}
