"""The transitions of an enrolment: status, audit event and announcement together, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.values.time import month_of, now
from app.core.values.versions import apply_edit
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.release import release_premiums
from app.insurance.enrolments.rules import TRANSITIONS, Action
from app.insurance.kinds import EnrolmentStatus
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
    """Apply an action to an enrolment that was read `FOR NO KEY UPDATE`; one that closes it frees what is held for it.

    values: further columns of the step: `reasons` of a decision or a withdrawal, `ended_on` and `ended_why` of the end;
    `paid_at` and the other times are now unless they are given.
    Raises: WrongEnrolmentStatus when the action is not possible in the present status.
    """
    check_transition(row, action)
    rule, old_status = TRANSITIONS[action], row.status
    apply_edit(
        row, row.version, {"status": rule.to_status.value, **_transition_columns(actor, action), **values}
    )
    event_fields: dict[str, Any] = {"from": old_status, "reasons": get_reason_codes(row)}
    if action is Action.END:
        event_fields |= {"ended_on": str(row.ended_on), "ended_why": row.ended_why}
    await record_event(db, actor, EVENT_BY_ACTION[action], row, event_fields)
    await db.flush()
    await announce_enrolment(db, row)
    if rule.frees_money:
        await release_premiums(db, actor, [row.id])


async def announce_enrolment(db: AsyncSession, row: Enrolment) -> None:
    """Announce the present status of an enrolment."""
    status = EnrolmentStatus(row.status)
    payload = build_announcement(
        status, {name: getattr(row, name) for name in ANNOUNCED_COLUMNS}, get_reason_codes(row)
    )
    if status is EnrolmentStatus.ENDED:
        payload |= {"ended_on": str(row.ended_on), "ended_why": row.ended_why}
    await announce(db, ANNOUNCEMENT_BY_STATUS[status], row, payload)


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
