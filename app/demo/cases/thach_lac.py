"""The group of the first steps: HT-HD-0001 in xã Thạch Lạc, of today, with a treasurer who can log in.

It comes from no newspaper; it shows what a group's year looks like: monthly sheets with scrap sold for the common
fund, donations, a withdrawal, an entry that was reversed, and enrolments in every status.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final
from uuid import UUID

from app.auth.actor import Actor
from app.core.values.time import today
from app.demo.cases.savings_models import build_model_code
from app.demo.context import BodyColumns, DemoContext, demo_id
from app.demo.groups import (
    accept_as_officer,
    create_group_members,
    create_groups,
    record_sheets,
    submit_enrolments,
)
from app.demo.people import InventedPerson, PeopleGenerator
from app.demo.tenancy import WOMEN
from app.insurance.enrolments.decisions.deciding import DecisionItem
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import DecisionReason, EnrolmentIn
from app.insurance.enrolments.service import create_enrolment, decide_enrolment
from app.ledger.schemas import ReversalIn
from app.ledger.service import reverse_contribution
from app.savings.groups.edit import edit_savings_group
from app.savings.groups.schemas import GroupPatch
from app.tenancy.users.groups import assign_user_group
from app.tenancy.users.schemas import GroupDuty, UserGroupIn

GROUP: Final = "HT-HD-0001"
COMMUNE: Final = "18628"
MEMBERS: Final = 24
TREASURER: Final = "totruong.demo"
_OFFICER: Final = "phunu.hatinh"
_REVIEWER: Final = "bhxh.hatinh"
_PEOPLE: Final = PeopleGenerator("thach_lac", "042", first=22_000, born=(1972, 1998))
_STARTED: Final = date(2025, 8, 10)
_ACCEPTED: Final = date(2026, 1, 26)
_MEETINGS: Final = tuple(date(2025, month, 20) for month in (9, 10, 11, 12)) + tuple(
    date(2026, month, 20) for month in range(1, 11)
)
_MISTAKE_DAY: Final = _MEETINGS[-1]
_PRODUCTS: Final = {"bhxh_tn": 10_000, "bhyt_hgd": 3_000}


async def load(context: DemoContext) -> None:
    """Load the group with its people, its money and its enrolments."""
    officer = await context.act_as(_OFFICER)
    await _create_group(context, officer)
    await assign_user_group(
        context.db,
        await context.act_as(WOMEN),
        demo_id("user", TREASURER),
        UserGroupIn(group_code=GROUP, duty=GroupDuty.TREASURER, valid_from=_STARTED),
    )
    await _record_money(context, await context.act_as(TREASURER))
    await _submit_enrolments(context, await context.act_as(_OFFICER))


async def _create_group(context: DemoContext, actor: Actor) -> None:
    group = {
        "code": GROUP,
        "name": "Tổ nuôi heo đất số 1 xã Thạch Lạc",
        "commune_code": COMMUNE,
        "model_code": build_model_code("A09"),
        "organisation_code": "HPN-18628",
        "cycle": "month",
        "meeting_day": 20,
        "started_on": _STARTED,
    }
    await create_groups(context, actor, [group])
    await create_group_members(context, actor, map(_build_entrant, range(MEMBERS), _PEOPLE.generate(MEMBERS)))
    leader = GroupPatch(leader_id=_member_id(0), treasurer_id=_member_id(1))
    await edit_savings_group(context.db, actor, demo_id("group", GROUP), 1, leader)


def _member_id(position: int) -> UUID:
    return demo_id("member", GROUP, position)


def _product_of_member(position: int) -> str:
    return "bhyt_hgd" if position % 3 == 2 else "bhxh_tn"


def _build_entrant(position: int, person: InventedPerson) -> BodyColumns:
    product = _product_of_member(position)
    pledge = {"kind": "money", "product": product, "per": "day", "amount": _PRODUCTS[product]}
    return {
        **person.columns(),
        "id": _member_id(position),
        "group_id": demo_id("group", GROUP),
        "joined_on": _STARTED,
        "pledges": [pledge],
    }


async def _record_money(context: DemoContext, actor: Actor) -> None:
    """Record the meetings' sheets, and reverse the last member's last saving, which was counted twice."""
    await record_sheets(context, actor, _sheets())
    if today() >= _MISTAKE_DAY:
        reason = ReversalIn(business_date=_MISTAKE_DAY, note="Ghi trùng: heo đất đã đếm ở buổi trước.")
        mistaken_id = demo_id("entry", GROUP, MEMBERS - 1, _MISTAKE_DAY)
        await reverse_contribution(
            await context.get_reversing_caller(actor), mistaken_id, reason, f"demo/{GROUP}/reversal"
        )


def _sheets() -> Iterator[BodyColumns]:
    rng = Random(GROUP)  # noqa: S311 - chance for numbers that nobody printed
    for month, day in enumerate(_MEETINGS):
        lines: list[dict[str, Any]] = [
            {
                "id": demo_id("entry", GROUP, position, day),
                "member_id": _member_id(position),
                "product": _product_of_member(position),
                "amount": _PRODUCTS[_product_of_member(position)] * rng.randint(20, 31),
            }
            for position in range(MEMBERS)
        ]
        lines.append(_scrap(rng.randint(80, 360)))
        if month % 5 == 4:
            lines.append({"kind": "donation", "amount": 500_000, "source": "Nhà hảo tâm của xã"})
        if month in (6, 11):
            withdrawal = {"kind": "withdrawal", "member_id": _member_id(month), "amount": 200_000}
            lines.append(withdrawal | {"product": _product_of_member(month), "note": "Việc gia đình"})
        yield {"group_code": GROUP, "business_date": day, "items": lines}


def _scrap(tenths: int) -> dict[str, Any]:
    """Return the sale of scrap, by the kilogram, for the common fund."""
    return {
        "kind": "sale",
        "product": "bhyt_hgd",
        "quantity": f"{tenths / 10:.1f}",
        "unit": "kg",
        "unit_price": 8_000,
        "source": "Cơ sở thu mua phế liệu",
        "note": "Ve chai",
    }


async def _submit_enrolments(context: DemoContext, actor: Actor) -> None:
    """Submit the enrolments: 20 accepted, one returned with a reason, one waiting for BHXH, and a draft."""
    enrolment_ids = await submit_enrolments(
        context, actor, f"{GROUP}-2026", [_enrolment(position) for position in range(22)]
    )
    await create_enrolment(context.db, actor, EnrolmentIn(**_enrolment(22)))
    await accept_as_officer(context, _REVIEWER, enrolment_ids[:20], _ACCEPTED)
    reason = DecisionReason(
        code="support_group_unproven",
        text="Xã chưa xác nhận hộ cận nghèo; hãy bổ sung giấy xác nhận.",
    )
    reviewer = await context.act_as(_REVIEWER)
    await decide_enrolment(context.db, reviewer, DecisionItem(enrolment_ids[20], 1), Action.RETURN, [reason])


def _enrolment(position: int) -> dict[str, Any]:
    product = _product_of_member(position)
    return {
        "id": demo_id("enrolment", GROUP, position),
        "external_ref": f"{GROUP}-{position + 1:02}",
        "member_id": _member_id(position),
        "group_code": GROUP,
        "commune_code": COMMUNE,
        "product": product,
        "method": "months_12" if product == "bhyt_hgd" or position % 2 else "months_6",
        "monthly_income": 1_500_000 if product == "bhxh_tn" else None,
        "from_month": f"2026-{position % 10 + 1:02}",
        "support_group": "near_poor" if position % 10 == 0 else None,
        "consented_on": "2026-01-01",
    }
