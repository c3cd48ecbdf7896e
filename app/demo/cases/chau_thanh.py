"""A02: piggy banks in huyện Châu Thành, Long An, at the end of May 2023.

13 of 13 communes; 1,352 members, of whom 548 save for voluntary insurance and 794 for health cards. That leaves 10 in
neither, as printed: the figure is not repaired. They saved more than a billion đồng: 10,000 and 3,000 đồng a day.

52 groups of 26, four in each commune: 28 groups have 11 + 15 savers, 14 have 10 + 16, and 10 have 10 + 15 and one
member who chose neither. How many groups there were was not printed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.cases.savings_models import build_model_code
from app.demo.context import BodyColumns, DemoContext, demo_id
from app.demo.groups import (
    accept_as_officer,
    create_group_members,
    create_groups,
    record_sheets,
    submit_enrolments,
)
from app.demo.people import PeopleGenerator

COMMUNES: Final = (
    "28210", "28213", "28216", "28219", "28222", "28225", "28228", "28231", "28234", "28237", "28240", "28243", "28246",
)  # fmt: skip
"""Thị trấn Tầm Vu and the twelve xã of the district."""

_OFFICER: Final = "phunu.tayninh"
_PEOPLE: Final = PeopleGenerator("chau_thanh", "080", first=0, born=(1972, 2001))
_GROUPS: Final = 4 * len(COMMUNES)
_SIZE: Final = 26
_STARTED: Final = date(2022, 12, 12)
_ACCEPTED: Final = date(2023, 1, 28)
_MEETINGS: Final = tuple(date(2023, month, 28) for month in (1, 2, 3, 4, 5))
_DONG_A_DAY: Final = {"bhxh_tn": 10_000, "bhyt_hgd": 3_000}

Saver = tuple[UUID, str | None]
"""A member's id and the product that they save for."""


async def load(context: DemoContext) -> None:
    """Load groups, members, five months of sheets, and the enrolments that BHXH accepted."""
    actor = await context.act_as(_OFFICER)
    numbers = range(_GROUPS)
    await create_groups(context, actor, map(_group, numbers))
    people = list(_PEOPLE.generate(_GROUPS * _SIZE))
    savers = [_savers(number) for number in numbers]
    entrants = (
        {**person.columns(), **_membership_columns(number, saver)}
        for number in numbers
        for person, saver in zip(people[number * _SIZE :], savers[number], strict=False)
    )
    await create_group_members(context, actor, entrants)
    await record_sheets(context, actor, _sheets(savers))
    rows = [row for number in numbers for row in _enrolments(number, savers[number])]
    enrolment_ids = await submit_enrolments(context, actor, "chau-thanh-2023", rows)
    await accept_as_officer(context, NATIONAL_ADMIN, enrolment_ids, _ACCEPTED)


def _code(number: int) -> str:
    return f"LA-CT-{number + 1:03}"


def _commune(number: int) -> str:
    return COMMUNES[number // 4]


def _start_day(number: int) -> date:
    return _STARTED + timedelta(days=number % 20)


def _group(number: int) -> BodyColumns:
    return {
        "code": _code(number),
        "name": f"Tổ nuôi heo đất số {number % 4 + 1}",
        "commune_code": _commune(number),
        "model_code": build_model_code("A02"),
        "cycle": "month",
        "meeting_day": 28,
        "started_on": _start_day(number),
    }


def _savers(number: int) -> list[Saver]:
    """Return the members of a group and what each saves for."""
    voluntary = 11 if number < 28 else 10
    health = 16 if 28 <= number < 42 else 15
    products = ["bhxh_tn"] * voluntary + ["bhyt_hgd"] * health
    choices: list[str | None] = [*products, *[None] * (_SIZE - len(products))]
    return [(demo_id("member", _code(number), position), product) for position, product in enumerate(choices)]


def _membership_columns(number: int, saver: Saver) -> dict[str, Any]:
    member_id, product = saver
    pledge = {"kind": "money", "product": product, "per": "day", "amount": _DONG_A_DAY.get(product or "")}
    return {
        "id": member_id,
        "group_id": demo_id("group", _code(number)),
        "joined_on": _start_day(number),
        "pledges": [pledge] if product else [],
    }


def _sheets(savers: list[list[Saver]]) -> Iterator[BodyColumns]:
    """Return the sheets of a group: at each meeting, the pledged amount for most of the days of the month."""
    rng = Random("chau_thanh/days")  # noqa: S311 - chance for numbers that nobody printed
    for number, members in enumerate(savers):
        for day in _MEETINGS:
            lines = [
                {
                    "id": demo_id("entry", member_id, day),
                    "member_id": member_id,
                    "product": product,
                    "amount": _DONG_A_DAY[product] * rng.randint(25, 29),
                }
                for member_id, product in members
                if product
            ]
            yield {"group_code": _code(number), "business_date": day, "items": lines}


def _enrolments(number: int, savers: list[Saver]) -> Iterator[dict[str, Any]]:
    for position, (member_id, product) in enumerate(savers):
        if product is not None:
            yield {
                "id": demo_id("enrolment", member_id, product),
                "external_ref": f"{_code(number)}-{position + 1:02}",
                "member_id": member_id,
                "group_code": _code(number),
                "commune_code": _commune(number),
                "product": product,
                "method": "months_12" if product == "bhyt_hgd" or position % 3 else "months_6",
                "monthly_income": 1_500_000 if product == "bhxh_tn" else None,
                "from_month": f"2023-{position % 5 + 1:02}",
                "support_group": "near_poor" if position % 9 == 4 else None,
            }
