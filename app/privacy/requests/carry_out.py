"""Carry requests about personal data out: what is done differs with their kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.read_acts import ReadAct
from app.audit.reads.service import note_seen_whole
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import StaleVersion
from app.core.values.time import now
from app.models.people.consent import Consent
from app.models.people.data_request import DataRequest
from app.people.consents.service import select_consents, withdraw_consent
from app.people.members.queries import require_visible_member
from app.privacy.copy import PersonCopy, copy_person
from app.privacy.erasure import erase_member, find_erasure_obstacles
from app.privacy.requests import queries
from app.privacy.requests.errors import (
    NothingCorrected,
    WrongDataRequestKind,
    WrongDataRequestStatus,
    build_erasure_refusal,
)
from app.privacy.requests.rules import (
    REQUEST_TRANSITIONS,
    DataRequestAction,
    DataRequestKind,
    DataRequestStatus,
)
from app.privacy.requests.schemas import DataRequestDone
from app.privacy.requests.service import transition_request

_COPY_KINDS: Final = frozenset({DataRequestKind.ACCESS, DataRequestKind.COPY})
_COPY_STATUSES: Final = frozenset({DataRequestStatus.ACCEPTED, DataRequestStatus.DONE})


async def carry_out_request(
    db: AsyncSession, actor: Actor, request_id: UUID, version: int, body: DataRequestDone
) -> DataRequest:
    """Carry an accepted request out.

    Raises: NotFound, StaleVersion, WrongDataRequestStatus; NothingCorrected (correction), ErasureRefused (deletion).
    """
    row = await queries.require_request(db, actor, request_id, lock=True)
    if row.version != version:
        raise StaleVersion
    if DataRequestStatus(row.status) not in REQUEST_TRANSITIONS[DataRequestAction.CARRY_OUT].from_statuses:
        raise WrongDataRequestStatus(status=row.status)
    kind = DataRequestKind(row.kind)
    outcome = await _WORK_BY_KIND[kind](db, actor, row)
    # Once erased, not even the answer may say who it was.
    answer = None if kind is DataRequestKind.DELETION else body.answer
    values = {"done_at": now(), "done_by": actor.id, "answer": answer, "outcome": dict(outcome)}
    await transition_request(db, actor, row, version, DataRequestAction.CARRY_OUT, values)
    return row


async def read_copy(db: AsyncSession, actor: Actor, request_id: UUID) -> PersonCopy:
    """Read the copy that a request asked for, audited as seen whole.

    Raises: NotFound, WrongDataRequestKind, WrongDataRequestStatus before it is accepted.
    """
    row = await queries.require_request(db, actor, request_id)
    if row.kind not in _COPY_KINDS:
        raise WrongDataRequestKind
    if row.status not in _COPY_STATUSES:
        raise WrongDataRequestStatus(status=row.status)
    return await _copy(db, actor, row)


async def read_obstacles(db: AsyncSession, actor: Actor, request_id: UUID) -> list[str]:
    """Read what speaks against a deletion now, by its codes. Raises: NotFound, WrongDataRequestKind."""
    row = await queries.require_request(db, actor, request_id)
    if row.kind != DataRequestKind.DELETION:
        raise WrongDataRequestKind
    return await find_erasure_obstacles(db, row.member_id)


async def _copy(db: AsyncSession, actor: Actor, row: DataRequest) -> PersonCopy:
    member = await require_visible_member(db, actor, row.member_id)
    fields = {"exported": True, "request_id": str(row.id)}
    await note_seen_whole(db, actor, ReadAct.COPIED, member, None, fields)
    return await copy_person(db, row.member_id)


async def _hand_over(db: AsyncSession, actor: Actor, row: DataRequest) -> Mapping[str, Any]:
    """Hand the copy over: what it had of each table, in numbers."""
    copied = await _copy(db, actor, row)
    return {"rows": {name: len(table.rows) for name, table in copied.tables.items() if table.rows}}


async def _correct(db: AsyncSession, actor: Actor, row: DataRequest) -> Mapping[str, Any]:
    """Find that the record was corrected, by the ordinary edits of member and household."""
    if not await queries.was_corrected(db, actor, row.member_id, row.received_at):
        raise NothingCorrected
    return {"corrected": True}


async def _stop(db: AsyncSession, actor: Actor, row: DataRequest) -> Mapping[str, Any]:
    """Withdraw the consents that are objected to."""
    stmt = select_consents(actor, row.member_id).where(col(Consent.withdrawn_at).is_(None))
    if row.purposes:
        stmt = stmt.where(col(Consent.purpose).in_(row.purposes))
    consents = (await db.exec(stmt)).all()
    for consent in consents:
        await withdraw_consent(db, actor, row.member_id, consent.id)
    return {"withdrawn": sorted(consent.purpose for consent in consents)}


async def _erase(db: AsyncSession, actor: Actor, row: DataRequest) -> Mapping[str, Any]:
    """Erase the member, or refuse with each reason."""
    member = await require_visible_member(db, actor, row.member_id)
    obstacles = await erase_member(db, row.member_id)
    if obstacles:
        raise build_erasure_refusal(obstacles)
    db.expire_all()
    await db.refresh(row)
    await db.refresh(member)
    await record_event(db, actor, Event.MEMBER_ERASED, member, {"request_id": str(row.id)})
    return {"erased": True}


_Work = Callable[[AsyncSession, Actor, DataRequest], Awaitable[Mapping[str, Any]]]

_WORK_BY_KIND: Final[Mapping[DataRequestKind, _Work]] = {
    DataRequestKind.ACCESS: _hand_over,
    DataRequestKind.COPY: _hand_over,
    DataRequestKind.CORRECTION: _correct,
    DataRequestKind.OBJECTION: _stop,
    DataRequestKind.DELETION: _erase,
}
