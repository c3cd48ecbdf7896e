"""The end of an insurance rule (kết thúc quy định): proposed by one person of BHXH, confirmed by a second.

Until then the value stays in force. A value that nobody confirmed is withdrawn at once: nothing was paid by it.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, StaleVersion
from app.core.values.time import now, today
from app.insurance.rules.errors import OUTSIDE_VALIDITY, EndAlreadyProposed, NoEndProposed, RuleInUse
from app.insurance.rules.records import audit_data, check_second_person, drop_proposed_end, lock_rule
from app.models.insurance.insurance_rule import InsuranceRule


async def end_rule(db: AsyncSession, actor: Actor, rule_id: UUID, valid_to: date) -> InsuranceRule:
    """Propose the last day of a rule, today at the earliest; the day before its first for one that has not begun.

    One that nobody confirmed yet is withdrawn at once by that day. The same proposal again changes nothing.

    Raises: NotFound, OutsideScope, EndAlreadyProposed, RuleInUse for an active rule and a day that has passed,
    InvalidInput for a day before its time or after the end that it has.
    """
    row = await lock_rule(db, actor, rule_id)
    if valid_to in (row.end_proposed_to, row.valid_to):
        return row
    _check_end(row, valid_to)
    if row.status != "active" and valid_to < row.valid_from:
        return await _end(db, actor, row, valid_to)
    if row.end_proposed_to is not None:
        raise EndAlreadyProposed
    row.end_proposed_to, row.end_proposed_by, row.end_proposed_at = valid_to, actor.id, now()
    return await _record(db, actor, row, Event.INSURANCE_RULE_END_PROPOSED)


async def confirm_end(db: AsyncSession, actor: Actor, rule_id: UUID, version: int | None) -> InsuranceRule:
    """Confirm the end that another person proposed. Whoever confirmed it gets the same answer again.

    Raises: NotFound, OutsideScope, StaleVersion, NoEndProposed, SecondPersonNeeded; RuleInUse when the day has passed
    meanwhile, and InvalidInput when the rule ends before it by now: then the proposal is withdrawn.
    """
    row = await lock_rule(db, actor, rule_id)
    if row.end_proposed_to is None or row.end_proposed_at is None:
        if row.end_confirmed_by == actor.id:
            return row
        raise NoEndProposed
    _check_version(row, version)
    await check_second_person(db, actor, row.end_proposed_by, row.end_proposed_at)
    _check_end(row, row.end_proposed_to)
    row.end_confirmed_by, row.end_confirmed_at = actor.id, now()
    return await _end(db, actor, row, row.end_proposed_to)


async def withdraw_end(db: AsyncSession, actor: Actor, rule_id: UUID, version: int | None) -> InsuranceRule:
    """Drop the proposed end: who proposed it takes it back, anybody else refuses it. The rule stays as it was.

    Raises: NotFound, OutsideScope, StaleVersion.
    """
    row = await lock_rule(db, actor, rule_id)
    if row.end_proposed_to is None:
        return row
    _check_version(row, version)
    is_own = row.end_proposed_by == actor.id
    drop_proposed_end(row)
    event = Event.INSURANCE_RULE_END_WITHDRAWN if is_own else Event.INSURANCE_RULE_END_REFUSED
    return await _record(db, actor, row, event)


def _check_end(row: InsuranceRule, valid_to: date) -> None:
    if valid_to < row.valid_from - timedelta(days=1) or (
        row.valid_to is not None and valid_to > row.valid_to
    ):
        raise InvalidInput(errors=[OUTSIDE_VALIDITY])
    if row.status == "active" and valid_to < today():
        raise RuleInUse


def _check_version(row: InsuranceRule, version: int | None) -> None:
    if version is not None and version != row.version:
        raise StaleVersion


async def _end(db: AsyncSession, actor: Actor, row: InsuranceRule, valid_to: date) -> InsuranceRule:
    row.valid_to = valid_to
    drop_proposed_end(row)
    return await _record(db, actor, row, Event.INSURANCE_RULE_ENDED)


async def _record(db: AsyncSession, actor: Actor, row: InsuranceRule, event: Event) -> InsuranceRule:
    row.version += 1
    await db.flush()
    await record_event(db, actor, event, row, audit_data(row))
    return row
