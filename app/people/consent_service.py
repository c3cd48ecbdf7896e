"""Consents of members: given for one purpose and text, listed, withdrawn."""

from typing import Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.bodies import given
from app.core.creations import made_before
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import VIET_NAM, now
from app.models.consent import Consent
from app.models.member import Member
from app.people.consent_rules import Giver, givers_for
from app.people.consent_schemas import ConsentIn, ConsentOut
from app.people.errors import wrong
from app.people.member_queries import find_member

_GIVER: Final = (
    "Dưới 7 tuổi: người giám hộ đồng ý; từ đủ 7 đến dưới 16 tuổi: cả trẻ và người giám hộ; sau đó: chính người đó.",
    "Under 7 the guardian agrees, from 7 to under 16 the child and the guardian, then the person.",
)
_GUARDIAN: Final = (
    "Ghi tên người giám hộ khi và chỉ khi người giám hộ đồng ý.",
    "Name the guardian if, and only if, a guardian agreed.",
)
_FUTURE: Final = ("Thời điểm đồng ý nằm trong tương lai.", "The moment of the consent lies in the future.")


async def list_consents(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[ConsentOut]:
    """A member's consents, standing and withdrawn, in the order of recording. Raises: NotFound."""
    await find_member(db, actor, member_id)
    rows, cursor = await paged(
        db, consents_of(actor, member_id), columns=[col(Consent.created_at), col(Consent.id)], page=page
    )
    return Page(items=[ConsentOut.of(row) for row in rows], next_cursor=cursor)


def consents_of(actor: Actor, member_id: UUID) -> SelectOfScalar[Consent]:
    """A member's consents within the actor's places."""
    return scoped(actor, Consent).where(Consent.member_id == member_id)


async def give_consent(
    db: AsyncSession, actor: Actor, member_id: UUID, body: ConsentIn
) -> tuple[Consent, bool]:
    """Record a consent; False when this very one was recorded before.

    Raises: NotFound, InvalidInput (giver, guardian, moment), ConsentStands, IdTaken.
    """
    member = await find_member(db, actor, member_id)
    _check(member, body)
    row = Consent(
        **given(body) | {"id": body.id or uuid7(), "given_at": body.given_at or now()},
        member_id=member.id,
        network=member.network,
        province_code=member.province_code,
        commune_code=member.commune_code,
        recorded_by=actor.id,
    )
    compared = {"member_id", "purpose", "text_version", "method", "given_by", "guardian_name"}
    if body.given_at is not None:
        compared.add("given_at")
    if body.id is not None and (before := await made_before(db, row, compared)) is not None:
        return before, False
    db.add(row)
    fields = {"purpose": body.purpose, "text_version": body.text_version, "given_by": body.given_by}
    await record(db, actor, Event.CONSENT_GIVEN, member, fields)
    await db.flush()
    return row, True


def _check(member: Member, body: ConsentIn) -> None:
    given_at = body.given_at or now()
    if given_at > now():
        raise wrong("/given_at", "consent_in_future", _FUTURE)
    if body.given_by not in givers_for(member.birth_date, given_at.astimezone(VIET_NAM).date()):
        raise wrong("/given_by", "consent_giver", _GIVER)
    if (body.guardian_name is not None) != (body.given_by != Giver.SELF):
        raise wrong("/guardian_name", "consent_guardian", _GUARDIAN)


async def withdraw_consent(db: AsyncSession, actor: Actor, member_id: UUID, consent_id: UUID) -> Consent:
    """Take a consent back, from now on; once withdrawn it stays so. Raises: NotFound."""
    member = await find_member(db, actor, member_id)
    stmt = consents_of(actor, member.id).where(Consent.id == consent_id).with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = now(), actor.id
        fields = {"purpose": row.purpose, "text_version": row.text_version}
        await record(db, actor, Event.CONSENT_WITHDRAWN, member, fields)
        await db.flush()
    return row
