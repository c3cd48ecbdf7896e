"""Batches of enrolments as they come: up to 1,000 rows are taken in at once, more become a job."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.bodies import validate_value
from app.core.errors import FieldError, InvalidInput
from app.core.language import field_words
from app.core.strict_json import parse_strict
from app.exchange import job_files as files
from app.exchange import job_service
from app.exchange.enrolment_import_job import KIND
from app.exchange.import_rows import item_of, tell
from app.exchange.import_schemas import ImportQuery
from app.exchange.import_sources import Format, Reading, as_line, rows_of
from app.exchange.import_tables import RawRow
from app.exchange.import_upload import Terms, Upload
from app.insurance import enrolment_batch as batches
from app.insurance.enrolment_batch import Sending
from app.insurance.enrolment_batch_schemas import MOST_ROWS, EnrolmentBatchIn, OnConflict
from app.insurance.enrolment_row import Said
from app.models.enrolment import EnrolmentBatch
from app.models.job import Job

LARGE_BOOK = 1024 * 1024
"""Bytes of a workbook that is not opened while its sender waits."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch: its record, whether this is the answer to an earlier send, and its job if it has one."""

    batch: EnrolmentBatch
    replayed: bool
    job: Job | None


async def receive(
    db: AsyncSession, actor: Actor, upload: Upload, wanted: ImportQuery, terms: Terms
) -> Received:
    """Take a batch in under its key.

    Raises: TooManyRows, SandboxOnly, IdempotencyKeyReused, BatchRefused, InvalidInput, MalformedBody, BadFile,
    NoHeadings, UnknownHeading.
    """
    if upload.kind is None:
        return await _receive_json(db, actor, upload, wanted, terms)
    sending = _sending(upload, wanted, terms.key)
    params = {"format": upload.kind.value, "defaults": _plain(wanted.defaults), "limit": terms.limit}
    first = await asyncio.to_thread(_first_rows, upload, wanted, terms.limit)
    terms.spend(len(first) if first is not None else counted(upload) or 10 * MOST_ROWS)
    if first is None:
        return await _as_job(db, actor, sending, upload, params, rows=counted(upload))
    items = [item_of(raw) for raw in first]

    def told(index: int, said: Said) -> None:
        tell(first[index], said)

    batch, replayed = await batches.receive(db, actor, sending, items, told)
    return Received(batch, replayed, None)


def _sending(upload: Upload, wanted: ImportQuery, key: str) -> Sending:
    if wanted.mode is None:
        raise InvalidInput(errors=[FieldError("/query/mode", "missing", *field_words("missing", {}))])
    on_conflict = wanted.on_conflict or OnConflict.REFUSE
    said = json.dumps([wanted.mode, on_conflict, _plain(wanted.defaults), upload.kind], sort_keys=True)
    return Sending(key, hashlib.sha256(upload.digest + said.encode()).digest(), wanted.mode, on_conflict)


def _first_rows(upload: Upload, wanted: ImportQuery, limit: int) -> list[RawRow] | None:
    """All rows, or None when there are more than are taken in at once. Raises: InvalidInput when there are none."""
    assert upload.kind is not None  # noqa: S101 - asked for by files only
    if upload.kind is Format.XLSX and upload.size > LARGE_BOOK:
        return None
    rows = list(islice(rows_of(upload.file, Reading(upload.kind, wanted.defaults, limit)), MOST_ROWS + 1))
    if not rows:
        raise InvalidInput.at("", "no_items", vi="Tệp không có dòng dữ liệu nào.", en="The file has no rows.")
    return rows if len(rows) <= MOST_ROWS else None


def counted(upload: Upload) -> int | None:
    """Rows as far as they can be told without reading them: a table's first line bears its headings."""
    if upload.kind is Format.XLSX:
        return None
    return upload.lines - (upload.kind is Format.CSV)


async def _receive_json(
    db: AsyncSession, actor: Actor, upload: Upload, wanted: ImportQuery, terms: Terms
) -> Received:
    """A JSON value: mode and items are in it. Of more than 1,000 items each becomes a line of the job's file."""
    _refuse_query(wanted)
    upload.file.seek(0)
    value = parse_strict(upload.file.read())
    items = value.get("items") if isinstance(value, dict) else None
    terms.spend(len(items) if isinstance(items, list) else 1)
    if not isinstance(items, list) or len(items) <= MOST_ROWS:
        body = validate_value(value, EnrolmentBatchIn)
        content = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(content.encode()).digest()
        sending = Sending(terms.key, digest, body.mode, body.on_conflict)
        batch, replayed = await batches.receive(db, actor, sending, body.rows)
        return Received(batch, replayed, None)
    head = validate_value({**value, "items": items[:1]}, EnrolmentBatchIn)
    sending = Sending(terms.key, upload.digest, head.mode, head.on_conflict)
    params = {"format": Format.NDJSON.value, "defaults": {}, "limit": 0}
    as_lines = lines_as_file(items, upload)
    return await _as_job(db, actor, sending, as_lines, params, rows=len(items))


def _refuse_query(wanted: ImportQuery) -> None:
    given = [name for name in ImportQuery.model_fields if getattr(wanted, name) is not None]
    if given:
        raise InvalidInput(
            errors=[
                FieldError(
                    f"/query/{name}", "for_files_only", "Chỉ dùng khi gửi tệp; JSON ghi trong nội dung.",
                    "Only for files; JSON says it in its body.",
                )
                for name in given
            ]
        )  # fmt: skip


def lines_as_file(items: Sequence[Any], upload: Upload) -> Upload:
    """The items of a JSON value as a file of NDJSON."""
    file: Any = _Lines(map(as_line, items))
    return Upload(file, Format.NDJSON, upload.size, len(items), upload.digest)


class _Lines:
    """Lines as a file that is read once, from its beginning."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._held = lines, b""

    def seek(self, _place: int) -> None:
        """At its beginning already."""

    def read(self, size: int) -> bytes:
        """The next bytes, so many or fewer."""
        held = [self._held]
        length = len(self._held)
        while length < size and (line := next(self._lines, None)) is not None:
            held.append(line)
            length += len(line)
        whole = b"".join(held)
        self._held = whole[size:]
        return whole[:size]


async def _as_job(
    db: AsyncSession,
    actor: Actor,
    sending: Sending,
    upload: Upload,
    params: Mapping[str, Any],
    *,
    rows: int | None,
) -> Received:
    """A job for the batch, with the file to read; all in the transaction of the request."""
    batch, is_new = await batches.register(db, actor, sending, max(rows or 1, 1))
    if not is_new:
        job = None if batch.job_id is None else await job_service.read_job(db, actor, batch.job_id)
        return Received(batch, True, job)
    said = {"mode": sending.mode.value, "on_conflict": sending.on_conflict.value, "subject_id": str(batch.id)}
    job = await job_service.start(db, actor, KIND, {**params, **said}, rows_total=rows)
    batch.job_id = job.id
    await db.flush()
    await hand_over(db, job, upload.file)
    return Received(batch, False, job)


async def hand_over(db: AsyncSession, job: Job, file: IO[bytes]) -> None:
    """Give a job its file to read, part by part, in the transaction of the request."""
    file.seek(0)
    part = 0
    while data := await asyncio.to_thread(file.read, files.PART):
        await files.put_part(db, job.id, files.INPUT, part, data)
        part += 1


def _plain(defaults: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in defaults.items()}
