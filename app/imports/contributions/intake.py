"""Receive batches of contributions: up to 1,000 rows are recorded at once, more become a job."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.core.postgres.database import get_driver, run_in_savepoint
from app.core.process.threads import call_by_size
from app.core.values.bodies import validate_value
from app.imports.contributions.batch import record_contribution_counts, register_contribution_batch
from app.imports.contributions.job import CONTRIBUTION_IMPORT_KIND
from app.imports.contributions.recording import clear_new_ids, record_contributions
from app.imports.contributions.rows import (
    CONTRIBUTION_TABLE,
    MAX_ROWS_AT_ONCE,
    Booked,
    ContributionRow,
    parse_contribution,
    parse_contribution_row,
)
from app.imports.contributions.schemas import ContributionQuery, Envelope
from app.imports.enrolments.service import items_as_file, store_input_file
from app.imports.files.bounds import NOTHING_SKIPPED, SkippedRows
from app.imports.files.sources import Format, ReadOptions
from app.imports.files.tables import RawRow
from app.imports.first_rows import count_rows, read_first_rows
from app.imports.rows import annotate_outcome
from app.imports.upload import Upload, UploadTerms, read_json_upload
from app.insurance.enrolments.errors import BatchRefused
from app.insurance.enrolments.intake.batch import BatchRequest
from app.insurance.enrolments.intake.schemas import Mode
from app.jobs import service as job_service
from app.models.jobs.contribution_batch import ContributionBatch
from app.models.jobs.job import Job

ReceivedContributions = tuple[ContributionBatch, bool, Job | None]
"""The batch, whether this is the answer to an earlier send, and its job if it has one."""


async def receive_contribution_upload(
    db: AsyncSession, actor: Actor, upload: Upload, query: ContributionQuery, terms: UploadTerms
) -> ReceivedContributions:
    """Receive a batch under its idempotency key.

    Raises: TooManyRows, TooManySandboxRows, TooManyJobs, SandboxOnly, IdempotencyKeyReused, BatchRefused, InvalidInput,
    MalformedBody, BadFile, NoHeadings, UnknownHeading.
    """
    if upload.format is None:
        return await _receive_json(db, actor, upload, query, terms)
    if query.mode is None:
        raise InvalidInput(errors=[missing_field("/query/mode")])
    options = json.dumps([query.mode, query.defaults, upload.format], sort_keys=True)
    request = BatchRequest(terms.key, hashlib.sha256(upload.digest + options.encode()).digest(), query.mode)
    read_options = ReadOptions(upload.format, query.defaults, terms.bounds, CONTRIBUTION_TABLE)
    first = await asyncio.to_thread(
        read_first_rows, upload, read_options, parse_contribution_row, MAX_ROWS_AT_ONCE
    )
    await terms.consume_rows(first.count)
    if first.rows is None:
        return await _start_job(db, actor, request, upload, read_options, count_rows(upload))
    raw_rows, rows = first.rows
    return await _record_at_once(db, actor, request, rows, raw_rows, first.skipped)


async def _receive_json(
    db: AsyncSession, actor: Actor, upload: Upload, query: ContributionQuery, terms: UploadTerms
) -> ReceivedContributions:
    if query.model_dump(exclude_none=True):
        raise InvalidInput.at(
            "/query", "for_files_only", vi="Chỉ dùng khi gửi tệp; JSON ghi trong nội dung.",
            en="Only for files; in JSON it is part of the body.",
        )  # fmt: skip
    body = validate_value(await read_json_upload(upload), Envelope)
    await terms.consume_rows(len(body.items))
    if not body.items:
        raise InvalidInput.at("/items", "no_items", vi="Lô chưa có dòng nào.", en="The batch has no items.")
    request = BatchRequest(terms.key, upload.digest, body.mode)
    if len(body.items) <= MAX_ROWS_AT_ONCE:
        rows = await call_by_size(upload.size, _parse_rows, body.items)
        return await _record_at_once(db, actor, request, rows, None)
    as_lines = items_as_file(body.items, upload)
    return await _start_job(
        db,
        actor,
        request,
        as_lines,
        ReadOptions(Format.NDJSON, {}, terms.bounds, CONTRIBUTION_TABLE),
        len(body.items),
    )


def _parse_rows(items: Sequence[Any]) -> list[ContributionRow]:
    return [parse_contribution(item) for item in items]


async def _record_at_once(
    db: AsyncSession,
    actor: Actor,
    request: BatchRequest,
    rows: Sequence[ContributionRow],
    raw_rows: Sequence[RawRow] | None,
    skipped: SkippedRows = NOTHING_SKIPPED,
) -> ReceivedContributions:
    batch, is_new = await register_contribution_batch(db, actor, request, len(rows))
    if not is_new:
        return batch, True, None

    is_dry_run = request.mode is Mode.VALIDATE
    record = partial(record_contributions, db, actor, rows, request.mode, batch.id, 0)
    outcomes = await run_in_savepoint(await get_driver(db), record, keep=not is_dry_run)
    skipped.record_in(batch)
    for raw, outcome in zip(raw_rows or (), outcomes, strict=False):
        annotate_outcome(raw, outcome)
    await _store_outcomes(db, actor, batch, clear_new_ids(outcomes) if is_dry_run else outcomes)
    return batch, False, None


async def _store_outcomes(
    db: AsyncSession, actor: Actor, batch: ContributionBatch, outcomes: list[dict[str, Any]]
) -> None:
    """Store the outcomes of a batch with their counts. Raises: BatchRefused for an `atomic` one with bad rows."""
    batch.items = outcomes
    counts = Counter(outcome["status"] for outcome in outcomes)
    if batch.mode == Mode.ATOMIC and counts[Booked.REJECTED]:
        errors = [
            FieldError(f"/items/{index}{pointer}", *rest)
            for index, outcome in enumerate(outcomes)
            for pointer, *rest in outcome["errors"]
        ]
        raise BatchRefused(errors=errors, rejected=counts[Booked.REJECTED])
    await record_contribution_counts(
        db, actor, batch, {status.value: counts[status.value] for status in Booked}
    )


async def _start_job(
    db: AsyncSession,
    actor: Actor,
    request: BatchRequest,
    upload: Upload,
    read_options: ReadOptions,
    rows: int | None,
) -> ReceivedContributions:
    batch, is_new = await register_contribution_batch(db, actor, request, max(rows or 1, 1))
    if not is_new:
        return (
            batch,
            True,
            None if batch.job_id is None else await job_service.read_job(db, actor, batch.job_id),
        )
    params = {
        "format": read_options.format.value, "defaults": dict(read_options.defaults),
        "mode": request.mode.value, "subject_id": str(batch.id), **read_options.bounds.to_params(),
    }  # fmt: skip
    job = await job_service.start_job(db, actor, CONTRIBUTION_IMPORT_KIND, params, rows_total=rows)
    batch.job_id = job.id
    await db.flush()
    await store_input_file(db, job, upload.file)
    return batch, False, job
