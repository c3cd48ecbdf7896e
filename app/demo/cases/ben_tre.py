"""A16: piggy banks in the women's groups of Bến Tre, not a year after their beginning in 2022.

403 groups, nearly 4,300 members (here 4,300), 1,679 of them in voluntary insurance. How they spread over the communes
was not printed: here evenly, 10 or 11 in a group, 4 or 5 of whom are insured.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

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

GROUPS: Final = 403
MEMBERS: Final = 4_300
INSURED: Final = 1_679

_OFFICER: Final = "phunu.vinhlong"
_PEOPLE: Final = PeopleGenerator("ben_tre", "083", first=10_000, born=(1970, 1999))
_STARTED: Final = date(2022, 1, 10)
_ACCEPTED: Final = date(2022, 5, 31)
_MEETINGS: Final = (date(2022, 6, 25), date(2022, 10, 25))

_COMMUNES = text("""
select c.code, c.name from place d join place c on c.parent_code = d.code and c.level = 'commune'
 where d.parent_code = '83' and d.level = 'district' and c.valid_from <= :on and c.valid_to >= :on
 order by c.code
""")


async def load(context: DemoContext) -> None:
    """Load groups, members, two sheets of each group, and the enrolments that BHXH accepted."""
    actor = await context.act_as(_OFFICER)
    commune_rows = await (await context.db.connection()).execute(_COMMUNES, {"on": _STARTED})
    communes = [(row.code, row.name) for row in commune_rows]
    await create_groups(context, actor, (_group(number, communes) for number in range(GROUPS)))
    people = _PEOPLE.generate(MEMBERS)
    entrants = (
        {**next(people).columns(), **_membership_columns(number, member_id, communes)}
        for number in range(GROUPS)
        for member_id in _member_ids(number)
    )
    await create_group_members(context, actor, entrants)
    await record_sheets(context, actor, _sheets())
    rows = [row for number in range(GROUPS) for row in _enrolments(number, communes)]
    enrolment_ids = await submit_enrolments(context, actor, "ben-tre-2022", rows)
    await accept_as_officer(context, NATIONAL_ADMIN, enrolment_ids, _ACCEPTED)


def _code(number: int) -> str:
    return f"BT-HD-{number + 1:03}"


def _start_day(number: int, communes: list[tuple[str, str]]) -> date:
    """Return the first day of a group; the groups of a commune begin together."""
    return _STARTED + timedelta(weeks=number % len(communes) % 12)


def _split_evenly(total: int, number: int) -> int:
    """Return one group's share of a total that is spread over the groups as evenly as whole numbers allow."""
    return total // GROUPS + (number < total % GROUPS)


def _group(number: int, communes: list[tuple[str, str]]) -> BodyColumns:
    commune, name = communes[number % len(communes)]
    return {
        "code": _code(number),
        "name": f"Tổ nuôi heo đất {name} {number // len(communes) + 1}",
        "commune_code": commune,
        "model_code": build_model_code("A16"),
        "cycle": "month",
        "meeting_day": 25,
        "started_on": _start_day(number, communes),
    }


def _member_ids(number: int) -> list[UUID]:
    return [demo_id("member", _code(number), position) for position in range(_split_evenly(MEMBERS, number))]


def _membership_columns(number: int, member_id: UUID, communes: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": member_id,
        "group_id": demo_id("group", _code(number)),
        "joined_on": _start_day(number, communes),
        "pledges": [{"kind": "money", "product": "bhxh_tn", "per": "day", "amount": 10_000}],
    }


def _sheets() -> Iterator[BodyColumns]:
    rng = Random("ben_tre/days")  # noqa: S311 - chance for numbers that nobody printed
    for number in range(GROUPS):
        for day in _MEETINGS:
            lines = [
                {
                    "id": demo_id("entry", member_id, day),
                    "member_id": member_id,
                    "product": "bhxh_tn",
                    "amount": 10_000 * rng.randint(12, 30),
                }
                for member_id in _member_ids(number)
            ]
            yield {"group_code": _code(number), "business_date": day, "items": lines}


def _enrolments(number: int, communes: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for position, member_id in enumerate(_member_ids(number)[: _split_evenly(INSURED, number)]):
        yield {
            "id": demo_id("enrolment", member_id, "bhxh_tn"),
            "external_ref": f"{_code(number)}-{position + 1:02}",
            "member_id": member_id,
            "group_code": _code(number),
            "commune_code": communes[number % len(communes)][0],
            "product": "bhxh_tn",
            "method": ("months_3", "months_6", "months_12")[position % 3],
            "monthly_income": 1_500_000 + 50_000 * (position % 3),
            "from_month": f"2022-{position % 6 + 5:02}",
        }
