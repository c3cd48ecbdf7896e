"""The days on which a network writes its books: from their first (ngày mở sổ) on, after the closed periods (khóa sổ).

No later entry is dated in a closed period, and none is reopened. The first day can be moved while no entry is before.
"""

from datetime import date

from sqlalchemy import text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import InvalidInput
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now, today
from app.ledger.errors import ClosingBackwards
from app.ledger.schemas import ClosingIn, ClosingOut, OpeningIn, OpeningOut
from app.models.ledger import BooksOpening, ClosedPeriod
from app.places.queries import find_place_on
from app.tenancy.errors import OutsideScope

# The writer holds this lock shared while it looks whether a day may be written to (`check_day`).
_LOCK = text(
    "select pg_advisory_xact_lock(hashtext('ansinh.period'), hashtext(:network || ' ' || :province))"
)


# Entries keep the code of the province in which they happened; these are the ones that lie in it today.
_FIRST_ENTRY = text("""
with code as materialized (
    select distinct code from place where level = 'province' and place_on(code, local_today()) = :province
)
select least((select min(t.business_date) from ledger_txn t
               where t.network = :network and t.province_code in (select code from code)),
             (select min(t.business_date) from organisation_txn t
               where t.network = :network and t.province_code in (select code from code)))
""")


async def close_period(db: AsyncSession, actor: Actor, body: ClosingIn) -> ClosingOut:
    """Close the books of the actor's network in a province, once entries in progress are written.

    Closing through the same day again changes nothing. Raises: InvalidInput for a day that is not over or a code that
    no province has today; OutsideScope; ClosingBackwards.
    """
    await _check_closing(db, actor, body)
    await db.execute(_LOCK, {"network": actor.network, "province": body.province_code})
    row = await db.get(ClosedPeriod, (actor.network, body.province_code), populate_existing=True)
    if row is not None and row.closed_through == body.closed_through:
        return _to_response(row)
    if row is not None and row.closed_through > body.closed_through:
        raise ClosingBackwards
    if row is None:
        row = ClosedPeriod(
            network=actor.network, province_code=body.province_code, closed_through=body.closed_through,
            closed_by=actor.id, closed_at=now(),
        )  # fmt: skip
        db.add(row)
    else:
        row.closed_through, row.closed_by, row.closed_at = body.closed_through, actor.id, now()
    await record_event(db, actor, Event.PERIOD_CLOSED, row, {"closed_through": str(row.closed_through)})
    await db.flush()
    return _to_response(row)


async def list_closings(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[ClosingOut]:
    """List the closed periods in the actor's scope, by network and province."""
    columns = (col(ClosedPeriod.network), col(ClosedPeriod.province_code))
    rows, cursor = await fetch_page(db, select_visible(actor, ClosedPeriod), columns=columns, page=page)
    return Page[ClosingOut](items=[_to_response(row) for row in rows], next_cursor=cursor)


async def _check_closing(db: AsyncSession, actor: Actor, body: ClosingIn) -> None:
    if body.closed_through >= today():
        raise InvalidInput.at(
            "/closed_through",
            "day_not_over",
            vi="Chỉ khóa sổ đến một ngày đã qua.",
            en="Books can only be closed through a day that is over.",
        )
    await _check_province(db, actor, body.province_code)


async def _check_province(db: AsyncSession, actor: Actor, code: str) -> None:
    """Raises: InvalidInput for a code that no province has today; OutsideScope for one that is not the actor's."""
    place = await find_place_on(db, code, today())
    if place is None or place.level != "province":
        raise InvalidInput.at(
            "/province_code",
            "unknown_province",
            vi="Không có tỉnh, thành phố nào hiện nay mang mã này.",
            en="No province has this code today.",
        )
    if not actor.covers(code, None):
        raise OutsideScope("/province_code")


def _to_response(row: ClosedPeriod) -> ClosingOut:
    return ClosingOut.model_validate(row, from_attributes=True)


async def open_books(db: AsyncSession, actor: Actor, body: OpeningIn) -> OpeningOut:
    """Say from which day the books of the actor's network in a province begin, once entries in progress are written.

    Saying the same day again changes nothing; an earlier or later day replaces it. Raises: InvalidInput for a day to
    come or after the first entry, and for a code that no province has today; OutsideScope.
    """
    if body.begins_on > today():
        raise InvalidInput.at(
            "/begins_on",
            "business_date_future",
            vi="Ngày mở sổ không được sau ngày hôm nay.",
            en="The books must not begin after today.",
        )
    await _check_province(db, actor, body.province_code)
    await db.execute(_LOCK, {"network": actor.network, "province": body.province_code})
    row = await db.get(BooksOpening, (actor.network, body.province_code), populate_existing=True)
    if row is not None and row.begins_on == body.begins_on:
        return OpeningOut.model_validate(row, from_attributes=True)
    await _check_no_entry_before(db, actor, body)
    before = None if row is None else str(row.begins_on)
    if row is None:
        row = BooksOpening(
            network=actor.network, province_code=body.province_code, begins_on=body.begins_on,
            set_by=actor.id, set_at=now(),
        )  # fmt: skip
        db.add(row)
    else:
        row.begins_on, row.set_by, row.set_at = body.begins_on, actor.id, now()
    await record_event(
        db, actor, Event.BOOKS_OPENED, row, {"begins_on": str(row.begins_on), "before": before}
    )
    await db.flush()
    return OpeningOut.model_validate(row, from_attributes=True)


async def list_openings(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[OpeningOut]:
    """List the first days of books in the actor's scope, by network and province."""
    columns = (col(BooksOpening.network), col(BooksOpening.province_code))
    rows, cursor = await fetch_page(db, select_visible(actor, BooksOpening), columns=columns, page=page)
    items = [OpeningOut.model_validate(row, from_attributes=True) for row in rows]
    return Page[OpeningOut](items=items, next_cursor=cursor)


async def _check_no_entry_before(db: AsyncSession, actor: Actor, body: OpeningIn) -> None:
    names = {"network": actor.network, "province": body.province_code}
    first: date | None = (await db.execute(_FIRST_ENTRY, names)).scalar_one()
    if first is not None and first < body.begins_on:
        raise InvalidInput.at(
            "/begins_on",
            "after_first_entry",
            vi=f"Đã có khoản ghi sổ của ngày {first:%d/%m/%Y}; ngày mở sổ không được sau ngày đó.",
            en=f"There is an entry of {first}; the books must not begin after it.",
        )
