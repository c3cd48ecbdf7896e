"""Consents of members: record for one purpose and text, list, withdraw."""

from typing import Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import NotFound
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import VIET_NAM, now
from app.models.people.consent import Consent
from app.models.people.member import Member
from app.people.consents.rules import Giver, allowed_givers
from app.people.consents.schemas import ConsentIn, ConsentOut
from app.people.errors import invalid_field
from app.people.members.queries import require_named_member, require_visible_member

_GIVER_TEXTS: Final = (
    "Dưới 7 tuổi: người giám hộ đồng ý; từ đủ 7 đến dưới 16 tuổi: cả trẻ và người giám hộ; sau đó: chính người đó.",
    "Under 7 the guardian agrees, from 7 to under 16 the child and the guardian, then the person.",
)
_GUARDIAN_TEXTS: Final = (
    "Ghi tên người giám hộ khi và chỉ khi người giám hộ đồng ý.",
    "Give the guardian's name if, and only if, a guardian consented.",
)
_FUTURE_TEXTS: Final = (
    "Thời điểm đồng ý nằm trong tương lai.",
    "The time of the consent is in the future.",
)


async def list_consents(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[ConsentOut]:
    """List a member's consents, withdrawn ones too, in the order of recording. Raises: NotFound."""
    await require_visible_member(db, actor, member_id)
    rows, cursor = await fetch_page(
        db, select_consents(actor, member_id), columns=[col(Consent.created_at), col(Consent.id)], page=page
    )
    return Page(items=[ConsentOut.from_record(row) for row in rows], next_cursor=cursor)


def select_consents(actor: Actor, member_id: UUID) -> SelectOfScalar[Consent]:
    """Select a member's consents within the actor's places."""
    return select_visible(actor, Consent).where(Consent.member_id == member_id)


async def record_consent(
    db: AsyncSession, actor: Actor, member_id: UUID, body: ConsentIn
) -> tuple[Consent, bool]:
    """Record a consent; the second value is False when the same one was recorded earlier.

    Raises: NotFound, MemberAnonymised, InvalidInput (giver, guardian, moment), ConsentStands, IdTaken.
    """
    member = await require_named_member(db, actor, member_id)
    _check_consent(member, body)
    row = Consent(
        **get_set_fields(body) | {"id": body.id or uuid7(), "given_at": body.given_at or now()},
        member_id=member.id,
        network=member.network,
        province_code=member.province_code,
        commune_code=member.commune_code,
        recorded_by=actor.id,
    )
    compared_fields = {"member_id", "purpose", "text_version", "method", "given_by", "guardian_name"}
    if body.given_at is not None:
        compared_fields.add("given_at")
    if body.id is not None and (existing := await find_existing(db, row, compared_fields)) is not None:
        return existing, False
    db.add(row)
    fields = {"purpose": body.purpose, "text_version": body.text_version, "given_by": body.given_by}
    await record_event(db, actor, Event.CONSENT_GIVEN, member, fields)
    await db.flush()
    return row, True


def _check_consent(member: Member, body: ConsentIn) -> None:
    given_at = body.given_at or now()
    if given_at > now():
        raise invalid_field("/given_at", "consent_in_future", _FUTURE_TEXTS)
    if body.given_by not in allowed_givers(member.birth_date, given_at.astimezone(VIET_NAM).date()):
        raise invalid_field("/given_by", "consent_giver", _GIVER_TEXTS)
    if (body.guardian_name is not None) != (body.given_by != Giver.SELF):
        raise invalid_field("/guardian_name", "consent_guardian", _GUARDIAN_TEXTS)


async def withdraw_consent(db: AsyncSession, actor: Actor, member_id: UUID, consent_id: UUID) -> Consent:
    """Withdraw a consent from now on; this cannot be undone. Raises: NotFound."""
    member = await require_visible_member(db, actor, member_id)
    stmt = select_consents(actor, member.id).where(Consent.id == consent_id).with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = now(), actor.id
        fields = {"purpose": row.purpose, "text_version": row.text_version}
        await record_event(db, actor, Event.CONSENT_WITHDRAWN, member, fields)
        await db.flush()
    return row
