"""Wipe the places of a piece that an officer said are of somebody who was erased."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from app.core.halt import FatalError
from app.privacy.traces.blanks import blank_errors, blank_outcome, blank_outcomes, blank_report, list_rows
from app.privacy.traces.contents import NUMBER_HEADING, STORED_OUTCOMES, STORED_REPORT, read_csv
from app.privacy.traces.service import HEAD_MARK, SETTLE

TABLES: Final[Mapping[str, str]] = {
    "file": "job", "errors": "job", "items": "enrolment_batch", "contributions": "contribution_batch",
    "rows": "export_list", "member": "member", "consent": "consent", "data_request": "data_request",
    "campaign": "campaign", "award": "award", "payout": "payout", "export_list": "export_list",
    "ledger_txn": "ledger_txn", "enrolment": "enrolment",
}  # fmt: skip
"""Where the record of each kind of doubt stands (next_trace, texts_elsewhere)."""
_ANONYMOUS: Final = "'Người đã ẩn danh'"
_WIPES: Final[Mapping[str, tuple[str, ...]]] = {
    "consent": (
        f"update consent set guardian_name = {_ANONYMOUS} where id = $1 and guardian_name is not null",
    ),
    "data_request": (
        "update data_request set requester_name = null, details = null, answer = null where id = $1",
    ),
    "campaign": (
        f"update campaign set organiser_name = {_ANONYMOUS} where id = $1 and organiser_name is not null",
    ),
    "award": (
        f"update award set recipient_text = {_ANONYMOUS} where id = $1 and recipient_text is not null",
    ),
    "ledger_txn": ("update ledger_txn set note = null, source = null where id = $1",),
    "enrolment": (
        "update enrolment set external_ref = null where id = $1",
        "update outbox_event set data = jsonb_set(data, '{external_ref}', 'null', false) where subject_id = $1",
    ),
    "payout": ("update payout set payer_name = null where id = $1",),
    "export_list": (
        "select remove_workbooks(array[$1::uuid])",
        "update export_list set collector_name = null, collector_code = null where id = $1",
    ),
    "member": (
        "select erase_by_id($1, '-infinity')",
        "select remove_workbooks(lists_naming(array[$1::uuid]))",
    ),
}
"""Of whole records, of which a doubt says no more."""


class HeadingsGone(FatalError):
    """The first part of a report is gone or cannot be read, so that no row of the others is found by its number."""

    def __init__(self) -> None:
        super().__init__(
            "Báo cáo này không còn dòng tiêu đề nên không tìm được dòng theo số: --keep, tệp sẽ bị xóa khi hết hạn lưu."
            " / This report has lost its headings, so no row is found by its number: --keep it; it goes with its time."
        )


class Piece(NamedTuple):
    """A piece and the places in it that are settled. is_failed: it could not be searched, so that it is all of it."""

    kind: str
    record_id: UUID
    file: str
    part: int
    is_failed: bool
    rows: list[str]


async def has_row(connection: asyncpg.Connection, piece: Piece, row: str) -> bool:
    """Whether a piece has such a row; texts have none."""
    if piece.kind in _WIPES:
        return False
    match piece.kind:
        case "file":
            content = await _read_part(connection, piece, piece.file, piece.part)
            headings = await _read_headings(connection, piece)
            return row in list_rows(piece.file, content or b"", headings)
        case "rows":
            sql = "select from export_row where list_id = $1 and $2 in (position::text, position || $3)"
            return await connection.fetchrow(sql, piece.record_id, row, HEAD_MARK) is not None
        case _:
            return row in map(str, range(len(await _read_body(connection, piece))))


async def wipe_piece(connection: asyncpg.Connection, key: bytes, piece: Piece) -> None:
    """Wipe it. connection: the owner's; key: of the processes. Raises: HeadingsGone."""
    for statement in _WIPES.get(piece.kind, ()):
        await connection.execute(statement, piece.record_id)
    if piece.kind in _WIPES:
        return
    values: dict[str, Any] = dict.fromkeys(("content", "beside", "body", "own", "heads"))
    match piece.kind:
        case "file":
            values["content"], values["beside"] = await _wipe_file(connection, piece)
        case "rows":
            values["own"], values["heads"] = await _list_positions(connection, piece)
        case _:
            values["body"] = await _wipe_body(connection, piece)
    await connection.execute(
        SETTLE, key, piece.kind, piece.record_id, piece.file, piece.part, *values.values(), None, False, None
    )


async def _wipe_file(connection: asyncpg.Connection, piece: Piece) -> tuple[bytes | None, bytes | None]:
    """What is left of a part of a file, and of that beside it."""
    if piece.is_failed or piece.file not in (STORED_REPORT, STORED_OUTCOMES):
        return b"", None
    content = await _read_part(connection, piece, piece.file, piece.part)
    if content is None or piece.file == STORED_OUTCOMES:
        return content and blank_outcomes(content, piece.rows), None
    headings = await _read_headings(connection, piece)
    if NUMBER_HEADING not in headings:
        raise HeadingsGone
    beside = await _read_part(connection, piece, STORED_OUTCOMES, piece.part)
    return blank_report(content, headings, piece.rows), beside and blank_outcomes(beside, piece.rows)


async def _read_part(connection: asyncpg.Connection, piece: Piece, name: str, part: int) -> bytes | None:
    content: bytes | None = await connection.fetchval(
        "select content from job_file where job_id = $1 and name = $2 and part = $3 for update",
        *(piece.record_id, name, part),
    )
    return content


async def _read_headings(connection: asyncpg.Connection, piece: Piece) -> list[str]:
    """The headings of a report, from its first part; none where that is gone or cannot be read."""
    first = await _read_part(connection, piece, STORED_REPORT, 0)
    try:
        return read_csv(first.decode().removeprefix("\ufeff"))[0] if first else []
    except (ValueError, IndexError):
        return []


async def _wipe_body(connection: asyncpg.Connection, piece: Piece) -> str:
    """What is left of errors of a job or outcomes of a batch; of those that cannot be read nothing."""
    if piece.is_failed:
        return "[]"
    body = await _read_body(connection, piece)
    if piece.kind == "errors":
        return json.dumps(blank_errors(body, piece.rows))
    return json.dumps(
        [blank_outcome(item) if str(place) in piece.rows else item for place, item in enumerate(body)]
    )


async def _read_body(connection: asyncpg.Connection, piece: Piece) -> list[Any]:
    column = "errors" if piece.kind == "errors" else "items"
    sql = f"select {column}::text from {TABLES[piece.kind]} where id = $1 for no key update"
    body: list[Any] = json.loads(await connection.fetchval(sql, piece.record_id))
    return body


async def _list_positions(connection: asyncpg.Connection, piece: Piece) -> tuple[list[int], list[int]]:
    """The rows of a list whose person goes, and those whose head of the household does."""
    if piece.is_failed:
        every = "select array_agg(position) from export_row where list_id = $1"
        return await connection.fetchval(every, piece.record_id) or [], []
    heads = [int(row.removesuffix(HEAD_MARK)) for row in piece.rows if row.endswith(HEAD_MARK)]
    return [int(row) for row in piece.rows if not row.endswith(HEAD_MARK)], heads
