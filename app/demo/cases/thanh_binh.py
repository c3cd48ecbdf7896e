"""A07: the neighbour blocks of thôn Thanh Bình, xã Đức Lĩnh (18322, today xã Mai Hoa), from May 2024.

47 of the hamlet's 82 people of working age are in voluntary insurance, and everybody of block 4. How many live in block
4 was not printed: here 14. No money is collected.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from app.demo.cases.savings_models import code_of
from app.demo.groups import accept, enrol, let_in, open_groups
from app.demo.people import Casting
from app.demo.stage import Stage, key
from app.demo.tenancy import FRONT
from app.places.rules import ALWAYS, AddedKind
from app.places.schemas import PlaceIn
from app.places.service import add_place

HAMLET: Final = "18322.thon-thanh-binh"
BLOCK: Final = "18322.to-lien-gia-so-4"
_COMMUNE: Final = "18322"
_STARTED: Final = date(2024, 5, 1)
_PEOPLE: Final = Casting("thanh_binh", "042", first=21_000, women=52, born=(1969, 2005))


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


async def enter(stage: Stage) -> None:
    """The hamlet and its block, the people of working age, and those of them who are insured."""
    actor = await stage.acting(FRONT)
    for name, kind, code, parent in (
        ("Thanh Bình", AddedKind.THON, HAMLET, _COMMUNE),
        ("số 4", AddedKind.TO_LIEN_GIA, BLOCK, HAMLET),
    ):
        body = PlaceIn(name=name, kind=kind, code=code, parent_code=parent, valid_from=ALWAYS)
        await add_place(stage.db, actor, body)
    await open_groups(stage, actor, map(_group, BLOCKS))
    await let_in(stage, actor, _entrants())
    rows = [row for block in BLOCKS for row in _enrolments(block)]
    await accept(stage, "bhxh.hatinh", await enrol(stage, actor, "thanh-binh-2024", rows))


def _group(block: Block) -> dict[str, Any]:
    return {
        "code": block.code,
        "kind": "neighbour_block",
        "name": block.name,
        "commune_code": _COMMUNE,
        "hamlet_code": block.hamlet,
        "model_code": code_of("A07"),
        "started_on": _STARTED,
    }


def _entrants() -> Iterator[dict[str, Any]]:
    people = _PEOPLE.people(sum(block.members for block in BLOCKS))
    for block in BLOCKS:
        for place in range(block.members):
            yield {
                **next(people).columns(),
                "id": key("member", block.code, place),
                "group_id": key("group", block.code),
                "hamlet_code": block.hamlet,
                "joined_on": _STARTED,
            }


def _enrolments(block: Block) -> Iterator[dict[str, Any]]:
    for place in range(block.insured):
        yield {
            "id": key("enrolment", block.code, place),
            "external_ref": f"{block.code}-{place + 1:02}",
            "member_id": key("member", block.code, place),
            "group_code": block.code,
            "commune_code": _COMMUNE,
            "product": "bhxh_tn",
            "method": ("months_6", "months_12")[place % 2],
            "monthly_income": 1_500_000,
            "from_month": f"2024-{place % 6 + 5:02}",
        }
