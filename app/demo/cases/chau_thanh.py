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
from app.demo.cases.savings_models import code_of
from app.demo.groups import accept, enrol, let_in, open_groups, record_sheets
from app.demo.people import Casting
from app.demo.stage import Columns, Stage, key

COMMUNES: Final = (
    "28210", "28213", "28216", "28219", "28222", "28225", "28228", "28231", "28234", "28237", "28240", "28243", "28246",
)  # fmt: skip
"""Thị trấn Tầm Vu and the twelve xã of the district."""

_OFFICER: Final = "phunu.tayninh"
_PEOPLE: Final = Casting("chau_thanh", "080", first=0, born=(1972, 2001))
_GROUPS: Final = 4 * len(COMMUNES)
_SIZE: Final = 26
_STARTED: Final = date(2022, 12, 12)
_MEETINGS: Final = tuple(date(2023, month, 28) for month in (1, 2, 3, 4, 5))
_A_DAY: Final = {"bhxh_tn": 10_000, "bhyt_hgd": 3_000}

Saver = tuple[UUID, str | None]
"""A member's id and the product that they save for."""


async def enter(stage: Stage) -> None:
    """Groups, members, five months of sheets, and the enrolments that BHXH accepted."""
    actor = await stage.acting(_OFFICER)
    numbers = range(_GROUPS)
    await open_groups(stage, actor, map(_group, numbers))
    people = list(_PEOPLE.people(_GROUPS * _SIZE))
    savers = [_savers(number) for number in numbers]
    entrants = (
        {**person.columns(), **_joining(number, saver)}
        for number in numbers
        for person, saver in zip(people[number * _SIZE :], savers[number], strict=False)
    )
    await let_in(stage, actor, entrants)
    await record_sheets(stage, actor, _sheets(savers))
    rows = [row for number in numbers for row in _enrolments(number, savers[number])]
    await accept(stage, NATIONAL_ADMIN, await enrol(stage, actor, "chau-thanh-2023", rows))


def _code(number: int) -> str:
    return f"LA-CT-{number + 1:03}"


def _commune(number: int) -> str:
    return COMMUNES[number // 4]


def _started(number: int) -> date:
    return _STARTED + timedelta(days=number % 20)


def _group(number: int) -> Columns:
    return {
        "code": _code(number),
        "name": f"Tổ nuôi heo đất số {number % 4 + 1}",
        "commune_code": _commune(number),
        "model_code": code_of("A02"),
        "cycle": "month",
        "meeting_day": 28,
        "started_on": _started(number),
    }


def _savers(number: int) -> list[Saver]:
    """The members of a group and what each saves for."""
    voluntary = 11 if number < 28 else 10
    health = 16 if 28 <= number < 42 else 15
    products = ["bhxh_tn"] * voluntary + ["bhyt_hgd"] * health
    wanted: list[str | None] = [*products, *[None] * (_SIZE - len(products))]
    return [(key("member", _code(number), place), product) for place, product in enumerate(wanted)]


def _joining(number: int, saver: Saver) -> dict[str, Any]:
    member_id, product = saver
    pledge = {"kind": "money", "product": product, "per": "day", "amount": _A_DAY.get(product or "")}
    return {
        "id": member_id,
        "group_id": key("group", _code(number)),
        "joined_on": _started(number),
        "pledges": [pledge] if product else [],
    }


def _sheets(savers: list[list[Saver]]) -> Iterator[Columns]:
    """Each meeting empties the piggy banks: what was pledged, for most of the days of the month."""
    chance = Random("chau_thanh/days")  # noqa: S311 - chance for numbers that nobody printed
    for number, members in enumerate(savers):
        for day in _MEETINGS:
            lines = [
                {
                    "id": key("entry", member_id, day),
                    "member_id": member_id,
                    "product": product,
                    "amount": _A_DAY[product] * chance.randint(25, 29),
                }
                for member_id, product in members
                if product
            ]
            yield {"group_code": _code(number), "business_date": day, "items": lines}


def _enrolments(number: int, savers: list[Saver]) -> Iterator[dict[str, Any]]:
    for place, (member_id, product) in enumerate(savers):
        if product is not None:
            yield {
                "id": key("enrolment", member_id, product),
                "external_ref": f"{_code(number)}-{place + 1:02}",
                "member_id": member_id,
                "group_code": _code(number),
                "commune_code": _commune(number),
                "product": product,
                "method": "months_12" if product == "bhyt_hgd" or place % 3 else "months_6",
                "monthly_income": 1_500_000 if product == "bhxh_tn" else None,
                "from_month": f"2023-{place % 5 + 1:02}",
                "support_group": "near_poor" if place % 9 == 4 else None,
            }
