"""Frees the money that is held for enrolments (giải phóng tiền tạm giữ): when they are closed or their terms change."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.outbox import Announcement, announce_all
from app.audit.service import record_events
from app.auth.actor import Actor
from app.auth.permissions import Permission, roles_with, scopes_with
from app.core.postgres.database import get_driver
from app.core.values.time import month_of

_RELEASE: Final = "select * from release_premiums($1, $2::text[], $3::text[], $4::uuid[])"
_PERMISSIONS: Final = (Permission.ENROLMENT_SUBMIT, Permission.ENROLMENT_DECIDE, Permission.PREMIUM_RECORD)
"""Who closes an enrolment, corrects it or records its money frees what is held for it."""
_ROLES: Final = sorted({role for each in _PERMISSIONS for role in roles_with(each)})
_SCOPES: Final = sorted({scope for each in _PERMISSIONS for scope in scopes_with(each)})


async def release_premiums(db: AsyncSession, actor: Actor, enrolment_ids: Collection[UUID]) -> None:
    """Void the held payments of enrolments that the caller has locked, with audit and announcements, in sets.

    Savings are available again, a gift stays in the group's fund; what was posted stays as it is. Payments of the
    session that it voids must be read again.
    """
    await db.flush()
    await release_in_driver(await get_driver(db), actor, enrolment_ids)


async def release_in_driver(
    driver: asyncpg.Connection, actor: Actor, enrolment_ids: Collection[UUID]
) -> None:
    """`release_premiums` on the driver's connection of the transaction."""
    if not enrolment_ids:
        return
    rows = await driver.fetch(_RELEASE, actor.session_id, _ROLES, _SCOPES, list(enrolment_ids))
    told = [
        {
            "status": "voided",
            "enrolment_id": str(row["enrolment_id"]),
            "product": row["product"],
            "amount_due": row["amount_due"],
            "participant_pays": row["participant_pays"],
            "payment_date": None,
        }
        for row in rows
    ]
    await record_events(driver, actor, Event.PREMIUM_PAYMENT_VOIDED, zip(rows, told, strict=True))
    months = [{"from_month": month_of(row["from_month"])} for row in rows]
    announced = [(row, data | month) for row, data, month in zip(rows, told, months, strict=True)]
    await announce_all(driver, Announcement.PREMIUM_PAYMENT_VOIDED, announced)
