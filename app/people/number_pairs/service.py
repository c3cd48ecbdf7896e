"""Pairs of members with one number: whoever sees both says whose it is. No record is merged with another."""

from types import SimpleNamespace
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.values.paging import Page, PageRequest
from app.core.values.references import reference_not_found
from app.models.people.member import Member
from app.people.kinds import NumberStatus
from app.people.members.edit import apply_member_changes
from app.people.members.numbers import confirm_distinct, confirm_numbers, set_pending
from app.people.number_pairs import queries
from app.people.number_pairs.errors import NotAPair
from app.people.number_pairs.schemas import (
    IdentityNumber,
    NumberPair,
    PairOutcome,
    PairSide,
    SettledPair,
    SettleIn,
)

_SAME_TEXTS: Final = {"vi": "Hai hội viên phải khác nhau.", "en": "Give two members."}


async def list_pairs(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[NumberPair]:
    """List one page of the pairs of which the actor sees both members."""
    pairs, cursor = await queries.read_pairs(db, actor, page)
    return Page(items=pairs, next_cursor=cursor)


async def settle_pair(db: AsyncSession, actor: Actor, body: SettleIn) -> SettledPair:
    """Settle whose the number of two members is.

    The other's record keeps its places, groups, enrolments and accounts; only the number goes, and its keeper reads
    that it is to be checked, in words that name nobody. Raises: InvalidInput, NotFound, NotAPair.
    """
    if body.keep == body.other:
        raise InvalidInput.at("/other", "same_as_keep", **_SAME_TEXTS)
    members = await queries.lock_members(db, actor, (body.keep, body.other))
    for pointer, member_id in (("/keep", body.keep), ("/other", body.other)):
        if member_id not in members:
            raise reference_not_found(pointer)
    keep, other = members[body.keep], members[body.other]
    shared = _find_open_numbers(keep, other)
    if not shared:
        raise NotAPair
    if body.outcome is PairOutcome.DISTINCT:
        _set_distinct(keep, other)
    else:
        await _take_out(db, actor, other, shared)
    for row in (keep, other):
        await _record_settlement(db, actor, row, body.outcome)
    await db.flush()
    for row in (keep, other):
        await confirm_numbers(db, [row.id])
    await confirm_distinct(db, keep.id)
    for row in (keep, other):
        await db.refresh(row)
    is_distinct = body.outcome is PairOutcome.DISTINCT
    return SettledPair(
        outcome=body.outcome,
        keep=PairSide.from_columns(keep.model_dump(), NumberStatus.CONFIRMED),
        other=PairSide.from_columns(
            other.model_dump(), NumberStatus.DISTINCT if is_distinct else NumberStatus.CONFIRMED
        ),
    )


def _find_open_numbers(one: Member, other: Member) -> list[IdentityNumber]:
    """The numbers that two members of a network share, while one of the two is pending and they are not distinct."""
    distinct = str(one.id) in other.number_distinct_from and str(other.id) in one.number_distinct_from
    if (
        distinct
        or one.network != other.network
        or NumberStatus.PENDING not in (one.number_status, other.number_status)
    ):
        return []
    return [
        number
        for number in IdentityNumber
        if getattr(one, number) and getattr(one, number) == getattr(other, number)
    ]


def _set_distinct(one: Member, other: Member) -> None:
    """Set two members distinct from each other; each stays pending while the pair with anybody else is open."""
    for row, another in ((one, other), (other, one)):
        row.number_distinct_from = sorted({*row.number_distinct_from, str(another.id)})


async def _take_out(db: AsyncSession, actor: Actor, row: Member, numbers: list[IdentityNumber]) -> None:
    """Take numbers out of a record; what is left to it is pending until nobody else has it."""
    await apply_member_changes(db, actor, row, dict.fromkeys(numbers))
    set_pending(row)
    row.number_to_check = True


async def _record_settlement(db: AsyncSession, actor: Actor, row: Member, outcome: PairOutcome) -> None:
    """Record it for the province, and not in the commune, whose history shows that a number changed."""
    subject = SimpleNamespace(
        id=row.id, network=row.network, province_code=row.province_code, commune_code=None
    )
    await record_event(db, actor, Event.MEMBER_NUMBER_SETTLED, subject, {"outcome": outcome.value})
