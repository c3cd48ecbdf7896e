"""Payouts outside commission: list, read, record once, correct."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.campaigns.errors import AlreadyCorrected
from app.campaigns.payouts.schemas import PayoutFilter, PayoutIn, PayoutOut
from app.campaigns.records import (
    build_date_conditions,
    build_filter_conditions,
    create_record,
    find_corrections,
    is_uncorrected,
    ownership_columns,
    require_record,
    resolve_correctable,
)
from app.campaigns.references import resolve_campaign_id, resolve_party, resolve_record_place
from app.campaigns.shapes import check_correction, check_day_or_period
from app.core.errors import IdempotencyKeyReused, IdTaken, InvalidInput, register_constraint
from app.core.values.idempotency import hash_request, resolve_idempotency_key
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.campaigns.payout import Payout

_AUDITED_FIELDS = (
    "kind",
    "amount",
    "qualifier",
    "paid_on",
    "recipients",
    "campaign_id",
    "place_code",
    "corrects_id",
)
_COPIED_FIELDS = {
    "kind", "amount", "qualifier", "paid_on", "period_from", "period_to", "recipients", "recipient_kind", "purpose",
    "note", "correction_reason",
}  # fmt: skip
_LOCK_KEY = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")

register_constraint("payout_pkey", IdTaken)
register_constraint("uq_payout_key", IdempotencyKeyReused)
register_constraint("uq_payout_corrects", AlreadyCorrected)


async def list_payouts(
    db: AsyncSession, actor: Actor, filters: PayoutFilter, page: PageRequest
) -> Page[PayoutOut]:
    """List one page of payouts."""
    stmt = select_visible(actor, Payout, shared=True).where(
        *await build_filter_conditions(db, Payout, filters),
        *build_date_conditions(Payout, Payout.paid_on, filters),
    )
    if filters.kind is not None:
        stmt = stmt.where(Payout.kind == filters.kind)
    if not filters.corrected:
        stmt = stmt.where(is_uncorrected(Payout))
    rows, cursor = await fetch_page(db, stmt, columns=[col(Payout.id)], page=page)
    correction_ids = await find_corrections(db, Payout, rows)
    return Page(
        items=[PayoutOut.from_record(row, correction_ids.get(row.id)) for row in rows], next_cursor=cursor
    )


async def read_payout(db: AsyncSession, actor: Actor, payout_id: UUID) -> PayoutOut:
    """Read one payout. Raises: NotFound."""
    return await payout_to_response(db, await require_record(db, actor, Payout, payout_id))


async def payout_to_response(db: AsyncSession, row: Payout) -> PayoutOut:
    """Build the response for a payout, with the id of its correction."""
    return PayoutOut.from_record(row, (await find_corrections(db, Payout, [row])).get(row.id))


async def record_payout(
    db: AsyncSession, actor: Actor, body: PayoutIn, key: str | None
) -> tuple[Payout, bool]:
    """Record a payout once; the second value is True when the key recorded it earlier.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, InvalidInput, NotFound (campaign, payer, the corrected one),
    Forbidden, OutsideScope, AlreadyCorrected, IdTaken.
    """
    key = resolve_idempotency_key(key, body.id)
    digest = hash_request("payout", body.model_dump(mode="json"))
    existing = await _find_by_key(db, actor, key)
    if existing is not None:
        if existing.request_hash != digest:
            raise IdempotencyKeyReused
        return existing, True
    row = Payout(**await _build_columns(db, actor, body), client_key=key, request_hash=digest)
    event = Event.PAYOUT_MADE if row.corrects_id is None else Event.PAYOUT_CORRECTED
    return await create_record(db, actor, row, event, _AUDITED_FIELDS, None), False


async def _find_by_key(db: AsyncSession, actor: Actor, key: str) -> Payout | None:
    """Find the payout that this key recorded, after waiting for any other request with the same key."""
    lock_name = f"payout {actor.organisation_id} {key}"
    await (await db.connection()).execute(_LOCK_KEY, {"key": lock_name})
    stmt = select(Payout).where(Payout.organisation_id == actor.organisation_id, Payout.client_key == key)
    return (await db.exec(stmt)).first()


async def _build_columns(db: AsyncSession, actor: Actor, body: PayoutIn) -> dict[str, Any]:
    """Build the columns of a new payout, with its references resolved."""
    check_day_or_period(body.paid_on, body.period_from, body.period_to, "paid_on")
    check_correction(body.corrects_id, body.correction_reason)
    if body.amount == 0 and body.corrects_id is None:
        raise InvalidInput.at(
            "/amount",
            "nothing_paid",
            vi="Số tiền bằng 0 chỉ dùng để đính chính, thu hồi một khoản đã ghi.",
            en="0 is only for a correction that withdraws a payout.",
        )
    corrected = await resolve_correctable(db, actor, Payout, body.corrects_id)
    return {
        **ownership_columns(actor),
        **body.model_dump(include=_COPIED_FIELDS),
        **await resolve_record_place(db, actor, body.place_code, body.paid_on or body.period_to),
        "id": body.id or uuid7(),
        "printed": body.text,
        "campaign_id": await resolve_campaign_id(db, actor, body.campaign_id),
        **await resolve_party(db, actor, "payer", body.payer_id, body.payer_code, body.payer_name),
        "corrects_id": corrected.id if corrected else None,
    }
