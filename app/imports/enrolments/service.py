"""Receive batches of enrolments: up to 1,000 rows are processed at once, more become a job."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.core.process.threads import call_by_size
from app.core.values.bodies import validate_value
from app.imports.enrolments.job import ENROLMENT_IMPORT_KIND
from app.imports.enrolments.schemas import ImportQuery
from app.imports.files.bounds import SkippedRows
from app.imports.files.sources import Format, ReadOptions, to_json_line
from app.imports.files.tables import RawRow
from app.imports.first_rows import count_rows, read_first_rows
from app.imports.rows import EnrolmentItem, annotate_outcome, parse_enrolment_row
from app.imports.upload import Upload, UploadTerms, read_json_upload
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.batch import BatchRequest
from app.insurance.enrolments.intake.schemas import MAX_BATCH_ROWS, EnrolmentBatchIn, OnConflict
from app.jobs import files
from app.jobs import service as job_service
from app.models.insurance.enrolment import EnrolmentBatch
from app.models.jobs.job import Job


@dataclass(frozen=True, slots=True)
class ReceivedEnrolments:
    """The result of receiving a batch: its record, whether an earlier request made it, and its job if it has one."""

    batch: EnrolmentBatch
    replayed: bool
    job: Job | None


async def receive_enrolment_upload(
    db: AsyncSession, actor: Actor, upload: Upload, query: ImportQuery, terms: UploadTerms
) -> ReceivedEnrolments:
    """Receive a batch under its idempotency key.

    Raises: TooManyRows, TooManySandboxRows, TooManyJobs, SandboxOnly, IdempotencyKeyReused, BatchRefused, InvalidInput,
    MalformedBody, BadFile, NoHeadings, UnknownHeading.
    """
    if upload.format is None:
        return await _receive_json(db, actor, upload, query, terms)
    request = _build_request(upload, query, terms.key)
    params = {
        "format": upload.format.value,
        "defaults": _to_strings(query.defaults),
        **terms.bounds.to_params(),
    }
    read_options = ReadOptions(upload.format, query.defaults, terms.bounds)
    first = await asyncio.to_thread(
        read_first_rows, upload, read_options, parse_enrolment_row, MAX_BATCH_ROWS
    )
    await terms.consume_rows(first.count)
    if first.rows is None:
        return await _start_job(db, actor, request, upload, params, rows=count_rows(upload))
    return await _process_file_rows(db, actor, request, *first.rows, first.skipped)


async def _process_file_rows(
    db: AsyncSession,
    actor: Actor,
    request: BatchRequest,
    raw_rows: Sequence[RawRow],
    items: Sequence[EnrolmentItem],
    skipped: SkippedRows,
) -> ReceivedEnrolments:
    """Process the rows of a file at once; their outcomes name row and column."""
    batch, is_new = await batches.get_or_create_enrolment_batch(db, actor, request, len(items))
    if is_new:
        outcomes = await batches.process_enrolment_items(db, actor, request, items, batch.id)
        for raw, outcome in zip(raw_rows, outcomes, strict=True):
            annotate_outcome(raw, outcome)
        skipped.record_in(batch)
        await batches.store_outcomes(db, actor, batch, outcomes)
    return ReceivedEnrolments(batch, not is_new, None)


def _build_request(upload: Upload, query: ImportQuery, key: str) -> BatchRequest:
    if query.mode is None:
        raise InvalidInput(errors=[missing_field("/query/mode")])
    on_conflict = query.on_conflict or OnConflict.REFUSE
    options = json.dumps(
        [query.mode, on_conflict, _to_strings(query.defaults), upload.format], sort_keys=True
    )
    return BatchRequest(
        key, hashlib.sha256(upload.digest + options.encode()).digest(), query.mode, on_conflict
    )


async def _receive_json(
    db: AsyncSession, actor: Actor, upload: Upload, query: ImportQuery, terms: UploadTerms
) -> ReceivedEnrolments:
    """A JSON value: mode and items are in it. Of more than 1,000 items each becomes a line of the job's file."""
    _refuse_query(query)
    value = await read_json_upload(upload)
    items = value.get("items") if isinstance(value, dict) else None
    await terms.consume_rows(len(items) if isinstance(items, list) else 1)
    if not isinstance(items, list) or len(items) <= MAX_BATCH_ROWS:
        body, digest = await call_by_size(upload.size, _validate_batch, value)
        request = BatchRequest(terms.key, digest, body.mode, body.on_conflict)
        batch, replayed = await batches.submit_enrolment_batch(db, actor, request, body.rows)
        return ReceivedEnrolments(batch, replayed, None)
    head = validate_value({**value, "items": items[:1]}, EnrolmentBatchIn)
    request = BatchRequest(terms.key, upload.digest, head.mode, head.on_conflict)
    params = {"format": Format.NDJSON.value, "defaults": {}, **terms.bounds.to_params()}
    as_lines = items_as_file(items, upload)
    return await _start_job(db, actor, request, as_lines, params, rows=len(items))


def _validate_batch(value: Any) -> tuple[EnrolmentBatchIn, bytes]:
    """Validate a batch, and digest what it says however it is spelled."""
    body = validate_value(value, EnrolmentBatchIn)
    content = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return body, hashlib.sha256(content.encode()).digest()


def _refuse_query(query: ImportQuery) -> None:
    given_fields = [name for name in ImportQuery.model_fields if getattr(query, name) is not None]
    if given_fields:
        raise InvalidInput(
            errors=[
                FieldError(
                    f"/query/{name}", "for_files_only", "Chỉ dùng khi gửi tệp; JSON ghi trong nội dung.",
                    "Only for files; in JSON it is part of the body.",
                )
                for name in given_fields
            ]
        )  # fmt: skip


def items_as_file(items: Sequence[Any], upload: Upload) -> Upload:
    """Present the items of a JSON value as a file of NDJSON."""
    file: Any = _LineReader(map(to_json_line, items))
    return Upload(file, Format.NDJSON, upload.size, len(items), upload.digest)


class _LineReader:
    """Lines presented as a file that is read once, from its beginning."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._buffer = lines, b""

    def seek(self, _offset: int) -> None:
        """At its beginning already."""

    def read(self, size: int) -> bytes:
        """The next bytes, so many or fewer."""
        parts = [self._buffer]
        length = len(self._buffer)
        while length < size and (line := next(self._lines, None)) is not None:
            parts.append(line)
            length += len(line)
        data = b"".join(parts)
        self._buffer = data[size:]
        return data[:size]


async def _start_job(
    db: AsyncSession,
    actor: Actor,
    request: BatchRequest,
    upload: Upload,
    params: Mapping[str, Any],
    *,
    rows: int | None,
) -> ReceivedEnrolments:
    """Start a job for the batch, with the file to read; all in the transaction of the request."""
    batch, is_new = await batches.get_or_create_enrolment_batch(db, actor, request, max(rows or 1, 1))
    if not is_new:
        job = None if batch.job_id is None else await job_service.read_job(db, actor, batch.job_id)
        return ReceivedEnrolments(batch, True, job)
    options = {
        "mode": request.mode.value,
        "on_conflict": request.on_conflict.value,
        "subject_id": str(batch.id),
    }
    job = await job_service.start_job(
        db, actor, ENROLMENT_IMPORT_KIND, {**params, **options}, rows_total=rows
    )
    batch.job_id = job.id
    await db.flush()
    await store_input_file(db, job, upload.file)
    return ReceivedEnrolments(batch, False, job)


async def store_input_file(db: AsyncSession, job: Job, file: IO[bytes]) -> None:
    """Store the input file of a job, part by part, in the transaction of the request."""
    file.seek(0)
    part = 0
    while data := await asyncio.to_thread(file.read, files.PART_BYTES):
        await files.put_part(db, job.id, files.INPUT_NAME, part, data)
        part += 1


def _to_strings(defaults: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in defaults.items()}
