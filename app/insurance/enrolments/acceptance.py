"""Accepts many enrolments at once, as BHXH does with a list that it has checked (tiếp nhận cả danh sách)."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import announce_all
from app.audit.service import record_events
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.postgres.database import get_driver
from app.insurance.eligibility.errors import NotEligible
from app.insurance.eligibility.queries import EligibilityQuery, read_findings
from app.insurance.eligibility.rules import SharingStep, filter_errors
from app.insurance.enrolments.errors import WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import ANNOUNCEMENT_BY_STATUS, build_announcement
from app.insurance.enrolments.numbers import check_numbers_settled
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


async def accept_enrolments(db: AsyncSession, actor: Actor, enrolment_ids: Collection[UUID]) -> None:
    """Accept submitted enrolments of the actor's places: all of them or none.

    Raises: NotFound when one of them is absent or not the actor's, WrongEnrolmentStatus when one is not submitted,
    NumberPairOpen when it is not settled whose one's number is, NotEligible when one is for somebody who may not be
    insured.
    """
    await db.flush()
    driver, ids, transition = await get_driver(db), list(enrolment_ids), TRANSITIONS[Action.ACCEPT]
    rows = await driver.fetch(_LOCK, ids)
    if len(rows) != len(set(ids)):
        raise NotFound
    for row in rows:
        if EnrolmentStatus(row["status"]) not in transition.from_statuses:
            raise WrongEnrolmentStatus(status=row["status"])
    await check_numbers_settled(db, {row["member_id"] for row in rows})
    queries = [
        EligibilityQuery(
            row["member_id"],
            Product(row["product"]),
            row["from_month"],
            row["months"],
            consented_on=row["consented_on"],
            step=SharingStep.DECISION,
        )
        for row in rows
    ]
    if reasons := [
        error for findings in await read_findings(driver, queries) for error in filter_errors(findings)
    ]:
        raise NotEligible(errors=reasons)
    await driver.execute(_ACCEPT, ids, transition.to_status, actor.id)
    event_fields = [{"from": row["status"], "reasons": []} for row in rows]
    await record_events(driver, actor, Event.ENROLMENT_ACCEPTED, zip(rows, event_fields, strict=True))
    announcements = [(row, build_announcement(transition.to_status, row)) for row in rows]
    await announce_all(driver, ANNOUNCEMENT_BY_STATUS[transition.to_status], announcements)
