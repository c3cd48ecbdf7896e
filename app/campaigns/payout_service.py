"""Payouts outside commission: list, read, pay once, correct."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.campaigns.payout_schemas import PayoutFilter, PayoutIn, PayoutOut
from app.campaigns.records import (
    AlreadyCorrected,
    chosen,
    correctable,
    corrections,
    find,
    happened,
    owned,
    store,
    uncorrected,
)
from app.campaigns.references import campaign_id_of, party_columns, place_columns
from app.campaigns.shapes import check_correction, check_when
from app.core.errors import IdempotencyKeyReused, IdTaken, InvalidInput, register_constraint
from app.core.hot import key_or_id
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.ledger.service import request_hash
from app.models.payout import Payout

_NOTED = ("kind", "amount", "qualifier", "paid_on", "recipients", "campaign_id", "place_code", "corrects_id")
_PLAIN = {
    "kind", "amount", "qualifier", "paid_on", "period_from", "period_to", "recipients", "recipient_kind", "purpose",
    "note", "correction_reason",
}  # fmt: skip
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")

register_constraint("payout_pkey", IdTaken)
register_constraint("uq_payout_key", IdempotencyKeyReused)
register_constraint("uq_payout_corrects", AlreadyCorrected)


async def list_payouts(
    db: AsyncSession, actor: Actor, wanted: PayoutFilter, page: PageRequest
) -> Page[PayoutOut]:
    """One page of payouts."""
    stmt = scoped(actor, Payout, shared=True).where(
        *await chosen(db, Payout, wanted), *happened(Payout, Payout.paid_on, wanted)
    )
    if wanted.kind is not None:
        stmt = stmt.where(Payout.kind == wanted.kind)
    if not wanted.corrected:
        stmt = stmt.where(uncorrected(Payout))
    rows, cursor = await paged(db, stmt, columns=[col(Payout.id)], page=page)
    corrected = await corrections(db, Payout, rows)
    return Page(items=[PayoutOut.of(row, corrected.get(row.id)) for row in rows], next_cursor=cursor)


async def read_payout(db: AsyncSession, actor: Actor, payout_id: UUID) -> PayoutOut:
    """One payout. Raises: NotFound."""
    return await shown(db, await find(db, actor, Payout, payout_id))


async def shown(db: AsyncSession, row: Payout) -> PayoutOut:
    """A payout with the id of its correction."""
    return PayoutOut.of(row, (await corrections(db, Payout, [row])).get(row.id))


async def pay(db: AsyncSession, actor: Actor, body: PayoutIn, key: str | None) -> tuple[Payout, bool]:
    """Record a payout once; True beside it when the key had recorded it before.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, InvalidInput, NotFound (campaign, payer, the corrected one),
    Forbidden, OutsideScope, AlreadyCorrected, IdTaken.
    """
    key = key_or_id(key, body.id)
    digest = request_hash("payout", body.model_dump(mode="json"))
    before = await _before(db, actor, key)
    if before is not None:
        if before.request_hash != digest:
            raise IdempotencyKeyReused
        return before, True
    row = Payout(**await _columns(db, actor, body), client_key=key, request_hash=digest)
    event = Event.PAYOUT_MADE if row.corrects_id is None else Event.PAYOUT_CORRECTED
    return await store(db, actor, row, event, _NOTED, None), False


async def _before(db: AsyncSession, actor: Actor, key: str) -> Payout | None:
    """What this key recorded before; another request with the same key is waited for."""
    lock = f"payout {actor.organisation_id} {key}"
    await (await db.connection()).execute(_ONE_AT_A_TIME, {"key": lock})
    stmt = select(Payout).where(Payout.organisation_id == actor.organisation_id, Payout.client_key == key)
    return (await db.exec(stmt)).first()


async def _columns(db: AsyncSession, actor: Actor, body: PayoutIn) -> dict[str, Any]:
    """The columns of a new payout, all that it refers to found."""
    check_when(body.paid_on, body.period_from, body.period_to, "paid_on")
    check_correction(body.corrects_id, body.correction_reason)
    if body.amount == 0 and body.corrects_id is None:
        raise InvalidInput.at(
            "/amount",
            "nothing_paid",
            vi="Số tiền bằng 0 chỉ dùng để đính chính, thu hồi một khoản đã ghi.",
            en="0 is only for a correction that takes a payout back.",
        )
    corrected = await correctable(db, actor, Payout, body.corrects_id)
    return {
        **owned(actor),
        **body.model_dump(include=_PLAIN),
        **await place_columns(db, actor, body.place_code, body.paid_on or body.period_to),
        "id": body.id or uuid7(),
        "printed": body.text,
        "campaign_id": await campaign_id_of(db, actor, body.campaign_id),
        **await party_columns(db, actor, "payer", body.payer_id, body.payer_code, body.payer_name),
        "corrects_id": corrected.id if corrected else None,
    }
