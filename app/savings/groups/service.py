"""Groups (tổ, câu lạc bộ): list, create, and read their accounts."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import IdTaken, InvalidInput, NotFound, register_constraint
from app.core.postgres.creations import find_existing
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.time import today
from app.models.savings.group import Group
from app.people.references import require_member
from app.places.rules import Level
from app.savings.groups import queries
from app.savings.groups.errors import GroupCodeTaken
from app.savings.groups.schemas import (
    AccountsOut,
    BalanceOut,
    GroupFilter,
    GroupIn,
    GroupOut,
    MemberBalanceOut,
)
from app.savings.memberships.duties import sync_duties
from app.savings.memberships.service import build_membership, store_membership
from app.savings.naming import build_search_text, generate_code
from app.savings.references import DatedPlaceRef, resolve_owning_organisation, resolve_place_ref
from app.savings.savings_models.references import resolve_savings_model
from app.savings.visible_groups import find_group

_AUDITED_FIELDS = (
    "code", "kind", "model_id", "commune_code", "hamlet_code", "cycle", "meeting_day", "started_on", "ended_on",
)  # fmt: skip
_BODY_COLUMNS = (
    "kind",
    "name",
    "commune_code",
    "hamlet_code",
    "leader_id",
    "treasurer_id",
    "cycle",
    "meeting_day",
    "note",
)


register_constraint("uq_savings_group_code", GroupCodeTaken)
register_constraint("savings_group_pkey", IdTaken)


async def list_groups(
    db: AsyncSession, actor: Actor, filters: GroupFilter, page: PageRequest
) -> Page[GroupOut]:
    """List one page of groups."""
    rows, cursor = await queries.read_group_page(db, actor, filters, page)
    return Page(items=[GroupOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_group(db: AsyncSession, actor: Actor, group_id: UUID) -> Group:
    """Find one group. Raises: NotFound."""
    row = await find_group(db, actor, group_id)
    if row is None:
        raise NotFound
    return row


async def create_group(db: AsyncSession, actor: Actor, body: GroupIn) -> Group:
    """Create a group; the same body with the same id again returns the existing group.

    Its leader and treasurer join it on its first day. The database opens its accounts.
    Raises: InvalidInput, NotFound (model, organisation, leader, treasurer), OutsideScope, GroupCodeTaken, IdTaken.
    """
    row = await _build_group(db, actor, body)
    if body.id is not None:
        dated_columns = ["started_on"] if body.started_on else []
        existing = await find_existing(
            db, row, [*_BODY_COLUMNS, "code", "model_id", "organisation_id", *dated_columns]
        )
        if existing is not None:
            return existing
    db.add(row)
    await record_event(db, actor, Event.GROUP_CREATED, row, diff_fields({}, group_to_audit_fields(row)))
    await db.flush()
    for member_id in {row.leader_id, row.treasurer_id}:
        if member_id is not None:
            joined_on = row.started_on or today()
            await store_membership(db, actor, row, build_membership(row, member_id, joined_on))
    await sync_duties(db, actor, row)
    return row


async def _build_group(db: AsyncSession, actor: Actor, body: GroupIn) -> Group:
    """Build the group that a body describes, with its references resolved, not yet stored."""
    model = await resolve_savings_model(db, actor, body.model_id, body.model_code)
    organisation = await resolve_owning_organisation(db, actor, body.organisation_id, body.organisation_code)
    for name in ("leader_id", "treasurer_id"):
        if (member_id := getattr(body, name)) is not None:
            await require_member(db, actor, member_id, f"/{name}")
    row = Group(
        **{name: getattr(body, name) for name in _BODY_COLUMNS},
        id=body.id or uuid7(),
        code=body.code or "",
        network=actor.network,
        organisation_id=organisation.id,
        model_id=model.id if model else None,
        started_on=body.started_on or today(),
        province_code="",
    )
    row.province_code = (await resolve_commune(db, actor, row)).province_code or ""
    await check_hamlet(db, actor, row)
    row.code = row.code or generate_code(f"T-{row.commune_code}"[:50], row.id)
    row.search_name = build_search_text(row.name, row.code)
    return row


async def resolve_commune(db: AsyncSession, actor: Actor, row: Group) -> DatedPlaceRef:
    """Resolve the group's commune on its first day.

    Raises: InvalidInput when no commune had the code on that day; OutsideScope.
    """
    place_ref = await resolve_place_ref(
        db, actor, row.commune_code, row.started_on or today(), "/commune_code"
    )
    if place_ref.level is not Level.COMMUNE:
        raise InvalidInput.at(
            "/commune_code",
            "not_a_commune",
            vi="Mã này không phải của một xã, phường, thị trấn hoặc đặc khu.",
            en="This is not the code of a commune.",
        )
    return place_ref


async def check_hamlet(db: AsyncSession, actor: Actor, row: Group) -> None:
    """Refuse a hamlet or block outside the group's commune. Raises: InvalidInput, OutsideScope."""
    if row.hamlet_code is None:
        return
    place_ref = await resolve_place_ref(db, actor, row.hamlet_code, row.started_on or today(), "/hamlet_code")
    if place_ref.commune_code != row.commune_code or place_ref.level is Level.COMMUNE:
        raise InvalidInput.at(
            "/hamlet_code",
            "not_in_commune",
            vi="Thôn, ấp, tổ này không thuộc xã đã ghi.",
            en="This hamlet or block is not in the commune.",
        )


async def read_accounts(db: AsyncSession, actor: Actor, group_id: UUID, page: PageRequest) -> AccountsOut:
    """Read a group's accounts. The cash account mirrors the others, so the box holds minus its balance.

    Raises: NotFound.
    """
    group = await require_group(db, actor, group_id)
    sums = await queries.sum_accounts(db, actor, group.id)
    rows, cursor = await queries.read_member_accounts(db, actor, group.id, page)
    return AccountsOut(
        group_id=group.id,
        cash=-int(sums["cash"].posted),
        fund=_to_balance(sums.get("fund")),
        members=_to_balance(sums.get("member")),
        items=[
            MemberBalanceOut(**_to_balance(row).model_dump(), member_id=row.member_id)
            for row in rows
            if row.member_id is not None
        ],
        next_cursor=cursor,
    )


def _to_balance(account: Any | None) -> BalanceOut:
    """Build a balance from an account or from a sum of accounts; zero without one."""
    posted, held = (int(account.posted), int(account.held)) if account is not None else (0, 0)
    return BalanceOut(balance=posted, held=held, available=posted - held)


def group_to_audit_fields(row: Group) -> dict[str, Any]:
    """Return the fields of a group that the audit records: none that identifies a person."""
    return {
        **{name: getattr(row, name) for name in _AUDITED_FIELDS},
        "leader_named": row.leader_id is not None,
        "treasurer_named": row.treasurer_id is not None,
    }
