"""The steps of an enrolment's life: status, audit event and announcement together, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce
from app.audit.service import record
from app.auth.actor import Actor
from app.core.time import month_of, now
from app.core.versions import apply_edit
from app.insurance.enrolment_errors import EnrolmentStatus
from app.insurance.enrolment_rules import STEPS, Action, Status
from app.models.enrolment import Enrolment

EVENTS: Final = {
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

ANNOUNCEMENTS: Final = {
    Status.SUBMITTED: Announcement.ENROLMENT_SUBMITTED,
    Status.ACCEPTED: Announcement.ENROLMENT_ACCEPTED,
    Status.RETURNED: Announcement.ENROLMENT_RETURNED,
    Status.REJECTED: Announcement.ENROLMENT_REJECTED,
    Status.WITHDRAWN: Announcement.ENROLMENT_WITHDRAWN,
    Status.PAID: Announcement.ENROLMENT_PAID,
    Status.ACTIVE: Announcement.ENROLMENT_ACTIVE,
    Status.ENDED: Announcement.ENROLMENT_ENDED,
}
"""What is told when an enrolment has come to a status; nothing of a draft."""


def check_step(row: Enrolment, action: Action) -> None:
    """Raises: EnrolmentStatus when the step does not lead on from where the enrolment stands."""
    if row.status not in STEPS[action].before:
        raise EnrolmentStatus(status=row.status)


async def take(db: AsyncSession, actor: Actor, row: Enrolment, action: Action, **values: Any) -> None:
    """Take an enrolment, read `FOR NO KEY UPDATE`, one step on.

    values: further columns of the step: `reasons` of a decision, `ended_on` and `ended_why` of the end; `paid_at` and
    its like are now unless they are told. Raises: EnrolmentStatus when the step does not lead on from where it stands.
    """
    check_step(row, action)
    step, before = STEPS[action], row.status
    apply_edit(row, row.version, {"status": step.after.value, **_stamps(actor, action), **values})
    fields: dict[str, Any] = {"from": before, "reasons": codes_of(row)}
    if action is Action.END:
        fields |= {"ended_on": str(row.ended_on), "ended_why": row.ended_why}
    await record(db, actor, EVENTS[action], row, fields)
    await db.flush()
    await tell(db, row)


async def tell(db: AsyncSession, row: Enrolment) -> None:
    """Announce where an enrolment stands now."""
    status = Status(row.status)
    news = news_of(status, {name: getattr(row, name) for name in TOLD}, codes_of(row))
    if status is Status.ENDED:
        news |= {"ended_on": str(row.ended_on), "ended_why": row.ended_why}
    await announce(db, ANNOUNCEMENTS[status], row, news)


TOLD: Final = ("external_ref", "product", "from_month")


def news_of(status: Status, row: Mapping[str, Any], reasons: Sequence[Any] = ()) -> dict[str, Any]:
    """What an announcement says about an enrolment. row: its columns `TOLD`; reasons: as `codes_of` gives them."""
    told = {"external_ref": row["external_ref"], "product": str(row["product"])}
    return {"status": str(status), **told, "from_month": month_of(row["from_month"]), "reasons": [*reasons]}


def codes_of(row: Enrolment) -> list[dict[str, str]]:
    """The reasons of BHXH's last decision without their words."""
    return [{"pointer": reason["pointer"], "code": reason["code"]} for reason in row.reasons]


def _stamps(actor: Actor, action: Action) -> dict[str, Any]:
    """What a step itself writes beside the status: when, and where it says so by whom."""
    at = now()
    if STEPS[action].decides:
        return {"decided_at": at, "decided_by": actor.id, "reasons": []}
    if action is Action.SUBMIT:
        submitted = {"submitted_at": at, "submitted_by": actor.id}
        return submitted | {"decided_at": None, "decided_by": None, "reasons": []}
    return {Action.PAY: {"paid_at": at}, Action.ACTIVATE: {"activated_at": at}}.get(action, {})
