"""Pure rules of memberships: how pledges follow one another, when somebody may join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.core.errors import InvalidInput
from app.savings.kinds import Duty

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PledgeTerms:
    """The content of a pledge without its days. amount: đồng for each `per`."""

    kind: str
    product: str | None
    amount: int | None = None
    per: str | None = None
    asset_name: str | None = None
    asset_quantity: Decimal | None = None
    asset_quantity_max: Decimal | None = None


class DatedPledge(Protocol):
    """A pledge with its first and last day; None is an open end."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PledgeChange:
    """A change of pledges: the indexes of those in force that end, and the terms that begin."""

    ended_indexes: list[int]
    new_terms: list[PledgeTerms]


def check_distinct(all_terms: Sequence[PledgeTerms]) -> None:
    """Refuse two pledges of one kind for one product, because it is unclear whether they add up.

    Raises: InvalidInput at /pledges/{index}.
    """
    seen: set[tuple[str, str | None, str | None]] = set()
    for index, terms in enumerate(all_terms):
        key = (terms.kind, terms.product, terms.asset_name)
        if key in seen:
            raise InvalidInput.at(
                f"/pledges/{index}",
                "pledge_repeated",
                vi="Đã có một cam kết cùng loại cho cùng mục đích.",
                en="There is already a pledge of this kind for this product.",
            )
        seen.add(key)


def diff_pledges(
    in_force: Sequence[tuple[PledgeTerms, date]], new_terms: Sequence[PledgeTerms], start: date
) -> PledgeChange:
    """Compute what ends and what begins when `new_terms` replace `in_force` (with their first days) on a day.

    Terms in both that began by that day go on.
    """
    continued = [terms for terms, since in in_force if since <= start and terms in new_terms]
    return PledgeChange(
        ended_indexes=[
            index for index, (terms, since) in enumerate(in_force) if since > start or terms not in new_terms
        ],
        new_terms=[terms for terms in new_terms if terms not in continued],
    )


def compute_pledge_end(valid_from: date, ends: date) -> date:
    """Compute the last day of a pledge that is ended: the day before its first, if it was never in force."""
    return max(ends, valid_from - ONE_DAY)


def compute_earliest_change(joined_on: date, pledges: Sequence[DatedPledge]) -> date:
    """Compute the first day on which new pledges may begin: after all that ended, so that the past stays."""
    end_days = [
        pledge.valid_to for pledge in pledges if pledge.valid_to and pledge.valid_to >= pledge.valid_from
    ]
    return max([joined_on, *(ended + ONE_DAY for ended in end_days)])


def derive_duty(member_id: UUID, leader_id: UUID | None, treasurer_id: UUID | None) -> Duty:
    """Derive the duty that a membership shows; whoever is both leader and treasurer shows as leader."""
    if member_id == leader_id:
        return Duty.LEADER
    return Duty.TREASURER if member_id == treasurer_id else Duty.MEMBER


def compute_duty_holders(
    member_id: UUID, duty: Duty, leader_id: UUID | None, treasurer_id: UUID | None
) -> tuple[UUID | None, UUID | None]:
    """Compute the group's leader and treasurer once a member has this duty and no other."""
    leader = member_id if duty is Duty.LEADER else None if leader_id == member_id else leader_id
    treasurer = member_id if duty is Duty.TREASURER else None if treasurer_id == member_id else treasurer_id
    return leader, treasurer


def check_day_between(day: date, pointer: str, *, first: date | None, last: date | None) -> None:
    """Refuse a day before the first or after the last possible one. Raises: InvalidInput at the pointer."""
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
