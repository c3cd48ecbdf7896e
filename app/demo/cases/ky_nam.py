"""A06: “Cây mai an sinh” in xã Kỳ Nam (18847, today part of phường Hoành Sơn): 9 households on 2024-11-13, then 3 more.

The sum of 12 was not printed, nor was the day on which the three came: here the last of that month. What counts is the
household, so each member has one; a household lives in today's unit.
"""

from datetime import date
from typing import Final, NamedTuple

from app.auth.actor import Actor
from app.demo.cases.savings_models import code_of
from app.demo.groups import open_groups
from app.demo.people import Casting, Invented
from app.demo.stage import Stage, key
from app.people.household_schemas import HouseholdEdit, HouseholdIn
from app.people.household_service import create_household, edit_household
from app.people.member_schemas import MemberIn
from app.people.member_service import create_member
from app.savings.membership_schemas import MembershipIn
from app.savings.membership_service import join_group

GROUP: Final = "HT-MAI-0001"
_OFFICER: Final = "nongdan.hatinh"
_PEOPLE: Final = Casting("ky_nam", "042", first=20_000, women=25, born=(1968, 1990))
_LIVES_IN: Final = "18832"
_HAMLET_THEN: Final = "xã Kỳ Nam cũ"


class Coming(NamedTuple):
    """So many households that came on a day."""

    households: int
    on: date


COMINGS: Final = (Coming(9, date(2024, 11, 13)), Coming(3, date(2024, 11, 30)))


async def enter(stage: Stage) -> None:
    """The club and its households, each with the mai trees that it set apart."""
    actor = await stage.acting(_OFFICER)
    club = {
        "code": GROUP,
        "kind": "club",
        "name": "CLB Cây mai an sinh xã Kỳ Nam",
        "commune_code": "18847",
        "model_code": code_of("A06"),
        "organisation_code": "HND-18832",
        "cycle": "season",
        "started_on": COMINGS[0].on,
    }
    await open_groups(stage, actor, [club])
    people = _PEOPLE.people(sum(coming.households for coming in COMINGS))
    for coming in COMINGS:
        for _ in range(coming.households):
            await _enter_household(stage, actor, next(people), coming.on)


async def _enter_household(stage: Stage, actor: Actor, head: Invented, day: date) -> None:
    home, member_id = key("household", GROUP, head.number), key("member", GROUP, head.number)
    household, _ = await create_household(
        stage.db, actor, HouseholdIn(id=home, commune_code=_LIVES_IN, address=_HAMLET_THEN)
    )
    member = {"id": member_id, "commune_code": _LIVES_IN, "household_id": home, "joined_on": day}
    await create_member(stage.db, actor, MemberIn(**head.columns(), **member))
    await edit_household(stage.db, actor, home, household.version, HouseholdEdit(head_member_id=member_id))
    trees = {
        "kind": "asset",
        "asset_name": "cây mai",
        "product": "bhxh_tn",
        "asset_quantity": 1,
        "asset_quantity_max": 2,
    }
    joining = MembershipIn(member_id=member_id, joined_on=day, pledges=[trees])
    await join_group(stage.db, actor, key("group", GROUP), joining)
