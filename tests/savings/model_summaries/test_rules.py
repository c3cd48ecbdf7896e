"""Shares, averages and suppressed figures, checked on printed figures."""

import pytest

from app.savings.model_summaries.rules import format_percent, format_ratio, hide_small_cells


@pytest.mark.parametrize(
    ("count", "total", "printed"),
    [
        (13, 13, "100.0"),
        (47, 82, "57.3"),
        (104, 341, "30.5"),
        (126, 475, "26.5"),
        (0, 13, "0.0"),
        (0, 0, "0.0"),
    ],
)
def test_percent(count: int, total: int, printed: str):
    assert format_percent(count, total) == printed


@pytest.mark.parametrize(("count", "total", "printed"), [(4300, 403, "10.7"), (1, 20, "0.1"), (5, 0, None)])
def test_ratio(count: int, total: int, printed: str | None):
    assert format_ratio(count, total) == printed


def test_one_small_part_hides_all_parts():
    assert hide_small_cells({"a": 548, "b": 794, "c": 4}) == {"a": None, "b": None, "c": None}


def test_parts_that_are_not_small_are_told():
    assert hide_small_cells({"a": 548, "b": 794, "c": 0}) == {"a": 548, "b": 794, "c": 0}
