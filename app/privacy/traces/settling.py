"""Settle what a search left for an officer: wipe it as a sure find would be, or strike it as somebody else's."""

import json
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from app.audit.events import Event
from app.auth.permissions import Permission, permissions_of
from app.core.halt import FatalError
from app.core.values.ids import uuid7
from app.core.values.time import VIET_NAM
from app.privacy.traces.wiping import TABLES, Piece, has_row, wipe_piece

DOUBT_KINDS: Final = tuple(TABLES)
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
                    await wipe_piece(connection, key, piece)
                await connection.execute(_FORGET, *piece, ref.row is None and not erase)
                await _record(connection, officer, piece, Event.DOUBT_ERASED if erase else Event.DOUBT_KEPT)
            await connection.execute("select release_traces()")
        return pieces


async def _was_only_counted(connection: asyncpg.Connection, piece: Piece, row: str) -> bool:
    """Whether there is such a row in a piece whose doubts are more than it lists, and nobody has settled it."""
    ref = DoubtRef(piece.kind, piece.record_id, piece.file, piece.part, row)
    return await connection.fetchrow(_FIND_SETTLED, *ref.arguments()) is None and await has_row(
        connection, piece, row
    )


async def _find_officer(connection: asyncpg.Connection, ref: DoubtRef, by: str) -> asyncpg.Record:
    officer = await connection.fetchrow(_FIND_OFFICER, by)
    network = await connection.fetchval(
        f"select network from {TABLES[ref.kind]} where id = $1", ref.record_id
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
