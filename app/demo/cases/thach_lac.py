"""The group of the first steps: HT-HD-0001 in xã Thạch Lạc, of today, with a treasurer who can log in.

It comes from no newspaper; it shows what a group's year looks like: monthly sheets with scrap sold for the common
fund, donations, a withdrawal, an entry that was taken back, and enrolments at every step of their way.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, Final
from uuid import UUID

from app.auth.actor import Actor
from app.core.time import today
from app.demo.cases.savings_models import code_of
from app.demo.groups import accept, enrol, let_in, open_groups, record_sheets
from app.demo.people import Casting, Invented
from app.demo.stage import Columns, Stage, key
from app.demo.tenancy import WOMEN
from app.insurance.enrolment_rules import Action
from app.insurance.enrolment_schemas import EnrolmentIn, Reason
from app.insurance.enrolment_service import create, move
from app.ledger.schemas import ReversalIn
from app.ledger.service import reverse
from app.savings.group_change import change_group
from app.savings.group_schemas import GroupPatch
from app.tenancy.user_group_service import assign_group
from app.tenancy.user_schemas import GroupDuty, UserGroupIn

GROUP: Final = "HT-HD-0001"
COMMUNE: Final = "18628"
MEMBERS: Final = 24
TREASURER: Final = "totruong.demo"
_OFFICER: Final = "phunu.hatinh"
_REVIEWER: Final = "bhxh.hatinh"
_PEOPLE: Final = Casting("thach_lac", "042", first=22_000, born=(1972, 1998))
_STARTED: Final = date(2025, 8, 10)
_MEETINGS: Final = tuple(date(2025, month, 20) for month in (9, 10, 11, 12)) + tuple(
    date(2026, month, 20) for month in range(1, 11)
)
_MISTAKEN: Final = _MEETINGS[-1]
_PRODUCTS: Final = {"bhxh_tn": 10_000, "bhyt_hgd": 3_000}


async def enter(stage: Stage) -> None:
    """The group with its people, its money and its enrolments."""
    officer = await stage.acting(_OFFICER)
    await _open(stage, officer)
    await assign_group(
        stage.db,
        await stage.acting(WOMEN),
        key("user", TREASURER),
        UserGroupIn(group_code=GROUP, duty=GroupDuty.TREASURER, valid_from=_STARTED),
    )
    await _record(stage, await stage.acting(TREASURER))
    await _enrol(stage, await stage.acting(_OFFICER))


async def _open(stage: Stage, actor: Actor) -> None:
    group = {
        "code": GROUP,
        "name": "Tổ nuôi heo đất số 1 xã Thạch Lạc",
        "commune_code": COMMUNE,
        "model_code": code_of("A09"),
        "organisation_code": "HPN-18628",
        "cycle": "month",
        "meeting_day": 20,
        "started_on": _STARTED,
    }
    await open_groups(stage, actor, [group])
    await let_in(stage, actor, map(_entrant, range(MEMBERS), _PEOPLE.people(MEMBERS)))
    leader = GroupPatch(leader_id=_member(0), treasurer_id=_member(1))
    await change_group(stage.db, actor, key("group", GROUP), 1, leader)


def _member(place: int) -> UUID:
    return key("member", GROUP, place)


def _product(place: int) -> str:
    return "bhyt_hgd" if place % 3 == 2 else "bhxh_tn"


def _entrant(place: int, person: Invented) -> Columns:
    product = _product(place)
    pledge = {"kind": "money", "product": product, "per": "day", "amount": _PRODUCTS[product]}
    return {
        **person.columns(),
        "id": _member(place),
        "group_id": key("group", GROUP),
        "joined_on": _STARTED,
        "pledges": [pledge],
    }


async def _record(stage: Stage, actor: Actor) -> None:
    """The meetings' sheets, and the last member's last saving taken back because it was counted twice."""
    await record_sheets(stage, actor, _sheets())
    if today() >= _MISTAKEN:
        reason = ReversalIn(business_date=_MISTAKEN, note="Ghi trùng: heo đất đã đếm ở buổi trước.")
        mistaken = key("entry", GROUP, MEMBERS - 1, _MISTAKEN)
        await reverse(await stage.reversing(actor), mistaken, reason, f"demo/{GROUP}/reversal")


def _sheets() -> Iterator[Columns]:
    chance = Random(GROUP)  # noqa: S311 - chance for numbers that nobody printed
    for month, day in enumerate(_MEETINGS):
        lines: list[dict[str, Any]] = [
            {
                "id": key("entry", GROUP, place, day),
                "member_id": _member(place),
                "product": _product(place),
                "amount": _PRODUCTS[_product(place)] * chance.randint(20, 31),
            }
            for place in range(MEMBERS)
        ]
        lines.append(_scrap(chance.randint(80, 360)))
        if month % 5 == 4:
            lines.append({"kind": "donation", "amount": 500_000, "source": "Nhà hảo tâm của xã"})
        if month in (6, 11):
            withdrawal = {"kind": "withdrawal", "member_id": _member(month), "amount": 200_000}
            lines.append(withdrawal | {"product": _product(month), "note": "Việc gia đình"})
        yield {"group_code": GROUP, "business_date": day, "items": lines}


def _scrap(tenths: int) -> dict[str, Any]:
    """Scrap that all brought along, sold by the kilogram for the common fund."""
    return {
        "kind": "sale",
        "product": "bhyt_hgd",
        "quantity": f"{tenths / 10:.1f}",
        "unit": "kg",
        "unit_price": 8_000,
        "source": "Cơ sở thu mua phế liệu",
        "note": "Ve chai",
    }


async def _enrol(stage: Stage, actor: Actor) -> None:
    """Twenty accepted enrolments, one returned with a reason, one that waits for BHXH, and a draft."""
    sent = await enrol(stage, actor, f"{GROUP}-2026", [_enrolment(place) for place in range(22)])
    await create(stage.db, actor, EnrolmentIn(**_enrolment(22)))
    await accept(stage, _REVIEWER, sent[:20])
    reason = Reason(
        pointer="/support_group",
        code="not_confirmed",
        text="Xã chưa xác nhận hộ cận nghèo; hãy bổ sung giấy xác nhận.",
    )
    reviewer = await stage.acting(_REVIEWER)
    await move(stage.db, reviewer, sent[20], 1, Action.RETURN, [reason])


def _enrolment(place: int) -> dict[str, Any]:
    product = _product(place)
    return {
        "id": key("enrolment", GROUP, place),
        "external_ref": f"{GROUP}-{place + 1:02}",
        "member_id": _member(place),
        "group_code": GROUP,
        "commune_code": COMMUNE,
        "product": product,
        "method": "months_12" if product == "bhyt_hgd" or place % 2 else "months_6",
        "monthly_income": 1_500_000 if product == "bhxh_tn" else None,
        "from_month": f"2026-{place % 10 + 1:02}",
        "support_group": "near_poor" if place % 10 == 0 else None,
    }
