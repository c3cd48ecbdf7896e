"""Reading places as of a day, and adding hamlets and blocks below the communes."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, count

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import Forbidden, InvalidInput, NotFound, register_constraint
from app.core.paging import Page, PageRequest, cursor_values
from app.core.text import search_key
from app.core.time import today
from app.models.place import Place
from app.places import queries
from app.places.queries import PlaceRow
from app.places.rules import Level, PlaceExists, check_standing, code_for, readings
from app.places.schemas import EraOut, HistoryOut, PlaceFilter, PlaceIn, PlaceOut, SuccessionOut

register_constraint("place_pkey", PlaceExists)


@dataclass(frozen=True, slots=True)
class Seat:
    """The province and commune in which a place lies."""

    province_code: str | None
    commune_code: str | None


async def list_places(db: AsyncSession, wanted: PlaceFilter, page: PageRequest) -> Page[PlaceOut]:
    """One page of the places in force on a day. Raises: InvalidInput for a cursor of another list."""
    rows = await queries.list_places(
        db,
        on=wanted.on or today(),
        wanted=None if wanted.q is None else readings(wanted.q),
        filters=wanted.model_dump(include={"level", "parent_code", "kind"}),
        after=cursor_values(page, int, str, str),
        limit=page.limit + 1,
    )
    return Page(
        items=[PlaceOut.of(row) for row in rows[: page.limit]],
        next_cursor=page.next_cursor(rows, lambda row: (row.rank, row.search_name, row.code)),
    )


async def read_place(db: AsyncSession, code: str, on: date | None) -> PlaceOut:
    """The unit that bears the code on the day, today by default. Raises: NotFound."""
    row = await queries.place_on(db, code, on or today())
    if row is None:
        raise NotFound
    return PlaceOut.of(row)


async def read_history(db: AsyncSession, code: str) -> HistoryOut:
    """Every unit that bore the code, with what it came from and became. Raises: NotFound."""
    rows = await queries.eras(db, code, today())
    if not rows:
        raise NotFound
    before = await queries.predecessors(db, code)
    after = await queries.successors(db, code)
    return HistoryOut(
        code=code,
        eras=[
            EraOut(
                place=PlaceOut.of(row),
                predecessors=[SuccessionOut.of(s) for s in before if s.on_date == row.valid_from],
                successors=[SuccessionOut.of(s) for s in after if s.on_date == _day_after(row)],
            )
            for row in rows
        ],
    )


async def add_place(db: AsyncSession, actor: Actor, body: PlaceIn) -> PlaceOut:
    """Add a hamlet or block below a commune or hamlet in the actor's places.

    Where its commune ended since, the place goes on under its code below the commune's default successor.
    Raises: InvalidInput (unknown parent, wrong level), Forbidden (outside the actor's places), PlaceExists.
    """
    parent = await _parent(db, body.parent_code, body.valid_from)
    check_standing(body.kind.level, Level(parent.level))
    seat = seat_of(parent)
    if not actor.covers(seat.province_code, seat.commune_code):
        raise Forbidden
    line = await _line(db, parent)
    await queries.lock_commune(db, seat_of(line[-1]).commune_code or line[-1].code)
    code = body.code or await _free_code(db, seat, body)
    start = body.valid_from or parent.valid_from
    rows = [_row(actor, body, code, start, below) for below in line]
    if await queries.eras(db, code, start) or any([await queries.has_namesake(db, row) for row in rows]):
        raise PlaceExists
    db.add_all(rows)
    await record(db, actor, Event.PLACE_ADDED, seat, {"code": code, "name": body.name, "kind": body.kind})
    await db.flush()
    return await read_place(db, code, start)


def _row(actor: Actor, body: PlaceIn, code: str, start: date, below: PlaceRow) -> Place:
    """The new place for as long as it stands below this parent."""
    return Place(
        code=code,
        valid_from=max(start, below.valid_from),
        valid_to=below.valid_to,
        level=body.kind.level,
        name=body.name,
        kind=body.kind,
        parent_code=below.code,
        search_name=search_key(body.name),
        created_by_org=actor.organisation_id,
    )


def seat_of(row: PlaceRow) -> Seat:
    """Where a row of `queries` lies."""
    codes = {row.level: row.code} | dict(zip(row.above_level, row.above_code, strict=True))
    return Seat(codes.get(Level.PROVINCE), codes.get(Level.COMMUNE))


def _day_after(row: PlaceRow) -> date | None:
    return row.valid_to + timedelta(days=1) if row.valid_to else None


async def _parent(db: AsyncSession, code: str, on: date | None) -> PlaceRow:
    row = await queries.place_on(db, code, on or today())
    if row is None:
        raise InvalidInput.at(
            "/parent_code",
            "place_unknown",
            vi="Vào ngày này không có địa danh mang mã đã ghi.",
            en="On this day no place bears this code.",
        )
    return row


async def _line(db: AsyncSession, parent: PlaceRow) -> list[PlaceRow]:
    """The parent and, after it ended, what stands in its place up to today."""
    line = [parent]
    while (on := _day_after(line[-1])) is not None:
        code = await queries.default_heir(db, line[-1].code, on) or line[-1].code
        heir = await queries.place_on(db, code, on)
        if heir is None:
            break
        line.append(heir)
    return line


async def _free_code(db: AsyncSession, seat: Seat, body: PlaceIn) -> str:
    stem = code_for(seat.commune_code or body.parent_code, body.kind, body.name)
    taken = await queries.codes_like(db, stem)
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(code for code in chain([stem], numbered) if code not in taken)
