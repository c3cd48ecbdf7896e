"""A06: “Cây mai an sinh” in xã Kỳ Nam (18847, today part of phường Hoành Sơn): 9 households on 2024-11-13, then 3 more.

The sum of 12 was not printed, nor was the day on which the three came: here the last of that month. What counts is the
household, so each member has one; a household lives in today's unit.
"""

from datetime import date
from typing import Final, NamedTuple

from app.auth.actor import Actor
from app.demo.cases.savings_models import build_model_code
from app.demo.context import DemoContext, demo_id
from app.demo.groups import create_groups
from app.demo.people import InventedPerson, PeopleGenerator
from app.people.households.schemas import HouseholdIn, HouseholdPatch
from app.people.households.service import create_household, edit_household
from app.people.members.schemas import MemberIn
from app.people.members.service import create_member
from app.savings.memberships.schemas import MembershipIn
from app.savings.memberships.service import join_group

GROUP: Final = "HT-MAI-0001"
_OFFICER: Final = "nongdan.hatinh"
_PEOPLE: Final = PeopleGenerator("ky_nam", "042", first=20_000, women=25, born=(1968, 1990))
_LIVES_IN: Final = "18832"
_HAMLET_THEN: Final = "xã Kỳ Nam cũ"


class Arrival(NamedTuple):
    """The number of households that joined on a day."""

    households: int
    on: date


ARRIVALS: Final = (Arrival(9, date(2024, 11, 13)), Arrival(3, date(2024, 11, 30)))


async def load(context: DemoContext) -> None:
    """Load the club and its households, each with the mai trees that it set apart."""
    actor = await context.act_as(_OFFICER)
    club = {
        "code": GROUP,
        "kind": "club",
        "name": "CLB Cây mai an sinh xã Kỳ Nam",
        "commune_code": "18847",
        "model_code": build_model_code("A06"),
        "organisation_code": "HND-18832",
        "cycle": "season",
        "started_on": ARRIVALS[0].on,
    }
    await create_groups(context, actor, [club])
    people = _PEOPLE.generate(sum(arrival.households for arrival in ARRIVALS))
    for arrival in ARRIVALS:
        for _ in range(arrival.households):
            await _create_household(context, actor, next(people), arrival.on)


async def _create_household(context: DemoContext, actor: Actor, head: InventedPerson, day: date) -> None:
    household_id, member_id = demo_id("household", GROUP, head.number), demo_id("member", GROUP, head.number)
    household, _ = await create_household(
        context.db, actor, HouseholdIn(id=household_id, commune_code=_LIVES_IN, address=_HAMLET_THEN)
    )
    member = {"id": member_id, "commune_code": _LIVES_IN, "household_id": household_id, "joined_on": day}
    await create_member(context.db, actor, MemberIn(**head.columns(), **member))
    await edit_household(
        context.db, actor, household_id, household.version, HouseholdPatch(head_member_id=member_id)
    )
    pledge = {
        "kind": "asset",
        "asset_name": "cây mai",
        "product": "bhxh_tn",
        "asset_quantity": 1,
        "asset_quantity_max": 2,
    }
    membership = MembershipIn(member_id=member_id, joined_on=day, pledges=[pledge])
    await join_group(context.db, actor, demo_id("group", GROUP), membership)
