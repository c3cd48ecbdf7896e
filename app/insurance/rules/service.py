"""Insurance rules: list, find, create, confirm, end. A row is never edited; another value is another row."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.postgres.creations import find_existing
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import now, today
from app.insurance.rules.errors import UNKNOWN_RULE, RuleInUse, RuleWithdrawn, SecondPersonNeeded
from app.insurance.rules.keys import PROVINCIAL_KEYS, RULE_KEYS, STATE_KEYS, format_decimal, is_valid_value
from app.insurance.rules.schemas import RuleFilter, RuleIn, RuleOut
from app.models.audit.audit_event import AuditEvent
from app.models.insurance.insurance_rule import InsuranceRule
from app.places.queries import find_place_on
from app.tenancy.errors import OutsideScope

_CLIENT_COLUMNS = ("key", "value", "province_code", "valid_from", "confirmed_to", "legal_basis", "note")


async def list_rules(db: AsyncSession, filters: RuleFilter, page: PageRequest) -> Page[RuleOut]:
    """List one page of the rules that match the filters, by key and time. Everybody may read them."""
    stmt = select(InsuranceRule)
    for name in ("key", "status", "province_code"):
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(InsuranceRule, name) == value)
    if filters.on is not None:
        ends = col(InsuranceRule.valid_to)
        stmt = stmt.where(
            col(InsuranceRule.valid_from) <= filters.on, or_(ends.is_(None), ends >= filters.on)
        )
    columns = [col(InsuranceRule.key), col(InsuranceRule.valid_from), col(InsuranceRule.id)]
    rows, cursor = await fetch_page(db, stmt, columns=columns, page=page)
    return Page(items=[RuleOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_rule(db: AsyncSession, rule_id: UUID) -> InsuranceRule:
    """Find one rule. Raises: NotFound."""
    row = (await db.exec(select(InsuranceRule).where(InsuranceRule.id == rule_id))).first()
    if row is None:
        raise NotFound
    return row


async def create_rule(db: AsyncSession, actor: Actor, body: RuleIn) -> InsuranceRule:
    """Propose a rule: it is in force once another person of BHXH confirms it.

    Raises: InvalidInput, OutsideScope, IdTaken.
    """
    if problems := find_rule_problems(body):
        raise InvalidInput(errors=problems)
    _check_scope(actor, body.province_code)
    if body.province_code is not None:
        await _check_province(db, body.province_code, body.valid_from)
    row = InsuranceRule(**body.model_dump(exclude={"id"}), id=body.id or uuid7(), entered_by=actor.id)
    if body.id is not None and (existing := await find_existing(db, row, _CLIENT_COLUMNS)) is not None:
        return existing
    db.add(row)
    await db.flush()
    await record_event(db, actor, Event.INSURANCE_RULE_ENTERED, row, _audit_data(row))
    return row


async def confirm_rule(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    """Confirm a rule that another person entered, or that came with the program; the open one before it ends on the
    day before. Confirming twice changes nothing.

    Raises: NotFound, OutsideScope, SecondPersonNeeded, RuleWithdrawn, RuleOverlaps.
    """
    row = await _lock_rule(db, actor, rule_id)
    if row.status == "active":
        return row
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise RuleWithdrawn
    await _check_second_person(db, actor, row)
    predecessor = await _find_open_predecessor(db, row)
    if predecessor is not None:
        predecessor.valid_to = row.valid_from - timedelta(days=1)
        predecessor.version += 1
        await db.flush()
        await record_event(db, actor, Event.INSURANCE_RULE_ENDED, predecessor, _audit_data(predecessor))
    row.status, row.confirmed_at, row.confirmed_by = "active", now(), actor.id
    row.version += 1
    await db.flush()
    await record_event(db, actor, Event.INSURANCE_RULE_CONFIRMED, row, _audit_data(row))
    return row


async def end_rule(db: AsyncSession, actor: Actor, rule_id: UUID, valid_to: date) -> InsuranceRule:
    """End a rule on a day, today at the earliest; the day before its first withdraws one that has not begun.

    Raises: NotFound, OutsideScope, RuleInUse for an active rule and a day that has passed, InvalidInput for a day
    before its time or after the end that it has.
    """
    row = await _lock_rule(db, actor, rule_id)
    if row.valid_to == valid_to:
        return row
    if valid_to < row.valid_from - timedelta(days=1) or (
        row.valid_to is not None and valid_to > row.valid_to
    ):
        raise InvalidInput(errors=[_OUTSIDE_VALIDITY])
    if row.status == "active" and valid_to < today():
        raise RuleInUse
    row.valid_to = valid_to
    row.version += 1
    await db.flush()
    await record_event(db, actor, Event.INSURANCE_RULE_ENDED, row, _audit_data(row))
    return row


def find_rule_problems(body: RuleIn) -> list[FieldError]:
    """Find what is wrong with a rule by itself."""
    unit = RULE_KEYS.get(body.key)
    if unit is None:
        return [_UNKNOWN_KEY]
    problems = [] if is_valid_value(unit, body.value) else [_VALUE_NOT_OF_KIND]
    if body.valid_to is not None and body.valid_to < body.valid_from:
        problems.append(_OUTSIDE_VALIDITY)
    if body.confirmed_to is not None and not body.valid_from <= body.confirmed_to <= (
        body.valid_to or date.max
    ):
        problems.append(replace(_OUTSIDE_VALIDITY, pointer="/confirmed_to"))
    if (body.key in STATE_KEYS and body.province_code) or (
        body.key in PROVINCIAL_KEYS and not body.province_code
    ):
        problems.append(_WRONG_PROVINCE)
    return problems


async def _lock_rule(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    row = await require_rule(db, rule_id)
    _check_scope(actor, row.province_code)
    await db.refresh(row, with_for_update={"key_share": True})
    return row


async def _check_second_person(db: AsyncSession, actor: Actor, row: InsuranceRule) -> None:
    """Check that another person confirms than entered the rule: an account that this one made, or whose rights or
    password they set, since then is no other. Raises: SecondPersonNeeded."""
    if row.entered_by is None:
        return
    stmt = select(AuditEvent.id).where(
        AuditEvent.subject_id == actor.id,
        AuditEvent.actor_id == row.entered_by,
        AuditEvent.subject_kind == "user",
        col(AuditEvent.at) >= row.entered_at,
    )
    if actor.id == row.entered_by or (await db.exec(stmt.limit(1))).first() is not None:
        raise SecondPersonNeeded


async def _find_open_predecessor(db: AsyncSession, row: InsuranceRule) -> InsuranceRule | None:
    stmt = select(InsuranceRule).where(
        InsuranceRule.key == row.key,
        col(InsuranceRule.province_code).is_not_distinct_from(row.province_code),
        InsuranceRule.status == "active",
        col(InsuranceRule.valid_to).is_(None),
        col(InsuranceRule.valid_from) < row.valid_from,
    )
    return (await db.exec(stmt.with_for_update(key_share=True))).first()


def _check_scope(actor: Actor, province_code: str | None) -> None:
    """Check that the national level writes the state's values, a province its own. Raises: OutsideScope."""
    if not actor.all_networks or not actor.covers(province_code, None):
        raise OutsideScope("/province_code")


async def _check_province(db: AsyncSession, code: str, on: date) -> None:
    place = await find_place_on(db, code, on)
    if place is None or place.level != "province":
        raise InvalidInput(errors=[_UNKNOWN_PROVINCE])


def _audit_data(row: InsuranceRule) -> dict[str, str | None]:
    return {
        "key": row.key,
        "value": format_decimal(row.value),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "confirmed_to": row.confirmed_to.isoformat() if row.confirmed_to else None,
        "status": row.status,
    }


_UNKNOWN_KEY = FieldError("/key", *UNKNOWN_RULE)
_VALUE_NOT_OF_KIND = FieldError(
    "/value",
    "value_not_of_kind",
    "Giá trị không phù hợp với loại quy định (tỷ lệ không quá 1, đồng và số tháng là số nguyên).",
    "The value does not fit this kind of rule (a share is at most 1; đồng and months are whole).",
)
_OUTSIDE_VALIDITY = FieldError(
    "/valid_to",
    "outside_time",
    "Ngày kết thúc nằm ngoài thời hạn của quy định.",
    "The last day is outside the period of the rule.",
)
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
