"""Requests about personal data: received, decided, extended, withdrawn, reopened; carried out elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import VIET_NAM, now, today
from app.core.values.versions import apply_edit
from app.models.people.data_request import DataRequest
from app.people.errors import invalid_field
from app.privacy.requests import queries
from app.privacy.requests.errors import AlreadyExtended, WrongDataRequestStatus
from app.privacy.requests.rules import (
    REQUEST_TRANSITIONS,
    DataRequestAction,
    DataRequestKind,
    DataRequestStatus,
    Requester,
    compute_due_on,
    compute_extended_due_on,
    compute_respond_by,
)
from app.privacy.requests.schemas import (
    DataRequestFilter,
    DataRequestIn,
    DataRequestOut,
    DataRequestReason,
    DataRequestRefusal,
)

_EVENT_BY_ACTION: Final = {
    DataRequestAction.ACCEPT: Event.DATA_REQUEST_ACCEPTED,
    DataRequestAction.EXTEND: Event.DATA_REQUEST_EXTENDED,
    DataRequestAction.CARRY_OUT: Event.DATA_REQUEST_DONE,
    DataRequestAction.REFUSE: Event.DATA_REQUEST_REFUSED,
    DataRequestAction.WITHDRAW: Event.DATA_REQUEST_WITHDRAWN,
    DataRequestAction.REOPEN: Event.DATA_REQUEST_REOPENED,
}
_REQUESTER_TEXTS: Final = (
    "Ghi tên người yêu cầu khi và chỉ khi người giám hộ hoặc người đại diện yêu cầu.",
    "Give the requester's name if, and only if, a guardian or representative asks.",
)
_FUTURE_TEXTS: Final = ("Thời điểm nhận nằm trong tương lai.", "The time of receipt is in the future.")
_PURPOSES_TEXTS: Final = (
    "Mục đích chỉ ghi khi phản đối hoặc rút lại sự đồng ý.",
    "Purposes are named with an objection only.",
)


async def list_requests(
    db: AsyncSession, actor: Actor, filters: DataRequestFilter, page: PageRequest
) -> Page[DataRequestOut]:
    """List one page of the requests that the actor may see, the newest first."""
    stmt = queries.select_requests(actor, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(DataRequest.id)], page=page, descending=True)
    return Page(items=[DataRequestOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_request(db: AsyncSession, actor: Actor, request_id: UUID) -> DataRequest:
    """Read one request. Raises: NotFound."""
    return await queries.require_request(db, actor, request_id)


async def receive_request(db: AsyncSession, actor: Actor, body: DataRequestIn) -> tuple[DataRequest, bool]:
    """Write down a request; the second value is False when the same one was sent earlier.

    Raises: NotFound (member), InvalidInput (requester, purposes, moment), DataRequestOpen, IdTaken.
    """
    member = await queries.require_subject(db, actor, body.member_id)
    received_at = body.received_at or now()
    _check_request(body, received_at)
    received_on = received_at.astimezone(VIET_NAM).date()
    fields = get_set_fields(body) | {"purposes": sorted(set(body.purposes))}
    row = DataRequest(
        **fields | {"id": body.id or uuid7(), "received_at": received_at},
        network=member.network,
        organisation_id=actor.organisation_id,
        province_code=member.province_code,
        commune_code=member.commune_code,
        respond_by=compute_respond_by(received_on),
        due_on=compute_due_on(body.kind, received_on),
        created_by=actor.id,
    )
    compared = {"member_id", "kind", "requester", "requester_name", "identity_check", "details", "purposes"}
    if body.id is not None and (existing := await find_existing(db, row, compared)) is not None:
        return existing, False
    db.add(row)
    await record_event(db, actor, Event.DATA_REQUEST_RECEIVED, row, _event_fields(row))
    await db.flush()
    return row, True


def _check_request(body: DataRequestIn, received_at: datetime) -> None:
    if (body.requester_name is not None) != (body.requester is not Requester.SELF):
        raise invalid_field("/requester_name", "requester_name", _REQUESTER_TEXTS)
    if body.purposes and body.kind is not DataRequestKind.OBJECTION:
        raise invalid_field("/purposes", "purposes_of_objection", _PURPOSES_TEXTS)
    if received_at > now():
        raise invalid_field("/received_at", "received_in_future", _FUTURE_TEXTS)


async def accept_request(db: AsyncSession, actor: Actor, request_id: UUID, version: int) -> DataRequest:
    """Accept a request: who asks is known, and it will be carried out.

    Raises: NotFound, StaleVersion, WrongDataRequestStatus.
    """
    return await _decide(db, actor, request_id, version, DataRequestAction.ACCEPT, {})


async def extend_request(
    db: AsyncSession, actor: Actor, request_id: UUID, version: int, body: DataRequestReason
) -> DataRequest:
    """Extend the deadline, once. Raises: NotFound, StaleVersion, WrongDataRequestStatus, AlreadyExtended."""
    row = await queries.require_request(db, actor, request_id, lock=True)
    if row.extended_at is not None:
        raise AlreadyExtended
    due_on = compute_extended_due_on(DataRequestKind(row.kind), row.due_on)
    values = {"extended_at": now(), "extension_reason": body.reason, "due_on": due_on}
    await transition_request(db, actor, row, version, DataRequestAction.EXTEND, values)
    return row


async def refuse_request(
    db: AsyncSession, actor: Actor, request_id: UUID, version: int, body: DataRequestRefusal
) -> DataRequest:
    """Refuse a request with a reason. Raises: NotFound, StaleVersion, WrongDataRequestStatus."""
    values = {"refusal_code": body.code.value, "answer": body.answer}
    return await _decide(db, actor, request_id, version, DataRequestAction.REFUSE, values)


async def withdraw_request(db: AsyncSession, actor: Actor, request_id: UUID, version: int) -> DataRequest:
    """Withdraw a request: the person does not want it any more.

    Raises: NotFound, StaleVersion, WrongDataRequestStatus.
    """
    return await _decide(db, actor, request_id, version, DataRequestAction.WITHDRAW, {})


async def reopen_request(db: AsyncSession, actor: Actor, request_id: UUID, version: int) -> DataRequest:
    """Reopen a refused request, as after a complaint: its days begin anew, today.

    Raises: NotFound, StaleVersion, WrongDataRequestStatus, DataRequestOpen.
    """
    row = await queries.require_request(db, actor, request_id, lock=True)
    values = {
        "refusal_code": None,
        "answer": None,
        "decided_at": None,
        "decided_by": None,
        "extended_at": None,
        "extension_reason": None,
        "respond_by": compute_respond_by(today()),
        "due_on": compute_due_on(DataRequestKind(row.kind), today()),
    }
    await transition_request(db, actor, row, version, DataRequestAction.REOPEN, values)
    return row


async def transition_request(
    db: AsyncSession,
    actor: Actor,
    row: DataRequest,
    version: int,
    action: DataRequestAction,
    values: Mapping[str, Any],
) -> None:
    """Apply an action to a locked request, with further columns. Raises: StaleVersion, WrongDataRequestStatus."""
    rule = REQUEST_TRANSITIONS[action]
    if row.version == version and DataRequestStatus(row.status) not in rule.from_statuses:
        raise WrongDataRequestStatus(status=row.status)
    apply_edit(row, version, {"status": rule.to_status.value, **values})
    await record_event(db, actor, _EVENT_BY_ACTION[action], row, _event_fields(row))
    await db.flush()


async def _decide(
    db: AsyncSession,
    actor: Actor,
    request_id: UUID,
    version: int,
    action: DataRequestAction,
    values: Mapping[str, Any],
) -> DataRequest:
    row = await queries.require_request(db, actor, request_id, lock=True)
    decided = {"decided_at": now(), "decided_by": actor.id}
    await transition_request(db, actor, row, version, action, {**decided, **values})
    return row


def _event_fields(row: DataRequest) -> dict[str, Any]:
    """The chosen fields of a request's events: no word of the person's."""
    fields = {
        "member_id": str(row.member_id),
        "kind": row.kind,
        "status": row.status,
        "due_on": str(row.due_on),
    }
    return fields | ({"refusal_code": row.refusal_code} if row.refusal_code else {})
