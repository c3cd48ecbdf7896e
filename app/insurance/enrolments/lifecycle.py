"""The transitions of an enrolment: status, audit event and announcement together, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce_all
from app.audit.service import record_events
from app.auth.actor import Actor
from app.core.postgres.database import get_driver
from app.core.values.time import month_of, now
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.release import release_premiums
from app.insurance.enrolments.rules import TRANSITIONS, Action
from app.insurance.kinds import EnrolmentStatus
from app.insurance.queries import any_of
from app.models.insurance.enrolment import Enrolment

EVENT_BY_ACTION: Final = {
    Action.SUBMIT: Event.ENROLMENT_SUBMITTED,
    Action.ACCEPT: Event.ENROLMENT_ACCEPTED,
    Action.RETURN: Event.ENROLMENT_RETURNED,
    Action.REJECT: Event.ENROLMENT_REJECTED,
    Action.WITHDRAW: Event.ENROLMENT_WITHDRAWN,
    Action.PAY: Event.ENROLMENT_PAID,
    Action.ACTIVATE: Event.ENROLMENT_ACTIVE,
    Action.END: Event.ENROLMENT_ENDED,
    Action.MERGE: Event.ENROLMENT_REJECTED,
}

ANNOUNCEMENT_BY_STATUS: Final = {
    EnrolmentStatus.SUBMITTED: Announcement.ENROLMENT_SUBMITTED,
    EnrolmentStatus.ACCEPTED: Announcement.ENROLMENT_ACCEPTED,
    EnrolmentStatus.RETURNED: Announcement.ENROLMENT_RETURNED,
    EnrolmentStatus.REJECTED: Announcement.ENROLMENT_REJECTED,
    EnrolmentStatus.WITHDRAWN: Announcement.ENROLMENT_WITHDRAWN,
    EnrolmentStatus.PAID: Announcement.ENROLMENT_PAID,
    EnrolmentStatus.ACTIVE: Announcement.ENROLMENT_ACTIVE,
    EnrolmentStatus.ENDED: Announcement.ENROLMENT_ENDED,
}
"""The announcement for each status that an enrolment comes to; a draft is not announced."""


def check_transition(row: Enrolment, action: Action) -> None:
    """Check that an action is possible in the present status. Raises: WrongEnrolmentStatus."""
    if row.status not in TRANSITIONS[action].from_statuses:
        raise WrongEnrolmentStatus(status=row.status)


async def transition(db: AsyncSession, actor: Actor, row: Enrolment, action: Action, **values: Any) -> None:
    """Apply an action to one enrolment: `transition_all` of one."""
    await transition_all(db, actor, [row], action, **values)


async def transition_all(
    db: AsyncSession, actor: Actor, rows: Sequence[Enrolment], action: Action, **values: Any
) -> None:
    """Apply an action to enrolments that were read `FOR NO KEY UPDATE`, in one statement for all, as are its events
    and announcements; one that closes them frees what is held for them.

    values: further columns of the step, the same for all: `reasons` of a decision or a withdrawal, `ended_on` and
    `ended_why` of the end; `paid_at` and the other times are now unless they are given.
    Raises: WrongEnrolmentStatus when the action is not possible in the present status of one.
    """
    for row in rows:
        check_transition(row, action)
    await db.flush()
    old_statuses = {row.id: row.status for row in rows}
    columns = {"status": TRANSITIONS[action].to_status.value, **_transition_columns(actor, action), **values}
    stmt = (
        update(Enrolment)
        .where(col(Enrolment.id) == any_of(old_statuses))
        .values(**columns, updated_at=now(), version=col(Enrolment.version) + 1)
        .returning(Enrolment)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    changed = (await db.execute(stmt)).scalars().all()
    driver = await get_driver(db)
    fields = [{"from": old_statuses[row.id], **_describe_step(row, action)} for row in changed]
    events = zip(map(_to_subject, changed), fields, strict=True)
    await record_events(driver, actor, EVENT_BY_ACTION[action], events)
    await announce_enrolments(db, changed)
    if TRANSITIONS[action].frees_money:
        await release_premiums(db, actor, list(old_statuses))


def _describe_step(row: Enrolment, action: Action) -> dict[str, Any]:
    """What the audit says of a step beside the status from which it was taken."""
    end = {"ended_on": str(row.ended_on), "ended_why": row.ended_why} if action is Action.END else {}
    return {"reasons": get_reason_codes(row), **end}


async def announce_enrolments(db: AsyncSession, rows: Sequence[Enrolment]) -> None:
    """Announce the present status of enrolments, which is the same of all."""
    payloads = [(_to_subject(row), _build_payload(row)) for row in rows]
    if rows:
        kind = ANNOUNCEMENT_BY_STATUS[EnrolmentStatus(rows[0].status)]
        await announce_all(await get_driver(db), kind, payloads)


def _build_payload(row: Enrolment) -> dict[str, Any]:
    status = EnrolmentStatus(row.status)
    columns = {name: getattr(row, name) for name in ANNOUNCED_COLUMNS}
    payload = build_announcement(status, columns, get_reason_codes(row))
    if status is EnrolmentStatus.ENDED:
        payload |= {"ended_on": str(row.ended_on), "ended_why": row.ended_why}
    return payload


def _to_subject(row: Enrolment) -> dict[str, Any]:
    """The columns by which an event or an announcement names an enrolment."""
    return {name: getattr(row, name) for name in _SUBJECT_COLUMNS}


_SUBJECT_COLUMNS: Final = (
    "id", "network", "organisation_id", "province_code", "commune_code", "client_id",
)  # fmt: skip
ANNOUNCED_COLUMNS: Final = ("external_ref", "product", "from_month")


def build_announcement(
    status: EnrolmentStatus, row: Mapping[str, Any], reasons: Sequence[Any] = ()
) -> dict[str, Any]:
    """Build the payload of an announcement. row: its `ANNOUNCED_COLUMNS`; reasons: as `get_reason_codes` gives them."""
    columns = {"external_ref": row["external_ref"], "product": str(row["product"])}
    return {
        "status": str(status),
        **columns,
        "from_month": month_of(row["from_month"]),
        "reasons": [*reasons],
    }


def get_reason_codes(row: Enrolment) -> list[dict[str, str]]:
    """The reasons of the last decision, or of the withdrawal, without their texts."""
    return [{"pointer": reason["pointer"], "code": reason["code"]} for reason in row.reasons]


def _transition_columns(actor: Actor, action: Action) -> dict[str, Any]:
    """The columns that an action sets besides the status: when, and for some of them by whom."""
    timestamp = now()
    if TRANSITIONS[action].is_decision:
        return {"decided_at": timestamp, "decided_by": actor.id, "reasons": []}
    if action is Action.SUBMIT:
        submitted = {"submitted_at": timestamp, "submitted_by": actor.id}
        return submitted | {"decided_at": None, "decided_by": None, "reasons": []}
    return {Action.PAY: {"paid_at": timestamp}, Action.ACTIVATE: {"activated_at": timestamp}}.get(action, {})
