"""Emergency accesses (truy cập khẩn cấp): asked for by one, decided by a second, reviewed by a third."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.tokens import AccessTokens
from app.core.errors import InvalidInput, StaleVersion
from app.core.postgres.creations import find_existing
from app.core.postgres.database import get_driver, get_process_key
from app.core.values.ids import digest_session, uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now, today
from app.core.values.versions import apply_edit
from app.models.tenancy.emergency_access import EmergencyAccess
from app.places.queries import find_place_on
from app.places.rules import Level
from app.places.service import place_ref_of
from app.privacy.emergency import queries
from app.privacy.emergency.errors import AnotherPersonNeeded, NotWhoAsked, WrongEmergencyState
from app.privacy.emergency.rules import EmergencyState, EmergencyStatus, find_state
from app.privacy.emergency.schemas import (
    EmergencyAccessIn,
    EmergencyAccessOut,
    EmergencyFilter,
    EmergencyReview,
    EmergencyToken,
)

_COMPARED: Final = {"place_code", "reason_kind", "reason", "minutes", "requested_by"}
_START: Final = "select start_emergency_session($1, $2, $3, $4)"


async def list_accesses(
    db: AsyncSession, actor: Actor, filters: EmergencyFilter, page: PageRequest
) -> Page[EmergencyAccessOut]:
    """List one page of the accesses that the actor may see, the newest first."""
    stmt = queries.select_accesses(actor, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(EmergencyAccess.id)], page=page, descending=True)
    return Page(items=[EmergencyAccessOut.from_record(row) for row in rows], next_cursor=cursor)


async def request_access(
    db: AsyncSession, actor: Actor, body: EmergencyAccessIn
) -> tuple[EmergencyAccess, bool]:
    """Ask for an access; the second value is False when the same one was sent earlier.

    Raises: InvalidInput (no such place, or one that is theirs already), IdTaken.
    """
    province_code, commune_code = await _resolve_place(db, actor, body.place_code)
    provinces, communes = await queries.expand_place(db, body.place_code)
    row = EmergencyAccess(
        id=body.id or uuid7(),
        network=actor.network,
        organisation_id=actor.organisation_id,
        place_code=body.place_code,
        province_code=province_code,
        commune_code=commune_code,
        provinces=provinces,
        communes=communes,
        requested_by=actor.id,
        reason_kind=body.reason_kind.value,
        reason=body.reason,
        minutes=body.minutes,
    )
    if body.id is not None and (existing := await find_existing(db, row, _COMPARED)) is not None:
        return existing, False
    db.add(row)
    await db.flush()
    await _tell(db, actor, row, Event.EMERGENCY_REQUESTED, Announcement.EMERGENCY_REQUESTED)
    return row, True


async def _resolve_place(db: AsyncSession, actor: Actor, code: str) -> tuple[str, str | None]:
    place = await find_place_on(db, code, today())
    reference = place_ref_of(place) if place is not None else None
    if place is None or reference is None or place.level not in (Level.PROVINCE, Level.COMMUNE):
        raise InvalidInput.at(
            "/place_code",
            "place_unknown",
            vi="Hôm nay không có tỉnh, thành phố, xã, phường, đặc khu nào mang mã đã ghi.",
            en="No province or commune has this code today.",
        )
    if actor.covers(reference.province_code, reference.commune_code):
        raise InvalidInput.at(
            "/place_code",
            "place_covered",
            vi="Địa bàn này đã thuộc phạm vi của bạn, không cần truy cập khẩn cấp.",
            en="This place is yours already: no emergency access is needed.",
        )
    assert reference.province_code is not None  # noqa: S101 - of a province or a commune
    return reference.province_code, reference.commune_code


async def approve_access(
    db: AsyncSession, actor: Actor, access_id: UUID, version: int, note: str | None
) -> EmergencyAccess:
    """Approve an access as the second person; it begins now.

    Raises: NotFound, StaleVersion, AnotherPersonNeeded, WrongEmergencyState.
    """
    row = await _require_state(db, actor, access_id, version, EmergencyState.REQUESTED)
    return await _decide(db, actor, row, EmergencyStatus.APPROVED, note)


async def refuse_access(
    db: AsyncSession, actor: Actor, access_id: UUID, version: int, note: str | None
) -> EmergencyAccess:
    """Refuse an access as the second person.

    Raises: NotFound, StaleVersion, AnotherPersonNeeded, WrongEmergencyState.
    """
    row = await _require_state(db, actor, access_id, version, EmergencyState.REQUESTED, EmergencyState.LAPSED)
    return await _decide(db, actor, row, EmergencyStatus.REFUSED, note)


async def _decide(
    db: AsyncSession, actor: Actor, row: EmergencyAccess, status: EmergencyStatus, note: str | None
) -> EmergencyAccess:
    if row.requested_by == actor.id:
        raise AnotherPersonNeeded
    values = {"decided_at": now(), "decided_by": actor.id, "decision_note": note}
    return await _step(db, actor, row, status, values)


async def cancel_access(db: AsyncSession, actor: Actor, access_id: UUID, version: int) -> EmergencyAccess:
    """Cancel what the actor asked for. Raises: NotFound, StaleVersion, NotWhoAsked, WrongEmergencyState."""
    row = await _require_state(db, actor, access_id, version, EmergencyState.REQUESTED, EmergencyState.LAPSED)
    if row.requested_by != actor.id:
        raise NotWhoAsked
    return await _step(db, actor, row, EmergencyStatus.CANCELLED, {})


async def end_access(db: AsyncSession, actor: Actor, access_id: UUID, version: int) -> EmergencyAccess:
    """End an access before its time, at once: whoever sees it may.

    Raises: NotFound, StaleVersion, WrongEmergencyState.
    """
    row = await _require_state(db, actor, access_id, version, EmergencyState.ACTIVE)
    return await _step(db, actor, row, EmergencyStatus.ENDED, {"ended_by": actor.id})


async def review_access(
    db: AsyncSession, actor: Actor, access_id: UUID, version: int, body: EmergencyReview
) -> EmergencyAccess:
    """Review an access that is over.

    Raises: NotFound, StaleVersion, AnotherPersonNeeded, WrongEmergencyState.
    """
    row = await _require_state(db, actor, access_id, version, EmergencyState.OVER)
    if actor.id in (row.requested_by, row.decided_by):
        raise AnotherPersonNeeded
    values = {
        "reviewed_at": now(),
        "reviewed_by": actor.id,
        "review_outcome": body.outcome.value,
        "review_note": body.note,
    }
    return await _step(db, actor, row, EmergencyStatus(row.status), values, reviewed=True)


async def enter_access(
    db: AsyncSession, actor: Actor, access_id: UUID, tokens: AccessTokens
) -> EmergencyToken:
    """Start the session of an access that the actor asked for. Raises: NotFound, NotWhoAsked, WrongEmergencyState."""
    row = await queries.require_access(db, actor, access_id)
    if row.requested_by != actor.id:
        raise NotWhoAsked
    session_id = uuid7()
    ends_at = await (await get_driver(db)).fetchval(
        _START, get_process_key(db), session_id, actor.session_id, row.id
    )
    if ends_at is None:
        raise WrongEmergencyState(state=_state_of(row))
    await record_event(db, actor, Event.EMERGENCY_ENTERED, row, {"session": digest_session(session_id)})
    return EmergencyToken(
        access_token=await tokens.issue(session_id=session_id, subject=actor.id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=tokens.lifetime,
        ends_at=ends_at,
    )


async def _require_state(
    db: AsyncSession, actor: Actor, access_id: UUID, version: int, *states: EmergencyState
) -> EmergencyAccess:
    row = await queries.require_access(db, actor, access_id, lock=True)
    if row.version != version:
        raise StaleVersion
    if (state := _state_of(row)) not in states:
        raise WrongEmergencyState(state=state)
    return row


def _state_of(row: EmergencyAccess) -> EmergencyState:
    return find_state(row.status, row.decide_by, row.ends_at, row.reviewed_at, now())


_NEWS: Final[Mapping[EmergencyStatus, tuple[Event, Announcement]]] = {
    EmergencyStatus.APPROVED: (Event.EMERGENCY_APPROVED, Announcement.EMERGENCY_APPROVED),
    EmergencyStatus.REFUSED: (Event.EMERGENCY_REFUSED, Announcement.EMERGENCY_REFUSED),
    EmergencyStatus.CANCELLED: (Event.EMERGENCY_CANCELLED, Announcement.EMERGENCY_CANCELLED),
    EmergencyStatus.ENDED: (Event.EMERGENCY_ENDED, Announcement.EMERGENCY_ENDED),
}


async def _step(
    db: AsyncSession,
    actor: Actor,
    row: EmergencyAccess,
    status: EmergencyStatus,
    values: Mapping[str, Any],
    *,
    reviewed: bool = False,
) -> EmergencyAccess:
    """Take a step; the database checks it once more, and says when it was."""
    apply_edit(row, row.version, {"status": status.value, **values})
    await db.flush()
    await db.refresh(row)
    news = (Event.EMERGENCY_REVIEWED, Announcement.EMERGENCY_REVIEWED) if reviewed else _NEWS[status]
    await _tell(db, actor, row, *news)
    return row


async def _tell(
    db: AsyncSession, actor: Actor, row: EmergencyAccess, event: Event, announcement: Announcement
) -> None:
    """Write it into the audit of organisation and place, and tell their webhooks; without a word of the reason."""
    data = {
        "place_code": row.place_code,
        "requested_by": str(row.requested_by),
        "reason_kind": row.reason_kind,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        "review_outcome": row.review_outcome,
    }
    await record_event(db, actor, event, row, data)
    await announce(db, announcement, row, data)
