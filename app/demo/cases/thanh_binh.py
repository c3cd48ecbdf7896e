"""A07: the neighbour blocks of thôn Thanh Bình, xã Đức Lĩnh (18322, today xã Mai Hoa), from May 2024.

47 of the hamlet's 82 people of working age are in voluntary insurance, and everybody of block 4. How many live in block
4 was not printed: here 14. No money is collected.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from app.demo.cases.savings_models import build_model_code
from app.demo.context import DemoContext, demo_id
from app.demo.groups import accept_as_officer, create_group_members, create_groups, submit_enrolments
from app.demo.people import PeopleGenerator
from app.demo.tenancy import FRONT
from app.places.rules import EARLIEST_DAY, AddedKind
from app.places.schemas import PlaceIn
from app.places.service import create_place

HAMLET: Final = "18322.thon-thanh-binh"
BLOCK: Final = "18322.to-lien-gia-so-4"
_COMMUNE: Final = "18322"
_STARTED: Final = date(2024, 5, 1)
_ACCEPTED: Final = date(2024, 5, 31)
_PEOPLE: Final = PeopleGenerator("thanh_binh", "042", first=21_000, women=52, born=(1969, 2005))


class Block(NamedTuple):
    """A group of neighbours. members: of working age; insured: so many of them."""

    code: str
    name: str
    hamlet: str
    members: int
    insured: int


BLOCKS: Final = (
    Block("HT-LG-0004", "Tổ liên gia số 4, thôn Thanh Bình", BLOCK, 14, 14),
    Block("HT-LG-0005", "Các tổ liên gia khác của thôn Thanh Bình", HAMLET, 68, 33),
)


async def load(context: DemoContext) -> None:
    """Load the hamlet and its block, the people of working age, and those of them who are insured."""
    actor = await context.act_as(FRONT)
    for name, kind, code, parent in (
        ("Thanh Bình", AddedKind.THON, HAMLET, _COMMUNE),
        ("số 4", AddedKind.TO_LIEN_GIA, BLOCK, HAMLET),
    ):
        body = PlaceIn(name=name, kind=kind, code=code, parent_code=parent, valid_from=EARLIEST_DAY)
        await create_place(context.db, actor, body)
    await create_groups(context, actor, map(_group, BLOCKS))
    await create_group_members(context, actor, _build_entrants())
    rows = [row for block in BLOCKS for row in _enrolments(block)]
    enrolment_ids = await submit_enrolments(context, actor, "thanh-binh-2024", rows)
    await accept_as_officer(context, "bhxh.hatinh", enrolment_ids, _ACCEPTED)


def _group(block: Block) -> dict[str, Any]:
    return {
        "code": block.code,
        "kind": "neighbour_block",
        "name": block.name,
        "commune_code": _COMMUNE,
        "hamlet_code": block.hamlet,
        "model_code": build_model_code("A07"),
        "started_on": _STARTED,
    }


def _build_entrants() -> Iterator[dict[str, Any]]:
    people = _PEOPLE.generate(sum(block.members for block in BLOCKS))
    for block in BLOCKS:
        for position in range(block.members):
            yield {
                **next(people).columns(),
                "id": demo_id("member", block.code, position),
                "group_id": demo_id("group", block.code),
                "hamlet_code": block.hamlet,
                "joined_on": _STARTED,
            }


def _enrolments(block: Block) -> Iterator[dict[str, Any]]:
    for position in range(block.insured):
        yield {
            "id": demo_id("enrolment", block.code, position),
            "external_ref": f"{block.code}-{position + 1:02}",
            "member_id": demo_id("member", block.code, position),
            "group_code": block.code,
            "commune_code": _COMMUNE,
            "product": "bhxh_tn",
            "method": ("months_6", "months_12")[position % 2],
            "monthly_income": 1_500_000,
            "from_month": f"2024-{position % 6 + 5:02}",
        }
