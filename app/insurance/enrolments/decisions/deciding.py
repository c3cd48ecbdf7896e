"""Decides on enrolments: accepts, returns or rejects one or a thousand, each with its own outcome (BHXH).

What refuses a single decision refuses one of a list: a single decision is a list of one. Rows of one person are
decided one after another, so that the second sees what became of the first; all others together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import DomainError, NotFound, StaleVersion
from app.insurance.eligibility.errors import NotEligible
from app.insurance.eligibility.rules import filter_errors
from app.insurance.eligibility.service import read_findings_of_enrolments
from app.insurance.enrolments.errors import EnrolmentRepeated, NumberPairOpen, WrongEnrolmentStatus
from app.insurance.enrolments.lifecycle import check_transition, transition_all
from app.insurance.enrolments.numbers import find_unsettled
from app.insurance.enrolments.rules import Action
from app.insurance.queries import any_of, select_visible_rows
from app.models.insurance.enrolment import Enrolment
from app.models.people.member import Member

Refusals = Mapping[UUID, DomainError]

_OF_SAME_PERSONS = text("""
with person as materialized (
    select m.id, m.national_id, m.social_insurance_no
      from enrolment e join member m on m.id = e.member_id where e.id = any(:ids)
)
select e.id from enrolment e join member m on m.id = e.member_id
 where e.id = any(:earlier)
   and (m.id in (select id from person) or m.national_id in (select national_id from person)
        or m.social_insurance_no in (select social_insurance_no from person))
""")


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """One enrolment to decide on. version: the one that was seen, or None."""

    enrolment_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What became of one. row: as it is afterwards, None when it is absent or not the actor's; refusal: None when it
    was decided."""

    enrolment_id: UUID
    row: Enrolment | None
    refusal: DomainError | None


async def decide_enrolments(
    db: AsyncSession,
    actor: Actor,
    action: Action,
    items: Sequence[DecisionItem],
    reasons: Sequence[Mapping[str, str]] = (),
) -> list[DecisionOutcome]:
    """Decide on enrolments; return the outcome of each in the order of the items.

    action: accept, return or reject. reasons: as they are stored, the same for all. A refusal is what the single
    decision raises: NotFound, StaleVersion, WrongEnrolmentStatus, NumberPairOpen, NotEligible with each reason; and
    EnrolmentRepeated for the same enrolment a second time.
    """
    rows = await _lock_rows(db, actor, {item.enrolment_id for item in items})
    refusals: dict[int, DomainError] = {}
    places: dict[UUID, int] = {}
    for place, item in enumerate(items):
        if item.enrolment_id in places:
            refusals[place] = EnrolmentRepeated()
        elif (refusal := _check_item(rows.get(item.enrolment_id), item, action)) is not None:
            refusals[place] = refusal
        places.setdefault(item.enrolment_id, place)
    candidates = [rows[id_] for id_, place in places.items() if place not in refusals]
    for round_rows in await _split_into_rounds(db, action, candidates):
        round_refusals = await _find_refusals(db, action, round_rows)
        decided = [row for row in round_rows if row.id not in round_refusals]
        if decided:
            await transition_all(db, actor, decided, action, reasons=[dict(reason) for reason in reasons])
        refusals |= {places[id_]: refusal for id_, refusal in round_refusals.items()}
    return [
        DecisionOutcome(item.enrolment_id, rows.get(item.enrolment_id), refusals.get(place))
        for place, item in enumerate(items)
    ]


async def find_of_same_persons(db: AsyncSession, earlier: Sequence[UUID], ids: Sequence[UUID]) -> set[UUID]:
    """Find those of the earlier enrolments whose person one of these is of too, in whichever register."""
    if not earlier:
        return set()
    rows = await db.execute(_OF_SAME_PERSONS, {"earlier": list(earlier), "ids": list(ids)})
    return set(rows.scalars())


async def _lock_rows(db: AsyncSession, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Enrolment]:
    """Read and lock the enrolments that the actor sees, in the order of their ids, so that two lists with the same
    enrolments wait for one another."""
    await db.flush()
    stmt = (
        select_visible_rows(actor, Enrolment)
        .where(col(Enrolment.id) == any_of(ids))
        .order_by(col(Enrolment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in (await db.exec(stmt)).all()}


def _check_item(row: Enrolment | None, item: DecisionItem, action: Action) -> DomainError | None:
    """The refusal of one that needs no look at its person."""
    if row is None:
        return NotFound()
    if item.version is not None and row.version != item.version:
        return StaleVersion()
    try:
        check_transition(row, action)
    except WrongEnrolmentStatus as refusal:
        return refusal
    return None


async def _find_refusals(db: AsyncSession, action: Action, rows: Sequence[Enrolment]) -> Refusals:
    """Find what keeps these from being decided, of different persons all: only an acceptance asks who they are."""
    if action is not Action.ACCEPT:
        return {}
    unsettled = await find_unsettled(db, {row.member_id for row in rows})
    refusals: dict[UUID, DomainError] = {
        row.id: NumberPairOpen() for row in rows if row.member_id in unsettled
    }
    settled = [row for row in rows if row.id not in refusals]
    findings = await read_findings_of_enrolments(db, settled, lock=True)
    for row, row_findings in zip(settled, findings, strict=True):
        if reasons := filter_errors(row_findings):
            refusals[row.id] = NotEligible(errors=reasons)
    return refusals


async def _split_into_rounds(
    db: AsyncSession, action: Action, rows: Sequence[Enrolment]
) -> list[list[Enrolment]]:
    """Split rows so that no round has two of one person, in whichever register: each comes after those before it."""
    if len(rows) < 2 or action is not Action.ACCEPT:
        return [list(rows)] if rows else []
    keys_by_member = await _read_person_keys(db, {row.member_id for row in rows})
    rounds: list[list[Enrolment]] = []
    latest_round: dict[object, int] = {}
    for row in rows:
        keys = keys_by_member.get(row.member_id, [row.member_id])
        number = max(latest_round.get(key, -1) for key in keys) + 1
        latest_round |= dict.fromkeys(keys, number)
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(row)
    return rounds


async def _read_person_keys(db: AsyncSession, member_ids: Iterable[UUID]) -> dict[UUID, list[object]]:
    """Read by what each member is known in every register: the id, and the numbers that there are."""
    columns: Any = (Member.id, Member.national_id, Member.social_insurance_no)
    stmt = select(*columns).where(col(Member.id) == any_of(member_ids))
    return {
        id_: [id_, *([("national", national)] if national else []), *([("social", social)] if social else [])]
        for id_, national, social in (await db.exec(stmt)).all()
    }
