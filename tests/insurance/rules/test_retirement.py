"""The month of retirement age by the values that an installation begins with, against the table written by hand."""

from datetime import date

import pytest
from fastapi import FastAPI

from app.insurance.rules.retirement import find_retirement_month, read_retirement_ages
from app.insurance.rules.rulebook import Rulebook
from app.insurance.rules.store import RuleStore
from tests.insurance.law.test_retirement import MEN, WOMEN


async def test_the_rows_are_the_table_of_the_law(app: FastAPI):
    book = await RuleStore(app.state.database).book()
    assert read_retirement_ages(book, "male") == MEN
    assert read_retirement_ages(book, "female") == WOMEN


@pytest.mark.parametrize(("sex", "month"), [("male", "2026-12"), ("female", "2020-06")])
async def test_of_a_person(app: FastAPI, sex: str, month: str):
    book = await RuleStore(app.state.database).book()
    assert find_retirement_month(book, date(1965, 6, 30), sex) == month


def test_nobody_knows_without_values():
    assert find_retirement_month(Rulebook(()), date(1965, 6, 30), "male") is None
