"""Settle what a search left for an officer: wipe it as a sure find would be, or strike it as somebody else's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from app.audit.events import Event
from app.auth.permissions import Permission, permissions_of
from app.core.halt import FatalError
from app.core.values.ids import uuid7
from app.core.values.time import VIET_NAM
from app.privacy.traces.blanks import blank_errors, blank_outcome, blank_outcomes, blank_report, list_rows
from app.privacy.traces.contents import NUMBER_HEADING, STORED_OUTCOMES, STORED_REPORT, read_csv
from app.privacy.traces.service import HEAD_MARK, SETTLE

_TABLES: Final[Mapping[str, str]] = {
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
    "member": ("select erase_rows($1)", "select remove_workbooks(lists_naming(array[$1::uuid]))"),
}
"""Of whole records, of which a doubt says no more."""
DOUBT_KINDS: Final = tuple(_TABLES)
_FIND_OFFICER: Final = """
select u.id, u.roles, u.organisation_id, o.network from app_user u join organisation o on o.id = u.organisation_id
 where u.username = $1 and u.disabled_at is null
"""
_FIND: Final = """
select record_kind, record_id, file, part, is_failed, rows from trace_doubt
 where record_kind = $1 and record_id = $2 and ($3::text is null or file = $3) and ($4::integer is null or part = $4)
   and ($5::text is null or $5 = any (rows) or more > 0 and not is_failed) order by is_failed, file, part for update
"""
_FIND_SETTLED: Final = """
select e.at, e.event, coalesce(u.username, '?') as username from audit_event e left join app_user u on u.id = e.actor_id
 where e.subject_id = $2 and e.event in ('trace_doubt.erased', 'trace_doubt.kept') and e.fields ->> 'record_kind' = $1
   and ($3::text is null or e.fields ->> 'file' = $3) and ($4::integer is null or (e.fields ->> 'part')::integer = $4)
   and ($5::text is null or e.fields -> 'rows' ? $5) order by e.id desc limit 1
"""
_FORGET: Final = """
with remaining as (
    update trace_doubt set rows = array(select r from unnest(rows) r where r <> all ($6)),
           more = greatest(more - (select count(*) from unnest($6::text[]) r where r <> all (rows)), 0)
     where record_kind = $1 and record_id = $2 and file = $3 and part = $4 and is_failed = $5
       and not (rows <@ $6 and (more = 0 or $7))
)
delete from trace_doubt
 where record_kind = $1 and record_id = $2 and file = $3 and part = $4 and is_failed = $5
   and rows <@ $6 and (more = 0 or $7)
"""
"""Those that were only counted (`more`) stay until they are named by their rows, or all of the piece is kept ($7)."""
_RECORD: Final = """
insert into audit_event (id, event, network, actor_id, actor_kind, organisation_id, subject_kind, subject_id, fields)
values ($1, $2, $3, $4, 'user', $5, 'trace_doubt', $6, $7::text::jsonb)
"""


class UnknownOfficer(FatalError):
    """Nobody has this username who may handle what people ask about their data in the record's network."""

    def __init__(self) -> None:
        super().__init__(
            "--by: không có người dùng này, hoặc không được xử lý dữ liệu cá nhân của hệ thống có hồ sơ đó."
            " / --by: no such user, or not one who handles personal data of that record's network."
        )


class NoSuchDoubt(FatalError):
    """There is no such place, and there was none."""

    def __init__(self) -> None:
        super().__init__(
            "Không có chỗ này trong `ansinh privacy searches --doubts`."
            " / `ansinh privacy searches --doubts` has no such place."
        )


class HeadingsGone(FatalError):
    """The first part of a report is gone or cannot be read, so that no row of the others is found by its number."""

    def __init__(self) -> None:
        super().__init__(
            "Báo cáo này không còn dòng tiêu đề nên không tìm được dòng theo số: --keep, tệp sẽ bị xóa khi hết hạn lưu."
            " / This report has lost its headings, so no row is found by its number: --keep it; it goes with its time."
        )


@dataclass(frozen=True, slots=True)
class DoubtRef:
    """Which places: of a record, and where these are given in one file, part or row alone."""

    kind: str
    record_id: UUID
    file: str | None = None
    part: int | None = None
    row: str | None = None

    def arguments(self) -> tuple[str, UUID, str | None, int | None, str | None]:
        return self.kind, self.record_id, self.file, self.part, self.row


class Piece(NamedTuple):
    """A piece and the places in it that are settled. is_failed: it could not be searched, so that it is all of it."""

    kind: str
    record_id: UUID
    file: str
    part: int
    is_failed: bool
    rows: list[str]


class Settled(NamedTuple):
    """What was done before: when, what (erased, kept) and by whom."""

    at: Any
    outcome: str
    username: str

    def tell(self) -> str:
        """In words."""
        words = {
            "erased": "đã xóa / was erased",
            "kept": "đã giữ lại, của người khác / was kept, as somebody else's",
        }
        return f"{words[self.outcome]}: {self.at.astimezone(VIET_NAM):%Y-%m-%d %H:%M}, {self.username}"


async def settle_doubts(
    connection: asyncpg.Connection, key: bytes, ref: DoubtRef, by: str, *, erase: bool, carry_out: bool
) -> list[Piece] | Settled:
    """Wipe these places, or strike them as somebody else's, and record in the audit who said so.

    connection: the owner's; key: of the processes; by: the officer's username; carry_out: false to be told which these
    are. Returns: them, or what was done with them before.
    Raises: UnknownOfficer, NoSuchDoubt, HeadingsGone.
    """
    async with connection.transaction():
        await connection.execute("select set_config('app.system', 'on', true)")
        await connection.execute("select release_traces()")
        officer = await _find_officer(connection, ref, by)
        pieces = [Piece(*row) for row in await connection.fetch(_FIND, *ref.arguments())]
        if ref.row is not None:
            pieces = [
                piece._replace(rows=[ref.row])
                for piece in pieces
                if ref.row in piece.rows or await _was_only_counted(connection, piece, ref.row)
            ]
        if not pieces:
            return await _find_settled(connection, ref)
        if carry_out:
            for piece in pieces:
                if erase:
                    await _wipe(connection, key, piece)
                await connection.execute(_FORGET, *piece, ref.row is None and not erase)
                await _record(connection, officer, piece, Event.DOUBT_ERASED if erase else Event.DOUBT_KEPT)
            await connection.execute("select release_traces()")
        return pieces


async def _was_only_counted(connection: asyncpg.Connection, piece: Piece, row: str) -> bool:
    """Whether there is such a row in a piece whose doubts are more than it lists, and nobody has settled it."""
    ref = DoubtRef(piece.kind, piece.record_id, piece.file, piece.part, row)
    if piece.kind in _WIPES or await connection.fetchrow(_FIND_SETTLED, *ref.arguments()):
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
            body = await _read_body(connection, piece)
            return row in map(str, range(len(body)))


async def _find_officer(connection: asyncpg.Connection, ref: DoubtRef, by: str) -> asyncpg.Record:
    officer = await connection.fetchrow(_FIND_OFFICER, by)
    network = await connection.fetchval(
        f"select network from {_TABLES[ref.kind]} where id = $1", ref.record_id
    )
    if network is None:
        raise NoSuchDoubt
    if (
        officer is None
        or officer["network"] != network
        or Permission.DATA_REQUEST_READ not in permissions_of(officer["roles"], ())
    ):
        raise UnknownOfficer
    return officer


async def _find_settled(connection: asyncpg.Connection, ref: DoubtRef) -> Settled:
    row = await connection.fetchrow(_FIND_SETTLED, *ref.arguments())
    if row is None:
        raise NoSuchDoubt
    return Settled(row["at"], row["event"].partition(".")[2], row["username"])


async def _record(
    connection: asyncpg.Connection, officer: asyncpg.Record, piece: Piece, event: Event
) -> None:
    fields = {"record_kind": piece.kind, "file": piece.file, "part": piece.part, "rows": piece.rows}
    await connection.execute(
        _RECORD, uuid7(), event.value, officer["network"], officer["id"], officer["organisation_id"],
        piece.record_id, json.dumps(fields),
    )  # fmt: skip


async def _wipe(connection: asyncpg.Connection, key: bytes, piece: Piece) -> None:
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


async def _wipe_file(connection: asyncpg.Connection, piece: Piece) -> tuple[bytes, bytes | None]:
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
    sql = f"select {column}::text from {_TABLES[piece.kind]} where id = $1 for no key update"
    body: list[Any] = json.loads(await connection.fetchval(sql, piece.record_id))
    return body


async def _list_positions(connection: asyncpg.Connection, piece: Piece) -> tuple[list[int], list[int]]:
    """The rows of a list whose person goes, and those whose head of the household does."""
    if piece.is_failed:
        every = "select array_agg(position) from export_row where list_id = $1"
        return await connection.fetchval(every, piece.record_id) or [], []
    heads = [int(row.removesuffix(HEAD_MARK)) for row in piece.rows if row.endswith(HEAD_MARK)]
    return [int(row) for row in piece.rows if not row.endswith(HEAD_MARK)], heads
