"""Batches of contributions as they come: up to 1,000 rows are written at once, more become a job."""

import asyncio
import hashlib
import json
from collections import Counter
from itertools import islice
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.bodies import validate_value
from app.core.db import driver_of, in_savepoint
from app.core.errors import FieldError, InvalidInput
from app.core.language import field_words
from app.core.strict_json import parse_strict
from app.exchange import job_service
from app.exchange.contribution_batch import note_received, register
from app.exchange.contribution_books import book, without_ids
from app.exchange.contribution_import_job import KIND
from app.exchange.contribution_rows import CONTRIBUTIONS, MOST_AT_ONCE, Booked, Row, row_from, row_of
from app.exchange.contribution_schemas import ContributionQuery, Envelope
from app.exchange.import_rows import tell
from app.exchange.import_service import LARGE_BOOK, counted, hand_over, lines_as_file
from app.exchange.import_sources import Format, Reading, rows_of
from app.exchange.import_tables import RawRow
from app.exchange.import_upload import Terms, Upload
from app.insurance.enrolment_batch import Sending
from app.insurance.enrolment_batch_schemas import Mode
from app.insurance.enrolment_errors import BatchRefused
from app.models.contribution_batch import ContributionBatch
from app.models.job import Job

Received = tuple[ContributionBatch, bool, Job | None]
"""The batch, whether this is the answer to an earlier send, and its job if it has one."""


async def receive(
    db: AsyncSession, actor: Actor, upload: Upload, wanted: ContributionQuery, terms: Terms
) -> Received:
    """Take a batch in under its key.

    Raises: TooManyRows, SandboxOnly, IdempotencyKeyReused, BatchRefused, InvalidInput, MalformedBody, BadFile,
    NoHeadings, UnknownHeading.
    """
    if upload.kind is None:
        return await _receive_json(db, actor, upload, wanted, terms)
    if wanted.mode is None:
        raise InvalidInput(errors=[FieldError("/query/mode", "missing", *field_words("missing", {}))])
    said = json.dumps([wanted.mode, wanted.defaults, upload.kind], sort_keys=True)
    sending = Sending(terms.key, hashlib.sha256(upload.digest + said.encode()).digest(), wanted.mode)
    reading = Reading(upload.kind, wanted.defaults, terms.limit, CONTRIBUTIONS)
    raws = await asyncio.to_thread(_first_rows, upload, reading)
    terms.spend(len(raws) if raws is not None else counted(upload) or 10 * MOST_AT_ONCE)
    if raws is None:
        return await _as_job(db, actor, sending, upload, reading, counted(upload))
    return await _at_once(db, actor, sending, [row_of(raw) for raw in raws], raws)


async def _receive_json(
    db: AsyncSession, actor: Actor, upload: Upload, wanted: ContributionQuery, terms: Terms
) -> Received:
    if wanted.model_dump(exclude_none=True):
        raise InvalidInput.at(
            "/query", "for_files_only", vi="Chỉ dùng khi gửi tệp; JSON ghi trong nội dung.",
            en="Only for files; JSON says it in its body.",
        )  # fmt: skip
    upload.file.seek(0)
    body = validate_value(parse_strict(upload.file.read()), Envelope)
    terms.spend(len(body.items))
    if not body.items:
        raise InvalidInput.at("/items", "no_items", vi="Lô chưa có dòng nào.", en="The batch has no items.")
    sending = Sending(terms.key, upload.digest, body.mode)
    if len(body.items) <= MOST_AT_ONCE:
        return await _at_once(db, actor, sending, [row_from(item) for item in body.items], None)
    as_lines = lines_as_file(body.items, upload)
    return await _as_job(
        db, actor, sending, as_lines, Reading(Format.NDJSON, {}, 0, CONTRIBUTIONS), len(body.items)
    )


def _first_rows(upload: Upload, reading: Reading) -> list[RawRow] | None:
    """All rows, or None when there are more than are taken in at once. Raises: InvalidInput when there are none."""
    if reading.kind is Format.XLSX and upload.size > LARGE_BOOK:
        return None
    rows = list(islice(rows_of(upload.file, reading), MOST_AT_ONCE + 1))
    if not rows:
        raise InvalidInput.at("", "no_items", vi="Tệp không có dòng dữ liệu nào.", en="The file has no rows.")
    return rows if len(rows) <= MOST_AT_ONCE else None


async def _at_once(
    db: AsyncSession, actor: Actor, sending: Sending, rows: list[Row], raws: list[RawRow] | None
) -> Received:
    batch, is_new = await register(db, actor, sending, len(rows))
    if not is_new:
        return batch, True, None

    async def work() -> list[dict[str, Any]]:
        return await book(db, actor, rows, sending.mode, batch.id, 0)

    told = await in_savepoint(await driver_of(db), work, keep=sending.mode is not Mode.VALIDATE)
    for raw, said in zip(raws or (), told, strict=False):
        tell(raw, said)
    if sending.mode is Mode.VALIDATE:
        told = without_ids(told)
    batch.items = told
    counts = Counter(said["status"] for said in told)
    if sending.mode is Mode.ATOMIC and counts[Booked.REJECTED]:
        faults = [
            FieldError(f"/items/{index}{pointer}", *rest)
            for index, said in enumerate(told)
            for pointer, *rest in said["errors"]
        ]
        raise BatchRefused(errors=faults, rejected=counts[Booked.REJECTED])
    await note_received(db, actor, batch, {one.value: counts[one.value] for one in Booked})
    return batch, False, None


async def _as_job(
    db: AsyncSession, actor: Actor, sending: Sending, upload: Upload, reading: Reading, rows: int | None
) -> Received:
    batch, is_new = await register(db, actor, sending, max(rows or 1, 1))
    if not is_new:
        return (
            batch,
            True,
            None if batch.job_id is None else await job_service.read_job(db, actor, batch.job_id),
        )
    params = {
        "format": reading.kind.value, "defaults": dict(reading.defaults), "limit": reading.limit,
        "mode": sending.mode.value, "subject_id": str(batch.id),
    }  # fmt: skip
    job = await job_service.start(db, actor, KIND, params, rows_total=rows)
    batch.job_id = job.id
    await db.flush()
    await hand_over(db, job, upload.file)
    return batch, False, job
