"""The law's values: list, read, enter, confirm, end. A row is never edited; another value is another row."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.creations import made_before
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import now, today
from app.insurance.rule_errors import RuleInUse, RuleWithdrawn
from app.insurance.rule_keys import KEYS, PROVINCIAL, STATE, fits, plain
from app.insurance.rule_schemas import RuleFilter, RuleIn, RuleOut
from app.models.insurance_rule import InsuranceRule
from app.places.queries import place_on
from app.tenancy.errors import OutsideScope

_GIVEN = ("key", "value", "province_code", "valid_from", "legal_basis", "note")


async def list_rules(db: AsyncSession, wanted: RuleFilter, page: PageRequest) -> Page[RuleOut]:
    """One page of the rules that the filters choose, by key and time. They are everybody's to read."""
    stmt = select(InsuranceRule)
    for name in ("key", "status", "province_code"):
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(InsuranceRule, name) == value)
    if wanted.on is not None:
        ends = col(InsuranceRule.valid_to)
        stmt = stmt.where(col(InsuranceRule.valid_from) <= wanted.on, or_(ends.is_(None), ends >= wanted.on))
    columns = [col(InsuranceRule.key), col(InsuranceRule.valid_from), col(InsuranceRule.id)]
    rows, cursor = await paged(db, stmt, columns=columns, page=page)
    return Page(items=[RuleOut.of(row) for row in rows], next_cursor=cursor)


async def find_rule(db: AsyncSession, rule_id: UUID) -> InsuranceRule:
    """One rule. Raises: NotFound."""
    row = (await db.exec(select(InsuranceRule).where(InsuranceRule.id == rule_id))).first()
    if row is None:
        raise NotFound
    return row


async def enter_rule(db: AsyncSession, actor: Actor, body: RuleIn) -> InsuranceRule:
    """Enter a value; an active one holds at once and overlaps no other.

    Raises: InvalidInput, OutsideScope, RuleOverlaps, IdTaken.
    """
    if problems := problems_of(body):
        raise InvalidInput(errors=problems)
    _check_scope(actor, body.province_code)
    if body.province_code is not None:
        await _check_province(db, body.province_code, body.valid_from)
    row = InsuranceRule(**body.model_dump(exclude={"id"}), id=body.id or uuid7(), entered_by=actor.id)
    if body.id is not None and (found := await made_before(db, row, _GIVEN)) is not None:
        return found
    if row.status == "active":
        row.confirmed_at, row.confirmed_by = now(), actor.id
    db.add(row)
    await db.flush()
    await record(db, actor, Event.INSURANCE_RULE_ENTERED, row, _noted(row))
    return row


async def confirm_rule(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    """Let a rule hold; the open one before it ends on the day before. Confirming twice changes nothing.

    Raises: NotFound, OutsideScope, RuleWithdrawn, RuleOverlaps.
    """
    row = await _locked(db, actor, rule_id)
    if row.status == "active":
        return row
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise RuleWithdrawn
    before = await _open_before(db, row)
    if before is not None:
        before.valid_to = row.valid_from - timedelta(days=1)
        before.version += 1
        await db.flush()
        await record(db, actor, Event.INSURANCE_RULE_ENDED, before, _noted(before))
    row.status, row.confirmed_at, row.confirmed_by = "active", now(), actor.id
    row.version += 1
    await db.flush()
    await record(db, actor, Event.INSURANCE_RULE_CONFIRMED, row, _noted(row))
    return row


async def end_rule(db: AsyncSession, actor: Actor, rule_id: UUID, valid_to: date) -> InsuranceRule:
    """End a rule on a day, today at the earliest; the day before its first withdraws one that has not begun.

    Raises: NotFound, OutsideScope, RuleInUse for an active rule and a day that has passed, InvalidInput for a day
    before its time or after the end that it has.
    """
    row = await _locked(db, actor, rule_id)
    if row.valid_to == valid_to:
        return row
    if valid_to < row.valid_from - timedelta(days=1) or (
        row.valid_to is not None and valid_to > row.valid_to
    ):
        raise InvalidInput(errors=[_OUTSIDE_TIME])
    if row.status == "active" and valid_to < today():
        raise RuleInUse
    row.valid_to = valid_to
    row.version += 1
    await db.flush()
    await record(db, actor, Event.INSURANCE_RULE_ENDED, row, _noted(row))
    return row


def problems_of(body: RuleIn) -> list[FieldError]:
    """What is wrong with a rule by itself."""
    kind = KEYS.get(body.key)
    if kind is None:
        return [_UNKNOWN_KEY]
    found = [] if fits(kind, body.value) else [_NOT_OF_KIND]
    if body.valid_to is not None and body.valid_to < body.valid_from:
        found.append(_OUTSIDE_TIME)
    if (body.key in STATE and body.province_code) or (body.key in PROVINCIAL and not body.province_code):
        found.append(_WHOSE)
    return found


async def _locked(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    row = await find_rule(db, rule_id)
    _check_scope(actor, row.province_code)
    await db.refresh(row, with_for_update={"key_share": True})
    return row


async def _open_before(db: AsyncSession, row: InsuranceRule) -> InsuranceRule | None:
    stmt = select(InsuranceRule).where(
        InsuranceRule.key == row.key,
        col(InsuranceRule.province_code).is_not_distinct_from(row.province_code),
        InsuranceRule.status == "active",
        col(InsuranceRule.valid_to).is_(None),
        col(InsuranceRule.valid_from) < row.valid_from,
    )
    return (await db.exec(stmt.with_for_update(key_share=True))).first()


def _check_scope(actor: Actor, province_code: str | None) -> None:
    """The national level writes the state's values, a province its own. Raises: OutsideScope."""
    if not actor.all_networks or not actor.covers(province_code, None):
        raise OutsideScope("/province_code")


async def _check_province(db: AsyncSession, code: str, on: date) -> None:
    place = await place_on(db, code, on)
    if place is None or place.level != "province":
        raise InvalidInput(errors=[_NO_PROVINCE])


def _noted(row: InsuranceRule) -> dict[str, str | None]:
    return {
        "key": row.key,
        "value": plain(row.value),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "status": row.status,
    }


_UNKNOWN_KEY = FieldError(
    "/key", "unknown_rule", "Không có quy định mang tên này.", "There is no rule of this name."
)
_NOT_OF_KIND = FieldError(
    "/value",
    "value_not_of_kind",
    "Giá trị không phù hợp với loại quy định (tỷ lệ không quá 1, đồng và số tháng là số nguyên).",
    "The value does not fit this kind of rule (a share is at most 1; đồng and months are whole).",
)
_OUTSIDE_TIME = FieldError(
    "/valid_to",
    "outside_time",
    "Ngày kết thúc nằm ngoài thời hạn của quy định.",
    "The last day lies outside the rule's time.",
)
_WHOSE = FieldError(
    "/province_code",
    "whose_rule",
    "Quy định của Nhà nước không có tỉnh; phần tỉnh hỗ trợ thêm phải nêu tỉnh.",
    "A rule of the state has no province; what a province adds must name it.",
)
_NO_PROVINCE = FieldError(
    "/province_code",
    "place_unknown",
    "Ngày bắt đầu không có tỉnh, thành phố nào mang mã này.",
    "On the first day no province bears this code.",
)
