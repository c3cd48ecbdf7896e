"""Pure rules of memberships: how pledges follow one another, when somebody may join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.core.errors import InvalidInput
from app.savings.kinds import Duty

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is pledged, apart from when. amount: đồng for each `per`."""

    kind: str
    product: str | None
    amount: int | None = None
    per: str | None = None
    asset_name: str | None = None
    asset_quantity: Decimal | None = None
    asset_quantity_max: Decimal | None = None


class Dated(Protocol):
    """Something that holds from a day to a day, or open."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PledgeChange:
    """Indexes of the pledges in force that end, and the terms that begin."""

    ending: list[int]
    beginning: list[Terms]


def check_distinct(wanted: Sequence[Terms]) -> None:
    """Refuses two pledges for one product of one kind: their sum, or the larger, would be meant.

    Raises: InvalidInput at /pledges/{index}.
    """
    seen: set[tuple[str, str | None, str | None]] = set()
    for index, terms in enumerate(wanted):
        same = (terms.kind, terms.product, terms.asset_name)
        if same in seen:
            raise InvalidInput.at(
                f"/pledges/{index}",
                "pledge_repeated",
                vi="Đã có một cam kết cùng loại cho cùng mục đích.",
                en="There is a pledge of this kind for this purpose already.",
            )
        seen.add(same)


def pledge_change(
    in_force: Sequence[tuple[Terms, date]], wanted: Sequence[Terms], begins: date
) -> PledgeChange:
    """What ends and what begins when from a day on `wanted` holds instead of `in_force` (with their first days).

    What is in both and began by that day goes on.
    """
    going_on = [terms for terms, since in in_force if since <= begins and terms in wanted]
    return PledgeChange(
        ending=[
            index for index, (terms, since) in enumerate(in_force) if since > begins or terms not in wanted
        ],
        beginning=[terms for terms in wanted if terms not in going_on],
    )


def last_day(valid_from: date, ends: date) -> date:
    """The last day of a pledge that is to end: at the least the day before it began, when it never held."""
    return max(ends, valid_from - DAY)


def earliest_change(joined_on: date, pledges: Sequence[Dated]) -> date:
    """The first day on which new pledges may begin: after all that ended, so that the past stays as it was."""
    held = [pledge.valid_to for pledge in pledges if pledge.valid_to and pledge.valid_to >= pledge.valid_from]
    return max([joined_on, *(ended + DAY for ended in held)])


def duty_of(member_id: UUID, leader_id: UUID | None, treasurer_id: UUID | None) -> Duty:
    """The duty that a membership shows; who is both leader and treasurer shows as leader."""
    if member_id == leader_id:
        return Duty.LEADER
    return Duty.TREASURER if member_id == treasurer_id else Duty.MEMBER


def duties_after(
    member_id: UUID, duty: Duty, leader_id: UUID | None, treasurer_id: UUID | None
) -> tuple[UUID | None, UUID | None]:
    """Leader and treasurer once a member has this duty and no other."""
    leader = member_id if duty is Duty.LEADER else None if leader_id == member_id else leader_id
    treasurer = member_id if duty is Duty.TREASURER else None if treasurer_id == member_id else treasurer_id
    return leader, treasurer


def check_between(day: date, pointer: str, *, first: date | None, last: date | None) -> None:
    """Refuses a day before the first or after the last that is possible. Raises: InvalidInput at the pointer."""
    if first is not None and day < first:
        raise InvalidInput.at(
            pointer,
            "too_early",
            vi=f"Ngày sớm nhất có thể là {first}.",
            en=f"The earliest possible day is {first}.",
        )
    if last is not None and day > last:
        raise InvalidInput.at(
            pointer,
            "too_late",
            vi=f"Ngày muộn nhất có thể là {last}.",
            en=f"The latest possible day is {last}.",
        )
