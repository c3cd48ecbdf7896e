"""Accepting many enrolments at once, as BHXH does with a list that it has checked (tiếp nhận cả danh sách)."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import announce_all
from app.audit.service import record_all
from app.auth.actor import Actor
from app.core.db import driver_of
from app.core.errors import NotFound
from app.insurance.eligibility_queries import Asked, read_findings
from app.insurance.eligibility_rules import errors
from app.insurance.enrolment_errors import EnrolmentStatus, NotEligible
from app.insurance.enrolment_life import ANNOUNCEMENTS, news_of
from app.insurance.enrolment_rules import STEPS, Action, Status
from app.savings.kinds import Product

# In the order of their ids, so that two lists with the same enrolments wait for one another.
_LOCK = """
select id, network, organisation_id, province_code, commune_code, client_id, status, external_ref, product, from_month,
       member_id, months
  from enrolment
 where id = any($1::uuid[]) order by id for no key update
"""

_ACCEPT = """
update enrolment set status = $2, decided_at = now(), decided_by = $3, reasons = '[]', updated_at = now(),
       version = version + 1
 where id = any($1::uuid[])
"""


async def accept_all(db: AsyncSession, actor: Actor, enrolment_ids: Collection[UUID]) -> None:
    """Accept submitted enrolments of the actor's places: all of them or none.

    Raises: NotFound when one of them is absent or not the actor's, EnrolmentStatus when one is not submitted,
    NotEligible when one is for somebody who may not be insured.
    """
    await db.flush()
    driver, ids, step = await driver_of(db), list(enrolment_ids), STEPS[Action.ACCEPT]
    rows = await driver.fetch(_LOCK, ids)
    if len(rows) != len(set(ids)):
        raise NotFound
    for row in rows:
        if Status(row["status"]) not in step.before:
            raise EnrolmentStatus(status=row["status"])
    asked = [
        Asked(row["member_id"], Product(row["product"]), row["from_month"], row["months"]) for row in rows
    ]
    if refused := [note for found in await read_findings(driver, asked) for note in errors(found)]:
        raise NotEligible(errors=refused)
    await driver.execute(_ACCEPT, ids, step.after, actor.id)
    fields = [{"from": row["status"], "reasons": []} for row in rows]
    await record_all(driver, actor, Event.ENROLMENT_ACCEPTED, zip(rows, fields, strict=True))
    news = [(row, news_of(step.after, row)) for row in rows]
    await announce_all(driver, ANNOUNCEMENTS[step.after], news)
