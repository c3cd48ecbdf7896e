"""Accepts many enrolments at once, as BHXH does with a list that it has checked (tiếp nhận cả danh sách)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import announce_all
from app.audit.service import record_events
from app.auth.actor import Actor
from app.core.errors import FieldError, NotFound
from app.core.postgres.database import get_driver
from app.insurance.eligibility.errors import NotEligible
from app.insurance.eligibility.queries import EligibilityQuery, read_findings
from app.insurance.eligibility.rules import SharingStep, filter_errors
from app.insurance.enrolments.errors import NumberPairOpen, WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import ANNOUNCEMENT_BY_STATUS, build_announcement
from app.insurance.enrolments.numbers import find_unsettled
from app.insurance.enrolments.rules import TRANSITIONS, Action
from app.insurance.kinds import EnrolmentStatus
from app.savings.kinds import Product

# In the order of their ids, so that two lists with the same enrolments wait for one another.
_LOCK = """
select id, network, organisation_id, province_code, commune_code, client_id, status, external_ref, product, from_month,
       member_id, months, consented_on
  from enrolment
 where id = any($1::uuid[]) order by id for no key update
"""

_ACCEPT = """
update enrolment set status = $2, decided_at = now(), decided_by = $3, reasons = '[]', updated_at = now(),
       version = version + 1
 where id = any($1::uuid[])
"""


async def accept_enrolments(db: AsyncSession, actor: Actor, enrolment_ids: Sequence[UUID]) -> None:
    """Accept submitted enrolments of the actor's places: all of them or none.

    Raises: NotFound when one of them is absent or not the actor's, WrongEnrolmentStatus when one is not submitted,
    NumberPairOpen when it is not settled whose one's number is, NotEligible when one is for somebody who may not be
    insured. `errors` of the last two name each enrolment by its place in the list: `/1`, `/1/product`.
    """
    await db.flush()
    driver, ids, transition = await get_driver(db), list(enrolment_ids), TRANSITIONS[Action.ACCEPT]
    rows = await driver.fetch(_LOCK, ids)
    if len(rows) != len(set(ids)):
        raise NotFound
    for row in rows:
        if EnrolmentStatus(row["status"]) not in transition.from_statuses:
            raise WrongEnrolmentStatus(status=row["status"])
    pointers = {enrolment_id: f"/{place}" for place, enrolment_id in enumerate(ids)}
    by_pointer = {pointers[row["id"]]: row for row in rows}
    await _check_settled(db, by_pointer)
    await _check_eligible(driver, by_pointer)
    await driver.execute(_ACCEPT, ids, transition.to_status, actor.id)
    event_fields = [{"from": row["status"], "reasons": []} for row in rows]
    await record_events(driver, actor, Event.ENROLMENT_ACCEPTED, zip(rows, event_fields, strict=True))
    announcements = [(row, build_announcement(transition.to_status, row)) for row in rows]
    await announce_all(driver, ANNOUNCEMENT_BY_STATUS[transition.to_status], announcements)


async def _check_settled(db: AsyncSession, by_pointer: Mapping[str, asyncpg.Record]) -> None:
    """Raises: NumberPairOpen."""
    unsettled = await find_unsettled(db, {row["member_id"] for row in by_pointer.values()})
    if open_pairs := [pointer for pointer, row in by_pointer.items() if row["member_id"] in unsettled]:
        texts = (NumberPairOpen.code, NumberPairOpen.vi, NumberPairOpen.en)
        raise NumberPairOpen(errors=[FieldError(pointer, *texts) for pointer in open_pairs])


async def _check_eligible(driver: asyncpg.Connection, by_pointer: Mapping[str, asyncpg.Record]) -> None:
    """Raises: NotEligible."""
    queries = [
        EligibilityQuery(
            row["member_id"],
            Product(row["product"]),
            row["from_month"],
            row["months"],
            consented_on=row["consented_on"],
            step=SharingStep.DECISION,
        )
        for row in by_pointer.values()
    ]
    findings_by_pointer = zip(by_pointer, await read_findings(driver, queries), strict=True)
    if reasons := [
        replace(error, pointer=pointer + error.pointer)
        for pointer, findings in findings_by_pointer
        for error in filter_errors(findings)
    ]:
        raise NotEligible(errors=reasons)
