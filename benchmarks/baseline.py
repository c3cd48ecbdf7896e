"""The baseline: the least code that does the same work. Starlette, asyncpg and msgspec; one plain statement,
no login, and the administrator's connection, to which no policy applies."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TABLES = """
create table if not exists bench_contribution (
    id uuid primary key, group_id uuid not null, member_id uuid not null, kind text not null, product text,
    amount bigint not null, business_date date not null, note text, recorded_at timestamptz not null default now()
);
create index if not exists ix_bench_group on bench_contribution (group_id, id);
"""
_COLUMNS = "id, group_id, member_id, kind, product, amount, business_date, note"
_INSERT = f"insert into bench_contribution ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8) returning recorded_at"
_SHEET = (
    f"insert into bench_contribution ({_COLUMNS}) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[],"
    " $5::text[], $6::bigint[], $7::date[], $8::text[])"
)
_PAGE = """
select json_build_object('items', coalesce(json_agg(t), '[]'), 'next_cursor', null)::text from (
    select id, id as txn_id, group_id, member_id, kind, product, amount, quantity, unit, unit_price, source, note,
           business_date, sheet_id as meeting_id, reverses_id, member_balance, group_balance, recorded_at
      from ledger_txn where group_id = $1 and kind <> 'sheet' order by seq desc limit 50) t
"""
_MEMBERS = """
select json_build_object('items', coalesce(json_agg(m), '[]'), 'next_cursor', null)::text from (
    select id, network, organisation_id, province_code, commune_code, hamlet_code, household_id, relation_to_head,
           full_name, birth_date, sex, national_id, social_insurance_no, health_card_no, phone, occupation, referrer_id,
           joined_on, died_on, version
      from member where province_code = $1 and network = 'womens_union' order by id limit 50) m
"""
_MEMBER = "select row_to_json(m)::text from member m where id = $1"
_ENROLMENT = "select row_to_json(e)::text from enrolment e where id = $1"


class Entry(msgspec.Struct):
    """One contribution."""

    id: UUID
    group_id: UUID
    member_id: UUID
    kind: str
    product: str | None
    amount: int
    business_date: date
    note: str | None = None


class Sheet(msgspec.Struct):
    """A meeting's contributions."""

    items: list[Entry]


_entry_decoder = msgspec.json.Decoder(Entry)
_sheet_decoder = msgspec.json.Decoder(Sheet)


def _to_row(e: Entry) -> tuple[Any, ...]:
    return (e.id, e.group_id, e.member_id, e.kind, e.product, e.amount, e.business_date, e.note)


async def insert_one(request: Request) -> Response:
    """One row."""
    entry = _entry_decoder.decode(await request.body())
    recorded_at = await request.app.state.pool.fetchval(_INSERT, *_to_row(entry))
    return Response(
        msgspec.json.encode({"id": entry.id, "recorded_at": recorded_at}), 201, media_type="application/json"
    )


async def insert_sheet(request: Request) -> Response:
    """All rows of a sheet in one statement."""
    sheet = _sheet_decoder.decode(await request.body())
    await request.app.state.pool.execute(_SHEET, *map(list, zip(*map(_to_row, sheet.items), strict=True)))
    return Response(msgspec.json.encode({"count": len(sheet.items)}), 201, media_type="application/json")


async def list_contributions(request: Request) -> Response:
    """Fifty contributions of one group as text made by PostgreSQL."""
    text = await request.app.state.pool.fetchval(_PAGE, UUID(request.query_params["group_id"]))
    return Response(text, media_type="application/json")


async def list_members(request: Request) -> Response:
    """Fifty members of one province as text made by PostgreSQL."""
    text = await request.app.state.pool.fetchval(_MEMBERS, request.query_params["province"])
    return Response(text, media_type="application/json")


async def read_member(request: Request) -> Response:
    """One row by its primary key."""
    text = await request.app.state.pool.fetchval(_MEMBER, UUID(request.path_params["id"]))
    return Response(text, media_type="application/json")


async def read_enrolment(request: Request) -> Response:
    """One row by its primary key."""
    text = await request.app.state.pool.fetchval(_ENROLMENT, UUID(request.path_params["id"]))
    return Response(text, media_type="application/json")


async def _skip_reset(_connection: Any) -> None:
    return None


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        os.environ["BASELINE_DSN"], min_size=1, max_size=16, reset=_skip_reset
    )
    yield
    await app.state.pool.close()


app = Starlette(
    lifespan=_lifespan,
    routes=[
        Route("/one", insert_one, methods=["POST"]),
        Route("/sheet", insert_sheet, methods=["POST"]),
        Route("/page", list_contributions),
        Route("/members", list_members),
        Route("/member/{id}", read_member),
        Route("/enrolment/{id}", read_enrolment),
    ],
)
