"""Groups (tổ, câu lạc bộ): list, open, accounts."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.creations import made_before
from app.core.errors import DomainError, IdTaken, InvalidInput, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import today
from app.models.group import Group
from app.places.rules import Level
from app.savings import group_queries as queries
from app.savings.duties import show_duties
from app.savings.group_schemas import (
    AccountsOut,
    BalanceOut,
    GroupFilter,
    GroupIn,
    GroupOut,
    MemberBalanceOut,
)
from app.savings.membership_service import add_membership, new_membership
from app.savings.naming_rules import made_code, search_text
from app.savings.references import Seat, member_of, model_of, organisation_of, seat_on

_AUDITED = (
    "code", "kind", "model_id", "commune_code", "hamlet_code", "cycle", "meeting_day", "started_on", "ended_on",
)  # fmt: skip
_COLUMNS = (
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


class GroupCodeTaken(DomainError):
    """Another group of the network bears the code."""

    status, code = 409, "group_code_taken"
    vi = "Mã tổ này đã được dùng."
    en = "Another group bears this code."


register_constraint("uq_savings_group_code", GroupCodeTaken)
register_constraint("savings_group_pkey", IdTaken)


async def list_groups(
    db: AsyncSession, actor: Actor, wanted: GroupFilter, page: PageRequest
) -> Page[GroupOut]:
    """One page of groups."""
    rows, cursor = await queries.list_groups(db, actor, wanted, page)
    return Page(items=[GroupOut.of(row) for row in rows], next_cursor=cursor)


async def find_group(db: AsyncSession, actor: Actor, group_id: UUID) -> Group:
    """One group. Raises: NotFound."""
    row = await queries.read_group(db, actor, group_id)
    if row is None:
        raise NotFound
    return row


async def open_group(db: AsyncSession, actor: Actor, body: GroupIn) -> Group:
    """Open a group; the same body with the same id again gives the group that is there.

    Its leader and treasurer join it on its first day. The database opens its accounts.
    Raises: InvalidInput, NotFound (model, organisation, leader, treasurer), OutsideScope, GroupCodeTaken, IdTaken.
    """
    row = await _new_group(db, actor, body)
    if body.id is not None:
        dated = ["started_on"] if body.started_on else []
        before = await made_before(db, row, [*_COLUMNS, "code", "model_id", "organisation_id", *dated])
        if before is not None:
            return before
    db.add(row)
    await record(db, actor, Event.GROUP_CREATED, row, changes({}, audited(row)))
    await db.flush()
    for member_id in {row.leader_id, row.treasurer_id}:
        if member_id is not None:
            joined_on = row.started_on or today()
            await add_membership(db, actor, row, new_membership(row, member_id, joined_on))
    await show_duties(db, actor, row)
    return row


async def _new_group(db: AsyncSession, actor: Actor, body: GroupIn) -> Group:
    """The group that a body describes, all that it refers to found, not yet stored."""
    model = await model_of(db, actor, body.model_id, body.model_code)
    organisation = await organisation_of(db, actor, body.organisation_id, body.organisation_code)
    for name in ("leader_id", "treasurer_id"):
        if (member_id := getattr(body, name)) is not None:
            await member_of(db, actor, member_id, f"/{name}")
    row = Group(
        **{name: getattr(body, name) for name in _COLUMNS},
        id=body.id or uuid7(),
        code=body.code or "",
        network=actor.network,
        organisation_id=organisation.id,
        model_id=model.id if model else None,
        started_on=body.started_on or today(),
        province_code="",
    )
    row.province_code = (await commune_seat(db, actor, row)).province_code or ""
    await check_hamlet(db, actor, row)
    row.code = row.code or made_code(f"T-{row.commune_code}"[:50], row.id)
    row.search_name = search_text(row.name, row.code)
    return row


async def commune_seat(db: AsyncSession, actor: Actor, row: Group) -> Seat:
    """Where the group's commune lies on its first day.

    Raises: InvalidInput when no commune bore the code on that day; OutsideScope.
    """
    seat = await seat_on(db, actor, row.commune_code, row.started_on or today(), "/commune_code")
    if seat.level is not Level.COMMUNE:
        raise InvalidInput.at(
            "/commune_code",
            "not_a_commune",
            vi="Mã này không phải của một xã, phường, thị trấn hoặc đặc khu.",
            en="This code is not that of a commune.",
        )
    return seat


async def check_hamlet(db: AsyncSession, actor: Actor, row: Group) -> None:
    """Refuses a hamlet or block that does not lie in the group's commune. Raises: InvalidInput, OutsideScope."""
    if row.hamlet_code is None:
        return
    seat = await seat_on(db, actor, row.hamlet_code, row.started_on or today(), "/hamlet_code")
    if seat.commune_code != row.commune_code or seat.level is Level.COMMUNE:
        raise InvalidInput.at(
            "/hamlet_code",
            "not_in_commune",
            vi="Thôn, ấp, tổ này không thuộc xã đã ghi.",
            en="This hamlet or block does not lie in the commune.",
        )


async def read_accounts(db: AsyncSession, actor: Actor, group_id: UUID, page: PageRequest) -> AccountsOut:
    """What lies in the box and whose it is. The cash account mirrors the others, so the box holds minus its balance.

    Raises: NotFound.
    """
    group = await find_group(db, actor, group_id)
    sums = await queries.sum_accounts(db, actor, group.id)
    rows, cursor = await queries.list_member_accounts(db, actor, group.id, page)
    return AccountsOut(
        group_id=group.id,
        cash=-int(sums["cash"].posted),
        fund=_balance(sums.get("fund")),
        members=_balance(sums.get("member")),
        items=[
            MemberBalanceOut(**_balance(row).model_dump(), member_id=row.member_id)
            for row in rows
            if row.member_id is not None
        ],
        next_cursor=cursor,
    )


def _balance(account: Any | None) -> BalanceOut:
    """A balance from an account, or from a sum of accounts; of no account, nothing."""
    posted, held = (int(account.posted), int(account.held)) if account is not None else (0, 0)
    return BalanceOut(balance=posted, held=held, available=posted - held)


def audited(row: Group) -> dict[str, Any]:
    """The fields of a group that the audit keeps: nothing that names a person."""
    kept = {name: getattr(row, name) for name in _AUDITED}
    return {
        **kept,
        "leader_named": row.leader_id is not None,
        "treasurer_named": row.treasurer_id is not None,
    }
