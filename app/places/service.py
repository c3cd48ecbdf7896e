"""Places: list and read as of a day, and add hamlets and blocks below the communes."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, count

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import Forbidden, InvalidInput, NotFound, register_constraint
from app.core.values.paging import Page, PageRequest, get_cursor_values
from app.core.values.search_key import search_key
from app.core.values.time import today
from app.models.place import Place
from app.places import creations, queries
from app.places.errors import PlaceExists
from app.places.queries import PlaceRow
from app.places.rules import Level, build_place_code, check_parent_level, parse_place_queries
from app.places.schemas import EraOut, HistoryOut, PlaceFilter, PlaceIn, PlaceOut, SuccessionOut

register_constraint("place_pkey", PlaceExists)


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """The province and commune in which a place lies."""

    province_code: str | None
    commune_code: str | None


async def list_places(db: AsyncSession, filters: PlaceFilter, page: PageRequest) -> Page[PlaceOut]:
    """List one page of the places in force on a day. Raises: InvalidInput for a cursor of another list."""
    rows = await queries.read_places(
        db,
        on=filters.on or today(),
        name_queries=None if filters.q is None else parse_place_queries(filters.q),
        filters=filters.model_dump(include={"level", "parent_code", "kind"}),
        after=get_cursor_values(page, int, str, str),
        limit=page.limit + 1,
    )
    return Page(
        items=[PlaceOut.from_record(row) for row in rows[: page.limit]],
        next_cursor=page.next_cursor(rows, lambda row: (row.rank, row.search_name, row.code)),
    )


async def read_place(db: AsyncSession, code: str, on: date | None) -> PlaceOut:
    """Read the unit that has the code on the day, by default today. Raises: NotFound."""
    row = await queries.find_place_on(db, code, on or today())
    if row is None:
        raise NotFound
    return PlaceOut.from_record(row)


async def read_place_history(db: AsyncSession, code: str) -> HistoryOut:
    """Read every unit that had the code, with its predecessors and successors. Raises: NotFound."""
    rows = await queries.read_eras(db, code, today())
    if not rows:
        raise NotFound
    before = await queries.read_predecessors(db, code)
    after = await queries.read_successors(db, code)
    return HistoryOut(
        code=code,
        eras=[
            EraOut(
                place=PlaceOut.from_record(row),
                predecessors=[
                    SuccessionOut.from_record(other) for other in before if other.on_date == row.valid_from
                ],
                successors=[
                    SuccessionOut.from_record(other)
                    for other in after
                    if other.on_date == _day_after_end(row)
                ],
            )
            for row in rows
        ],
    )


async def create_place(db: AsyncSession, actor: Actor, body: PlaceIn) -> PlaceOut:
    """Create a hamlet or block below a commune or hamlet in the actor's places.

    Where the commune has ended since, the place goes on, with the same code, below its default successor.
    Raises: InvalidInput (unknown parent, wrong level), Forbidden (outside the actor's places), PlaceExists.
    """
    parent = await _require_parent(db, body.parent_code, body.valid_from)
    check_parent_level(body.kind.level, Level(parent.level))
    place_ref = place_ref_of(parent)
    if not actor.covers(place_ref.province_code, place_ref.commune_code):
        raise Forbidden
    lineage = await _trace_successors(db, parent)
    await creations.lock_commune(db, place_ref_of(lineage[-1]).commune_code or lineage[-1].code)
    code = body.code or await _find_free_code(db, place_ref, body)
    start = body.valid_from or parent.valid_from
    rows = [_build_row(actor, body, code, start, ancestor) for ancestor in lineage]
    if await queries.read_eras(db, code, start) or any(
        [await creations.has_namesake(db, row) for row in rows]
    ):
        raise PlaceExists
    db.add_all(rows)
    await record_event(
        db, actor, Event.PLACE_ADDED, place_ref, {"code": code, "name": body.name, "kind": body.kind}
    )
    await db.flush()
    return await read_place(db, code, start)


def _build_row(actor: Actor, body: PlaceIn, code: str, start: date, parent: PlaceRow) -> Place:
    """Build the row of the new place for the time that it is below this parent."""
    return Place(
        code=code,
        valid_from=max(start, parent.valid_from),
        valid_to=parent.valid_to,
        level=body.kind.level,
        name=body.name,
        kind=body.kind,
        parent_code=parent.code,
        search_name=search_key(body.name),
        created_by_org=actor.organisation_id,
    )


def place_ref_of(row: PlaceRow) -> PlaceRef:
    """Return the province and commune of a row of `queries`."""
    codes = {row.level: row.code} | dict(zip(row.above_level, row.above_code, strict=True))
    return PlaceRef(codes.get(Level.PROVINCE), codes.get(Level.COMMUNE))


def _day_after_end(row: PlaceRow) -> date | None:
    return row.valid_to + timedelta(days=1) if row.valid_to else None


async def _require_parent(db: AsyncSession, code: str, on: date | None) -> PlaceRow:
    row = await queries.find_place_on(db, code, on or today())
    if row is None:
        raise InvalidInput.at(
            "/parent_code",
            "place_unknown",
            vi="Vào ngày này không có địa danh mang mã đã ghi.",
            en="On this day no place has this code.",
        )
    return row


async def _trace_successors(db: AsyncSession, parent: PlaceRow) -> list[PlaceRow]:
    """Trace the parent and, after it ended, its successors up to today."""
    lineage = [parent]
    while (on := _day_after_end(lineage[-1])) is not None:
        code = await queries.find_default_successor(db, lineage[-1].code, on) or lineage[-1].code
        successor = await queries.find_place_on(db, code, on)
        if successor is None:
            break
        lineage.append(successor)
    return lineage


async def _find_free_code(db: AsyncSession, place_ref: PlaceRef, body: PlaceIn) -> str:
    stem = build_place_code(place_ref.commune_code or body.parent_code, body.kind, body.name)
    taken_codes = await creations.read_codes_like(db, stem)
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(code for code in chain([stem], numbered) if code not in taken_codes)
