"""What is noted of rows that were taken in: in the audit, and in the outbox for partners."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from app.audit.events import Event
from app.audit.outbox import announce_all
from app.audit.service import record_all
from app.auth.actor import Actor
from app.core.time import first_day
from app.insurance.enrolment_batch_schemas import Verdict
from app.insurance.enrolment_life import ANNOUNCEMENTS, news_of
from app.insurance.enrolment_matching import Known
from app.insurance.enrolment_row import Row
from app.insurance.enrolment_rules import Status


async def note_rows(
    driver: asyncpg.Connection,
    actor: Actor,
    rows: Sequence[Row],
    entered: Iterable[Known],
    *,
    status: Status,
    batch_id: UUID | None,
) -> None:
    """Note who was entered in the register, and which enrolments were written or changed."""
    people = [_subject(one.id, one) for one in entered]
    nothing: list[dict[str, Any]] = [{}] * len(people)
    await record_all(driver, actor, Event.MEMBER_CREATED, zip(people, nothing, strict=True))
    created = [row for row in rows if row.verdict is Verdict.CREATED]
    about = [{"status": status, "product": row.data.product} for row in created]
    enrolments = [_subject(row.enrolment_id, row.unit) for row in created]
    await record_all(driver, actor, Event.ENROLMENT_CREATED, zip(enrolments, about, strict=True))
    updated = [row for row in rows if row.verdict is Verdict.UPDATED]
    changed = [_subject(row.enrolment_id, row.unit) for row in updated]
    how: list[dict[str, Any]] = [{"status": status, "batch_id": batch_id}] * len(updated)
    await record_all(driver, actor, Event.ENROLMENT_CHANGED, zip(changed, how, strict=True))
    if status in ANNOUNCEMENTS:
        news = [(_told(actor, row), news_of(status, _told_of(row))) for row in created + updated]
        await announce_all(driver, ANNOUNCEMENTS[status], news)


def _told(actor: Actor, row: Row) -> dict[str, Any]:
    """An enrolment as the outbox names it."""
    sender = actor.id if actor.kind == "client" else None
    own = {"network": actor.network, "organisation_id": actor.organisation_id}
    return _subject(row.enrolment_id, row.unit) | own | {"client_id": sender}


def _subject(subject_id: UUID | None, at_place: Any) -> dict[str, Any]:
    return {
        "id": subject_id,
        "province_code": at_place.province_code,
        "commune_code": at_place.commune_code,
    }


def _told_of(row: Row) -> dict[str, Any]:
    data = row.data
    return {
        "external_ref": data.external_ref,
        "product": data.product,
        "from_month": first_day(data.from_month),
    }
