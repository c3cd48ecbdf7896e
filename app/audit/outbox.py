"""The outbox (hộp tin đi): events for partners, announced in the transaction of the act itself, sent later by a job."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.bulk import rows_to_json
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7_text

_ANNOUNCE_ALL = """
insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id, subject_kind,
       subject_id, data)
select x.id, $2, x.network, x.organisation_id, x.province_code, x.commune_code, x.client_id, $3, x.subject_id, x.data
  from json_to_recordset($1::text::json) as x (id uuid, network text, organisation_id uuid, province_code text,
       commune_code text, client_id uuid, subject_id uuid, data jsonb)
 order by x.id
"""

_SUBJECT_COLUMNS = ("network", "organisation_id", "province_code", "commune_code", "client_id")


class Announcement(StrEnum):
    """The kind of an event in the outbox: a noun and what happened to it."""

    ENROLMENT_SUBMITTED = "enrolment.submitted"
    ENROLMENT_ACCEPTED = "enrolment.accepted"
    ENROLMENT_RETURNED = "enrolment.returned"
    ENROLMENT_REJECTED = "enrolment.rejected"
    ENROLMENT_WITHDRAWN = "enrolment.withdrawn"
    ENROLMENT_PAID = "enrolment.paid"
    ENROLMENT_ACTIVE = "enrolment.active"
    ENROLMENT_ENDED = "enrolment.ended"
    ENROLMENT_DUE = "enrolment.due"
    PREMIUM_PAYMENT_HELD = "premium_payment.held"
    PREMIUM_PAYMENT_POSTED = "premium_payment.posted"
    PREMIUM_PAYMENT_VOIDED = "premium_payment.voided"
    PREMIUM_PAYMENT_REFUNDED = "premium_payment.refunded"
    RULE_EXPIRING = "insurance_rule.expiring"
    JOB_FINISHED = "job.finished"
    EMERGENCY_REQUESTED = "emergency_access.requested"
    EMERGENCY_APPROVED = "emergency_access.approved"
    EMERGENCY_REFUSED = "emergency_access.refused"
    EMERGENCY_CANCELLED = "emergency_access.cancelled"
    EMERGENCY_ENDED = "emergency_access.ended"
    EMERGENCY_REVIEWED = "emergency_access.reviewed"
    EMERGENCY_OVERDUE = "emergency_access.overdue"


async def announce(db: AsyncSession, kind: Announcement, subject: Any, data: Mapping[str, Any]) -> None:
    """Announce an event about *subject* to partners.

    subject: a row with an id, a network, an organisation and, where it has them, a place and the partner system that
    sent it. data: chosen fields such as status, reference, dates and the codes of reasons; nothing that identifies a
    person.
    """
    subject_values = {name: getattr(subject, name, None) for name in ("id", *_SUBJECT_COLUMNS)}
    await announce_all(await get_driver(db), kind, [(subject_values, data)])


async def announce_all(
    driver: asyncpg.Connection,
    kind: Announcement,
    subjects: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Announce one kind of event about many subjects in one statement, on the transaction's driver connection.

    subjects: id, network, organisation_id and, where they have them, province_code, commune_code and client_id of
    each, with its data.
    """
    rows = [
        {
            "id": uuid7_text(),
            "subject_id": subject["id"],
            "data": data,
            **{name: subject.get(name) for name in _SUBJECT_COLUMNS},
        }
        for subject, data in subjects
    ]
    if rows:
        await driver.execute(_ANNOUNCE_ALL, rows_to_json(rows), kind.value, kind.value.partition(".")[0])


def announce_sql(kind: Announcement, source: str, data: str, first_argument: int) -> str:
    """Build the SQL that announces *kind* about every row of *source*, a CTE before it.

    The rows are announced as the actor's own. source: has id, province_code and commune_code. data: an SQL expression
    of type jsonb over its columns. first_argument: number of the first argument of the statement that is one of
    `app.audit.service.actor_arguments`.
    """
    subject = kind.value.partition(".")[0]
    return f"""
insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id, subject_kind,
       subject_id, data)
select new_id(), '{kind.value}', ${first_argument}::text, ${first_argument + 3}::uuid, province_code, commune_code,
       case when ${first_argument + 2}::text = 'client' then ${first_argument + 1}::uuid end, '{subject}', id, {data}
  from {source}
"""
