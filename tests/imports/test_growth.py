"""What the rows of a file cost grows with their number and no faster, whatever they have in common.

Not the clock is read but what was done: the lines of our code that were run, and the rows and entries of indexes that
PostgreSQL read, by its own counters.
"""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

import app as our_code
from app.auth.actor import Actor, begin_actor
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7
from app.imports.contributions import sheets
from app.imports.contributions.recording import record_contributions
from app.imports.contributions.rows import parse_contribution
from app.imports.contributions.sheets import SheetCounts
from app.insurance.enrolments.intake.context import IntakeOptions
from app.insurance.enrolments.intake.pipeline import process_items
from app.insurance.enrolments.intake.schemas import Mode, RowIn
from app.insurance.kinds import EnrolmentStatus
from tests.insurance.enrolment_scenario import enrolment_row
from tests.world import GroupRef, Login, World, national_id

FEW, MANY, PIECES = 40, 160, 6
MOST_TIMES = 6.0
"""n log n is 5.5 times as much, n² 16 times."""
MOST_LATER = 1.5
"""What grows with the rows before it is 2 times as much in the last piece as in the third."""
_FOLDER = str(Path(next(iter(our_code.__path__))))
_ROW: TypeAdapter[Any] = TypeAdapter(RowIn)
_ROWS_READ = """
select coalesce(sum(pg_stat_get_xact_tuples_returned(oid)), 0)::bigint from pg_class
 where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace
"""
# The tables of tests are so small that PostgreSQL may choose to read them whole, by what it knew of them at some time.
_USE_INDEXES = "discard plans; set local enable_seqscan = off"
Row = dict[str, Any]
Work = Callable[[AsyncSession, Actor, Sequence[Row]], Awaitable[list[str]]]
Statuses = set[str]


class Cost(NamedTuple):
    """steps: lines of our code that were run; read: rows and entries that PostgreSQL read of tables and indexes;
    statuses: what became of the rows."""

    steps: int
    read: int
    statuses: Statuses


class Steps:
    """Counts the lines of our code that are run meanwhile."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Steps":
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(_FOLDER):
            return None
        self.count += event == "line"
        return self._trace


async def measure(app: FastAPI, login: Login, work: Work, pieces: Sequence[Sequence[Row]]) -> list[Cost]:
    """What each piece costs of the rows that are worked through; nothing is kept."""
    costs = []
    async with app.state.database.begin() as db:
        actor = await begin_actor(db, login.session_id)
        driver: asyncpg.Connection = await get_driver(db)
        await driver.execute(_USE_INDEXES)
        for piece in pieces:
            before = await driver.fetchval(_ROWS_READ)
            with Steps() as steps:
                statuses = await work(db, actor, piece)
            read = await driver.fetchval(_ROWS_READ) - before
            costs.append(Cost(steps.count, read, set(statuses)))
        await db.rollback()
    return costs


async def enrol(db: AsyncSession, actor: Actor, rows: Sequence[Row]) -> list[str]:
    items = [_ROW.validate_python(row) for row in rows]
    options = IntakeOptions(EnrolmentStatus.SUBMITTED)
    return [
        outcome["status"].value
        for outcome in await process_items(await get_driver(db), actor, items, options)
    ]


async def contribute(db: AsyncSession, actor: Actor, rows: Sequence[Row]) -> list[str]:
    lines = [parse_contribution(row) for row in rows]
    return [
        outcome["status"]
        for outcome in await record_contributions(db, actor, lines, Mode.PARTIAL, uuid7(), 0)
    ]


async def check_growth(
    app: FastAPI, login: Login, work: Work, build: Callable[[int], list[Row]], expected: Statuses
) -> None:
    """Four times the rows cost little more than four times as much in one piece; in pieces, as a long file is read, the
    later ones cost little more than the earlier."""
    await measure(app, login, work, [build(FEW)])  # what is done once in a process
    few = (await measure(app, login, work, [build(FEW)]))[0]
    many = (await measure(app, login, work, [build(MANY)]))[0]
    assert many.statuses == expected
    assert many.steps < MOST_TIMES * few.steps, (few, many)
    assert many.read <= MOST_TIMES * few.read, (few, many)
    rows = build(PIECES * FEW)
    pieces = await measure(
        app, login, work, [rows[start : start + FEW] for start in range(0, len(rows), FEW)]
    )
    early, late = pieces[PIECES // 2 - 1], pieces[-1]
    assert late.steps < MOST_LATER * early.steps, pieces
    assert late.read <= MOST_LATER * early.read, pieces


def days_of_a_year() -> Iterator[str]:
    nth = 0
    while True:
        yield str(date(1984, 1, 1) + timedelta(days=nth * 7 % 366))
        nth += 1


ONE_PERSON: Row = {
    "national_id": "042184999001",
    "full_name": "Nguyễn Thị Hoa",
    "birth_date": "1984-03-02",
}


def month(nth: int) -> str:
    """From the first month that anybody could be insured in."""
    return f"{2008 + nth // 12}-{nth % 12 + 1:02}"


ENROLMENTS: dict[str, tuple[Statuses, Callable[[int], Row]]] = {
    "nothing": ({"created"}, lambda n: {}),
    "one name": ({"created"}, lambda n: {"full_name": "Nguyễn Thị Hoa"}),
    "one name, no number": ({"created"}, lambda n: {"full_name": "Nguyễn Thị Hoa", "national_id": None}),
    "one person, no number": ({"created", "duplicate"}, lambda n: {"full_name": "Nguyễn Thị Hoa", "national_id": None, "birth_date": "1984-03-02"}),
    "one number of one person": ({"created", "duplicate"}, lambda n: ONE_PERSON),
    "one number of many people": ({"created", "rejected"}, lambda n: {"national_id": "042184999001"}),
    "one social insurance number": ({"created", "rejected"}, lambda n: {"national_id": None, "social_insurance_no": "4299900001"}),
    "one social insurance number beside others": ({"created", "rejected"}, lambda n: {"social_insurance_no": "4299900001"}),
    "one reference": ({"created", "rejected"}, lambda n: {"external_ref": "R"}),
    "one id": ({"created", "rejected"}, lambda n: {"id": "01928f00-0000-7000-8000-000000000001"}),
    "one phone": ({"created"}, lambda n: {"phone": "0912000111"}),
    "one relation to one head": ({"created"}, lambda n: {"product": "bhyt_hgd", "method": "months_12", "monthly_income": None, "relation_to_head": "con"}),
    "months of one person": ({"created"}, lambda n: ONE_PERSON | {"method": "months_1", "from_month": month(n)}),
    "months of one person, each twice": ({"created", "duplicate"}, lambda n: ONE_PERSON | {"method": "months_1", "from_month": month(n - n % 2)}),
}  # fmt: skip
"""What the rows of a file have in common: what becomes of them, and the fields of the nth."""


class Sender(NamedTuple):
    """A partner, and a group into which its rows let people join."""

    partner: Login
    commune: str
    group_code: str
    days: Iterator[str]

    def build(self, count: int, fields: Callable[[int], Row]) -> list[Row]:
        """Rows of people with these fields, born on days of their own where those say nothing else."""
        return [
            enrolment_row(
                self.commune, **{"birth_date": next(self.days), "group_code": self.group_code} | fields(n)
            )
            for n in range(count)
        ]


@pytest.fixture
async def sender(world: World) -> Sender:
    unit = await world.unit("womens_union")
    group = await world.group(unit)
    partner = await world.partner(unit, "enrolments:write")
    return Sender(partner, world.commune, group.code, days_of_a_year())


@pytest.mark.parametrize("shared", ENROLMENTS)
async def test_enrolments(app: FastAPI, sender: Sender, shared: str):
    expected, fields = ENROLMENTS[shared]
    await check_growth(app, sender.partner, enrol, lambda count: sender.build(count, fields), expected)


async def test_months_of_one_among_people_with_one_enrolment(app: FastAPI, sender: Sender, owner: Any):
    """The planner, which knows what most people have, still looks at the months that can overlap alone."""
    async with app.state.database.begin() as db:
        await enrol(db, await begin_actor(db, sender.partner.session_id), sender.build(MANY, lambda _: {}))
    await owner.execute("analyze enrolment")
    expected, fields = ENROLMENTS["months of one person"]
    await check_growth(app, sender.partner, enrol, lambda count: sender.build(count, fields), expected)


async def test_enrolments_of_one_member(app: FastAPI, world: World, owner: Any):
    unit = await world.unit("womens_union")
    partner, member = await world.partner(unit, "enrolments:write"), await world.member(unit)
    await owner.execute("update member set birth_date = '1984-03-02', sex = 'female' where id = $1", member)
    person = dict.fromkeys(("full_name", "birth_date", "sex", "national_id", "phone"))

    def build(count: int) -> list[Row]:
        return [enrolment_row(world.commune, **person, member_id=str(member)) for _ in range(count)]

    await check_growth(app, partner, enrol, build, {"created", "duplicate"})


class People(NamedTuple):
    """Of whom contributions tell. strangers: in no group; numbers: of the group's members."""

    group: GroupRef
    strangers: list[UUID]
    numbers: list[str]


CONTRIBUTIONS: dict[str, tuple[Statuses, Callable[[People, int], Row]]] = {
    "a group and a day": ({"recorded"}, lambda people, n: {"member_id": str(people.group.members[n])}),
    "a member": ({"recorded"}, lambda people, n: {"member_id": str(people.group.members[0])}),
    "a number": ({"recorded"}, lambda people, n: {"national_id": people.numbers[0]}),
    "a number that nobody has": ({"rejected"}, lambda people, n: {"national_id": "042184999002"}),
    "numbers of a group": ({"recorded"}, lambda people, n: {"national_id": people.numbers[n]}),
    "the fund": ({"recorded"}, lambda people, n: {"kind": "donation"}),
    "an id": ({"recorded", "rejected"}, lambda people, n: {"member_id": str(people.group.members[0]), "id": "01928f00-0000-7000-8000-000000000002"}),
    "members of another group": ({"rejected"}, lambda people, n: {"member_id": str(people.strangers[n])}),
    "a member of another group": ({"rejected"}, lambda people, n: {"member_id": str(people.strangers[0])}),
    "withdrawals of what is not there": ({"rejected"}, lambda people, n: {"member_id": str(people.group.members[n]), "kind": "withdrawal"}),
    "withdrawals of one member": ({"rejected"}, lambda people, n: {"member_id": str(people.group.members[0]), "kind": "withdrawal"}),
    "a member, on days of their own": ({"recorded"}, lambda people, n: {"member_id": str(people.group.members[0]), "business_date": str(date(2026, 1, 1) + timedelta(days=n))}),
}  # fmt: skip


@pytest.fixture
async def people(world: World, owner: Any) -> People:
    unit = await world.unit("womens_union")
    groups = [await world.group(unit, members=PIECES * FEW) for _ in range(2)]
    numbers = [national_id() for _ in range(PIECES * FEW)]
    await owner.executemany(
        "update member set national_id = $2 where id = $1", list(zip(groups[0].members, numbers, strict=True))
    )
    return People(groups[0], groups[1].members, numbers)


@pytest.mark.parametrize("shared", CONTRIBUTIONS)
async def test_contributions(app: FastAPI, world: World, people: People, shared: str):
    partner = await world.partner(people.group.unit, "contributions:write")
    line = {
        "group_code": people.group.code,
        "kind": "saving",
        "amount": 10_000,
        "business_date": "2026-01-05",
    }
    expected, fields = CONTRIBUTIONS[shared]

    def build(count: int) -> list[Row]:
        return [line | fields(people, n) for n in range(count)]

    await check_growth(app, partner, contribute, build, expected)


async def test_days_of_a_group_in_a_file_that_is_one_transaction(
    app: FastAPI, world: World, people: People, monkeypatch: pytest.MonkeyPatch
):
    """Each sheet looks through what the account of the group's cash was before: only so many are recorded."""
    monkeypatch.setattr(sheets, "MAX_WHOLE_FILE_SHEETS", 2 * FEW)
    partner = await world.partner(people.group.unit, "contributions:write")
    whole_files: dict[AsyncSession, SheetCounts] = {}

    async def contribute_whole(db: AsyncSession, actor: Actor, rows: Sequence[Row]) -> list[str]:
        whole_file = whole_files.setdefault(db, SheetCounts())
        lines = [parse_contribution(row) for row in rows]
        return [
            outcome["status"]
            for outcome in await record_contributions(
                db, actor, lines, Mode.ATOMIC, uuid7(), 0, whole_file=whole_file
            )
        ]

    def build(count: int) -> list[Row]:
        return [
            {
                "group_code": people.group.code,
                "kind": "donation",
                "amount": 10_000,
                "business_date": str(date(2020, 1, 1) + timedelta(days=n)),
            }
            for n in range(count)
        ]

    await check_growth(app, partner, contribute_whole, build, {"recorded", "rejected"})
    assert {count for counts in whole_files.values() for count in counts.values()} == {FEW, 2 * FEW}
