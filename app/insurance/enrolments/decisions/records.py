"""Decisions on many enrolments as they are recorded: once for each Idempotency-Key, with the outcome of each row."""

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, and_, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import IdempotencyKeyReused, NotFound
from app.core.values.ids import uuid7
from app.insurance.enrolments.decisions.deciding import (
    DecisionItem,
    DecisionOutcome,
    decide_enrolments,
    find_of_same_persons,
)
from app.insurance.enrolments.decisions.schemas import DecisionAction, DecisionVerdict
from app.models.insurance.enrolment_decision import EnrolmentDecision

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_CLAIM_KEY = text("""
insert into enrolment_decision (id, network, organisation_id, province_code, commune_code, client_key, request_hash,
       action, dry_run, decided_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_key, :request_hash, :action, :dry_run,
       :decided_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


class RowOutcome(TypedDict):
    """The outcome of a row as it is stored: in both languages. texts: of the refusal, none where it was decided."""

    enrolment_id: str
    status: DecisionVerdict
    enrolment_status: str | None
    version: int | None
    code: str | None
    texts: tuple[str, str] | None
    errors: list[tuple[str, str, str, str]]


async def claim_decision(
    db: AsyncSession, actor: Actor, key: str, request_hash: bytes, action: DecisionAction, *, dry_run: bool
) -> tuple[EnrolmentDecision, bool]:
    """Create the decision of a key, or read the one that exists; returns it and whether it is new.

    Raises: IdempotencyKeyReused for a key used with another body.
    """
    values = {
        "id": uuid7(),
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_key": key,
        "request_hash": request_hash,
        "action": action.value,
        "dry_run": dry_run,
        "decided_by": actor.id,
    }
    is_new = (await (await db.connection()).execute(_CLAIM_KEY, values)).first() is not None
    stmt = _select_own_decisions(actor).where(EnrolmentDecision.client_key == key)
    decision = (await db.exec(stmt)).first()
    if decision is None or decision.request_hash != request_hash:
        raise IdempotencyKeyReused
    return decision, is_new


async def read_decision(db: AsyncSession, actor: Actor, decision_id: UUID) -> EnrolmentDecision:
    """Read one decision of the actor's organisation. Raises: NotFound."""
    stmt = _select_own_decisions(actor).where(EnrolmentDecision.id == decision_id)
    decision = (await db.exec(stmt)).first()
    if decision is None:
        raise NotFound
    return decision


async def decide_rows(
    db: AsyncSession, actor: Actor, decision: EnrolmentDecision, first: int, count: int
) -> list[RowOutcome]:
    """Decide on some rows of a decision's list; of a trial nothing is kept. first: the place of the first one.

    A trial decides with them again what came before of the same persons, so that it shows of two that they are two,
    wherever they stand in the list.
    """
    all_items = [DecisionItem(*pair) for pair in zip(decision.enrolment_ids, decision.versions, strict=True)]
    earlier, items = all_items[:first], all_items[first : first + count]
    action, reasons = DecisionAction(decision.action).step, decision.reasons
    if not decision.dry_run:
        return _to_outcomes(await decide_enrolments(db, actor, action, items, reasons))
    again = await find_of_same_persons(
        db, [item.enrolment_id for item in earlier], [item.enrolment_id for item in items]
    )
    before = [item for item in earlier if item.enrolment_id in again]
    trial = await db.begin_nested()
    outcomes = await decide_enrolments(db, actor, action, [*before, *items], reasons)
    shown = _to_outcomes(outcomes[len(before) :])
    await trial.rollback()
    return shown


async def finish_decision(
    db: AsyncSession, actor: Actor, decision: EnrolmentDecision, done: int, refused: int
) -> None:
    """Record how many rows ended in which way, in the decision and in the audit."""
    decision.done, decision.refused = done, refused
    fields: dict[str, Any] = {
        "action": decision.action,
        "dry_run": decision.dry_run,
        "rows": decision.rows,
        "done": done,
        "refused": refused,
        "reasons": [{"pointer": reason["pointer"], "code": reason["code"]} for reason in decision.reasons],
    }
    await record_event(db, actor, Event.ENROLMENTS_DECIDED, decision, fields)
    await db.flush()


def count_done(outcomes: Sequence[RowOutcome]) -> int:
    """How many of the rows were decided."""
    return sum(outcome["status"] == DecisionVerdict.DONE for outcome in outcomes)


def _select_own_decisions(actor: Actor) -> SelectOfScalar[EnrolmentDecision]:
    return select(EnrolmentDecision).where(visible_decision_condition(actor))


def visible_decision_condition(actor: Actor) -> ColumnElement[bool]:
    """The decisions of the actor's organisation."""
    decisions: Any = EnrolmentDecision
    return and_(decisions.network == actor.network, decisions.organisation_id == actor.organisation_id)


def _to_outcomes(outcomes: Sequence[DecisionOutcome]) -> list[RowOutcome]:
    return [_to_outcome(outcome) for outcome in outcomes]


def _to_outcome(outcome: DecisionOutcome) -> RowOutcome:
    row, refusal = outcome.row, outcome.refusal
    return {
        "enrolment_id": str(outcome.enrolment_id),
        "status": DecisionVerdict.DONE if refusal is None else DecisionVerdict.REFUSED,
        "enrolment_status": None if row is None else row.status,
        "version": None if row is None else row.version,
        "code": None if refusal is None else refusal.code,
        "texts": None if refusal is None else (refusal.detail_vi, refusal.detail_en),
        "errors": []
        if refusal is None
        else [(error.pointer, error.code, error.vi, error.en) for error in refusal.errors],
    }
