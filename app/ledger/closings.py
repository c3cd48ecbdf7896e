"""Close the books (khóa sổ): no later entry can be dated in a closed period, and none is reopened."""

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
from app.ledger.schemas import ClosingIn, ClosingOut
from app.models.ledger import ClosedPeriod
from app.places.queries import find_place_on
from app.tenancy.errors import OutsideScope

# The writer holds this lock shared while it looks whether a period is closed (`check_day`).
_LOCK = text(
    "select pg_advisory_xact_lock(hashtext('ansinh.period'), hashtext(:network || ' ' || :province))"
)


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
    place = await find_place_on(db, body.province_code, today())
    if place is None or place.level != "province":
        raise InvalidInput.at(
            "/province_code",
            "unknown_province",
            vi="Không có tỉnh, thành phố nào hiện nay mang mã này.",
            en="No province has this code today.",
        )
    if not actor.covers(body.province_code, None):
        raise OutsideScope("/province_code")


def _to_response(row: ClosedPeriod) -> ClosingOut:
    return ClosingOut.model_validate(row, from_attributes=True)
