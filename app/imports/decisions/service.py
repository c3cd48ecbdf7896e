"""Receives decisions on many enrolments: up to 1,000 rows are decided at once, more become a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.language import missing_field
from app.core.values.idempotency import hash_request
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.imports.decisions.job import DECISION_KIND
from app.insurance.enrolments.decisions.catalogue import resolve_reasons
from app.insurance.enrolments.decisions.records import (
    claim_decision,
    count_done,
    decide_rows,
    finish_decision,
    read_decision,
)
from app.insurance.enrolments.decisions.schemas import (
    MAX_DECIDED_AT_ONCE,
    MAX_FILTERED_ROWS,
    DecisionAction,
    EnrolmentDecisionIn,
)
from app.insurance.enrolments.queries import read_enrolment_versions, read_versions_of
from app.jobs import service as job_service
from app.models.insurance.enrolment_decision import EnrolmentDecision
from app.models.jobs.job import Job


@dataclass(frozen=True, slots=True)
class ReceivedDecision:
    """The result of receiving a decision: its record, whether an earlier request made it, and its job if it has one."""

    decision: EnrolmentDecision
    replayed: bool
    job: Job | None


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is decided on which rows. versions: None where a row is taken as it is."""

    action: DecisionAction
    reasons: list[dict[str, str]]
    rows: Sequence[tuple[UUID, int | None]]


async def receive_decision(
    db: AsyncSession, actor: Actor, body: EnrolmentDecisionIn, key: str
) -> ReceivedDecision:
    """Decide on many enrolments under an idempotency key, each row with its own outcome.

    Raises: IdempotencyKeyReused, InvalidInput, NotFound for the trial, TooManyJobs.
    """
    if problems := _find_problems(body):
        raise InvalidInput(errors=problems)
    action = body.action
    if action is None:
        assert body.dry_run_id is not None  # noqa: S101 - one of them is there
        action = DecisionAction((await _read_trial(db, actor, body.dry_run_id)).action)
    digest = hash_request("enrolment_decision", body.model_dump(mode="json"))
    decision, is_new = await claim_decision(db, actor, key, digest, action, dry_run=body.dry_run)
    if not is_new:
        job = None if decision.job_id is None else await job_service.read_job(db, actor, decision.job_id)
        return ReceivedDecision(decision, True, job)
    await _fill(db, actor, decision, body)
    if decision.rows > MAX_DECIDED_AT_ONCE:
        params = {"subject_id": str(decision.id)}
        job = await job_service.start_job(db, actor, DECISION_KIND, params, rows_total=decision.rows)
        decision.job_id = job.id
        await db.flush()
        return ReceivedDecision(decision, False, job)
    outcomes = await decide_rows(db, actor, decision, 0, decision.rows)
    decision.items = [dict(outcome) for outcome in outcomes]
    done = count_done(outcomes)
    await finish_decision(db, actor, decision, done, decision.rows - done)
    return ReceivedDecision(decision, False, None)


async def _fill(
    db: AsyncSession, actor: Actor, decision: EnrolmentDecision, body: EnrolmentDecisionIn
) -> None:
    """Fill in the rows and reasons of a new decision. Raises: InvalidInput."""
    selection = await _select(db, actor, body)
    decision.reasons = selection.reasons
    decision.enrolment_ids = [enrolment_id for enrolment_id, _ in selection.rows]
    decision.versions = [version for _, version in selection.rows]
    decision.rows, decision.dry_run_id = len(selection.rows), body.dry_run_id
    await db.flush()


async def _select(db: AsyncSession, actor: Actor, body: EnrolmentDecisionIn) -> _Selection:
    if body.dry_run_id is not None:
        trial = await _read_trial(db, actor, body.dry_run_id)
        rows = list(zip(trial.enrolment_ids, trial.versions, strict=True))
        return _Selection(DecisionAction(trial.action), trial.reasons, rows)
    assert body.action is not None  # noqa: S101 - checked by `_find_problems`
    reasons, problems = resolve_reasons(body.action.step, body.reasons, today())
    if problems:
        raise InvalidInput(errors=problems)
    if body.filter is None:
        return _Selection(body.action, reasons, await _select_listed(db, actor, body))
    seen = await read_enrolment_versions(db, actor, body.filter, MAX_FILTERED_ROWS + 1)
    if len(seen) > MAX_FILTERED_ROWS:
        raise InvalidInput(errors=[FieldError("/filter", *_TOO_MANY_ROWS)])
    return _Selection(body.action, reasons, [*seen])


async def _select_listed(
    db: AsyncSession, actor: Actor, body: EnrolmentDecisionIn
) -> Sequence[tuple[UUID, int | None]]:
    """The rows of a list; a trial keeps the versions that it shows, and none (0) of a row that is out of sight, so that
    its id stands for what was seen."""
    rows = [(row.enrolment_id, row.version) for row in body.items or ()]
    if not body.dry_run:
        return rows
    seen = await read_versions_of(db, actor, [enrolment_id for enrolment_id, _ in rows])
    return [(id_, seen.get(id_, 0) if version is None else version) for id_, version in rows]


async def _read_trial(db: AsyncSession, actor: Actor, trial_id: UUID) -> EnrolmentDecision:
    """Read the trial that is to be carried out. Raises: NotFound; InvalidInput unless it is one, and over."""
    try:
        trial = await read_decision(db, actor, trial_id)
    except NotFound:
        raise reference_not_found("/dry_run_id") from None
    if not trial.dry_run:
        raise InvalidInput(errors=[FieldError("/dry_run_id", *_NOT_A_TRIAL)])
    if trial.done + trial.refused < trial.rows:
        raise InvalidInput(errors=[FieldError("/dry_run_id", *_TRIAL_NOT_OVER)])
    return trial


def _find_problems(body: EnrolmentDecisionIn) -> list[FieldError]:
    """What is wrong with a body by itself."""
    named = [name for name in ("items", "filter", "dry_run_id") if getattr(body, name) is not None]
    if len(named) != 1:
        return [FieldError(f"/{named[1]}" if named else "", *_ONE_SELECTION)]
    if body.dry_run_id is not None:
        return [
            FieldError(f"/{name}", *_TOLD_BY_TRIAL)
            for name, is_given in (
                ("action", body.action is not None), ("reasons", body.reasons), ("dry_run", body.dry_run),
            )
            if is_given
        ]  # fmt: skip
    if body.action is None:
        return [missing_field("/action")]
    problems = []
    if body.filter is not None and not body.dry_run:
        problems.append(FieldError("/filter", *_FILTER_NOT_TRIED))
    if body.filter is not None and not body.filter.model_dump(exclude_none=True):
        problems.append(FieldError("/filter", *_FILTER_EMPTY))
    if body.action is DecisionAction.ACCEPT and body.reasons:
        problems.append(FieldError("/reasons", *_NO_REASONS_FOR_ACCEPT))
    if body.action is not DecisionAction.ACCEPT and not body.reasons:
        problems.append(missing_field("/reasons"))
    return problems


_ONE_SELECTION: Final = (
    "one_selection",
    "Chọn đăng ký bằng đúng một cách: danh sách, bộ lọc hoặc lần chạy thử.",
    "Choose the enrolments in one way: a list (items), a filter, or a trial (dry_run_id).",
)
_TOLD_BY_TRIAL: Final = (
    "told_by_dry_run",
    "Lần chạy thử đã quy định điều này nên không gửi lại.",
    "The trial says this already, so it must be left out.",
)
_FILTER_NOT_TRIED: Final = (
    "dry_run_needed",
    "Bộ lọc phải chạy thử trước; sau khi xem kết quả, gửi quyết định kèm mã của lần chạy thử.",
    "A filter must be tried first; then decide with the id of the trial (dry_run_id).",
)
_FILTER_EMPTY: Final = (
    "filter_empty",
    "Bộ lọc phải có ít nhất một điều kiện.",
    "The filter needs at least one condition.",
)
_TOO_MANY_ROWS: Final = (
    "too_many_rows",
    f"Bộ lọc chọn quá {MAX_FILTERED_ROWS // 1000}.000 đăng ký; hãy thêm điều kiện.",
    f"The filter chooses more than {MAX_FILTERED_ROWS:,} enrolments; please add conditions.",
)
_NO_REASONS_FOR_ACCEPT: Final = (
    "reasons_not_for_accept",
    "Tiếp nhận thì không ghi lý do.",
    "An acceptance has no reasons.",
)
_NOT_A_TRIAL: Final = (
    "not_a_dry_run",
    "Mã này không phải của một lần chạy thử.",
    "This is not the id of a trial.",
)
_TRIAL_NOT_OVER: Final = (
    "dry_run_not_over",
    "Lần chạy thử này chưa xong hoặc đã bị dừng; hãy chờ, hoặc chạy thử lại.",
    "This trial is not over, or was stopped; please wait, or try again.",
)
