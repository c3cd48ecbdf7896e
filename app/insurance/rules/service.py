"""Insurance rules: list, find, create, confirm. A row is never edited; another value is another row."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, not_, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput
from app.core.postgres.creations import find_existing
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now
from app.insurance.rules.errors import OUTSIDE_VALIDITY, UNKNOWN_RULE, RuleWithdrawn, value_not_of_kind
from app.insurance.rules.keys import PROVINCIAL_KEYS, RULE_KEYS, STATE_KEYS, is_valid_value
from app.insurance.rules.records import (
    audit_data,
    check_scope,
    check_second_person,
    drop_proposed_end,
    lock_rule,
)
from app.insurance.rules.schemas import RuleFilter, RuleIn, RuleOut
from app.models.insurance.insurance_rule import InsuranceRule
from app.places.queries import find_place_on

_CLIENT_COLUMNS = ("key", "value", "province_code", "valid_from", "confirmed_to", "legal_basis", "note")


async def list_rules(db: AsyncSession, filters: RuleFilter, page: PageRequest) -> Page[RuleOut]:
    """List one page of the rules that match the filters, by key and time. Everybody may read them."""
    stmt = select(InsuranceRule)
    for name in ("key", "status", "province_code"):
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(InsuranceRule, name) == value)
    if filters.end_proposed is not None:
        is_open = col(InsuranceRule.end_proposed_to).is_(None)
        stmt = stmt.where(not_(is_open) if filters.end_proposed else is_open)
    if filters.on is not None:
        ends = col(InsuranceRule.valid_to)
        stmt = stmt.where(
            col(InsuranceRule.valid_from) <= filters.on, or_(ends.is_(None), ends >= filters.on)
        )
    columns = [col(InsuranceRule.key), col(InsuranceRule.valid_from), col(InsuranceRule.id)]
    rows, cursor = await fetch_page(db, stmt, columns=columns, page=page)
    return Page(items=[RuleOut.from_record(row) for row in rows], next_cursor=cursor)


async def create_rule(db: AsyncSession, actor: Actor, body: RuleIn) -> InsuranceRule:
    """Propose a rule: it is in force once another person of BHXH confirms it.

    Raises: InvalidInput, OutsideScope, IdTaken.
    """
    if problems := find_rule_problems(body):
        raise InvalidInput(errors=problems)
    check_scope(actor, body.province_code)
    if body.province_code is not None:
        await _check_province(db, body.province_code, body.valid_from)
    row = InsuranceRule(**body.model_dump(exclude={"id"}), id=body.id or uuid7(), entered_by=actor.id)
    if body.id is not None and (existing := await find_existing(db, row, _CLIENT_COLUMNS)) is not None:
        return existing
    db.add(row)
    await db.flush()
    await record_event(db, actor, Event.INSURANCE_RULE_ENTERED, row, audit_data(row))
    return row


async def confirm_rule(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    """Confirm a rule that another person entered, or that came with the program; the open one before it ends on the
    day before. Confirming twice changes nothing.

    Raises: NotFound, OutsideScope, SecondPersonNeeded, RuleWithdrawn, RuleOverlaps, InvalidInput for a value that the
    key cannot have.
    """
    row = await lock_rule(db, actor, rule_id)
    if row.status == "active":
        return row
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise RuleWithdrawn
    await check_second_person(db, actor, row.entered_by, row.entered_at)
    if not is_valid_value(row.key, row.value):  # entered before its bounds were known
        raise InvalidInput(errors=[value_not_of_kind("", row.key)])
    predecessor = await _find_open_predecessor(db, row)
    if predecessor is not None:
        predecessor.valid_to = row.valid_from - timedelta(days=1)
        if predecessor.end_proposed_to is not None and predecessor.end_proposed_to >= predecessor.valid_to:
            drop_proposed_end(predecessor)
        predecessor.version += 1
        await db.flush()
        await record_event(db, actor, Event.INSURANCE_RULE_ENDED, predecessor, audit_data(predecessor))
    row.status, row.confirmed_at, row.confirmed_by = "active", now(), actor.id
    row.version += 1
    await db.flush()
    await record_event(db, actor, Event.INSURANCE_RULE_CONFIRMED, row, audit_data(row))
    return row


def find_rule_problems(body: RuleIn) -> list[FieldError]:
    """Find what is wrong with a rule by itself."""
    if body.key not in RULE_KEYS:
        return [_UNKNOWN_KEY]
    problems = [] if is_valid_value(body.key, body.value) else [value_not_of_kind("/value", body.key)]
    if body.valid_to is not None and body.valid_to < body.valid_from:
        problems.append(OUTSIDE_VALIDITY)
    if body.confirmed_to is not None and not body.valid_from <= body.confirmed_to <= (
        body.valid_to or date.max
    ):
        problems.append(replace(OUTSIDE_VALIDITY, pointer="/confirmed_to"))
    if (body.key in STATE_KEYS and body.province_code) or (
        body.key in PROVINCIAL_KEYS and not body.province_code
    ):
        problems.append(_WRONG_PROVINCE)
    return problems


async def _find_open_predecessor(db: AsyncSession, row: InsuranceRule) -> InsuranceRule | None:
    stmt = select(InsuranceRule).where(
        InsuranceRule.key == row.key,
        col(InsuranceRule.province_code).is_not_distinct_from(row.province_code),
        InsuranceRule.status == "active",
        col(InsuranceRule.valid_to).is_(None),
        col(InsuranceRule.valid_from) < row.valid_from,
    )
    return (await db.exec(stmt.with_for_update(key_share=True))).first()


async def _check_province(db: AsyncSession, code: str, on: date) -> None:
    place = await find_place_on(db, code, on)
    if place is None or place.level != "province":
        raise InvalidInput(errors=[_UNKNOWN_PROVINCE])


_UNKNOWN_KEY = FieldError("/key", *UNKNOWN_RULE)
_WRONG_PROVINCE = FieldError(
    "/province_code",
    "whose_rule",
    "Quy định của Nhà nước không có tỉnh; phần tỉnh hỗ trợ thêm phải nêu tỉnh.",
    "A rule of the state has no province; a rule of a province must name the province.",
)
_UNKNOWN_PROVINCE = FieldError(
    "/province_code",
    "place_unknown",
    "Ngày bắt đầu không có tỉnh, thành phố nào mang mã này.",
    "On the first day no province has this code.",
)
