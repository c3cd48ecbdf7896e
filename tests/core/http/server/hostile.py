"""Requests of strangers and of callers that are meant to cost the server more than their sender."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from app.core.values.ids import uuid7
from tests.imports.import_files import CSV, NDJSON, XLSX, build_workbook

LOGIN, TOKEN, PLANS, QUOTES = (
    "/v1/auth/login",
    "/v1/oauth/token",
    "/v1/insurance/plans",
    "/v1/insurance/quotes",
)
BATCH, MEETINGS, MEMBERS = "/v1/enrolments/batches", "/v1/meetings", "/v1/members"
FILE, BOOKS, EXPORTS = f"{BATCH}?mode=validate", "/v1/contributions/batches?mode=validate", "/v1/exports"
MIB = 1024 * 1024
_JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Attack:
    """One request, ready to be sent, and the statuses that it may be answered with."""

    name: str
    raw: bytes
    statuses: tuple[int, ...]


def build_raw(
    method: str,
    path: str,
    *headers: tuple[str, str],
    body: bytes = b"",
    chunked: bool = False,
    host: str = "Host: test",
) -> bytes:
    """One request as bytes. chunked: its body comes without a length."""
    lines = [
        f"{method} {path} HTTP/1.1",
        *([host] if host else []),
        *(f"{name}: {value}" for name, value in headers),
    ]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    elif body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def build_unknown_fields(size: int) -> bytes:
    """A JSON object of so many bytes, all of it fields that nobody knows."""
    fields = _list_unknown_fields()
    assert size < len(fields)
    return b"{" + fields[: fields.rindex(b",", 0, size - 1)] + b"}"


@cache
def _list_unknown_fields() -> bytes:
    """More of them than any request here has: made once, as every test builds its requests anew."""
    return ",".join(f'"f{n}":1' for n in range(800_000)).encode()


@cache
def _build_bomb(size: int, byte: bytes = b" ", head: bytes = b"") -> bytes:
    return gzip.compress(head + byte * size)


@cache
def _build_large_workbook() -> bytes:
    return build_workbook(b" " * MIB, 40)


@cache
def _build_lines() -> bytes:
    """As many rows as are read at once, each with whatever a row may be wrong in."""
    row = json.dumps(
        {"external_ref": "R", "birth_date": "2026-02-30", "national_id": "1"} | dict.fromkeys("abcdefgh", 1)
    )
    return f"{row}\n".encode() * 1_000


def list_anonymous() -> list[Attack]:
    """Requests of a stranger."""
    marks = json.dumps({"username": "a\u0301\u0323" * 2600, "password": "x"}, ensure_ascii=False).encode()
    assets = [{"name": "a" * 200, "unit_income": 1} for _ in range(20)]
    plan = {"start_date": "2026-01-01", "pledge": {"amount": 1000, "per": "day"}, "assets": assets}
    household = [{"order": nth, "covered_until": "2026-03-31"} for nth in range(1, 51)]
    quote = {"product": "bhyt_hgd", "payment_date": "2026-11-20", "months": 12, "members": household}
    assumed = quote | {"assume": {f"rule_{n}": "0." + "1" * 30 for n in range(50)}}
    return [
        Attack("declared 6.7 MB of unknown fields", _post(LOGIN, build_unknown_fields(6_700_000)), (413,)),
        Attack("undeclared 6.7 MB of unknown fields", _post(LOGIN, build_unknown_fields(6_700_000), chunked=True), (413,)),
        Attack("16 KiB of unknown fields", _post(LOGIN, build_unknown_fields(16_000)), (422,)),
        Attack("16 KiB of values", _post(LOGIN, b'{"username":[' + b"1," * 8_000 + b"1]}"), (422,)),
        Attack("16 KiB of lists in lists", _post(LOGIN, b"[" * 16_000), (400,)),
        Attack("16 KiB of quotes", _post(LOGIN, b'{"a":1,' * 600 + b'"' + b'\\"' * 5_000), (422,)),
        Attack("16 KiB of digits", _post(LOGIN, b'{"username":' + b"9" * 16_000 + b"}"), (422,)),
        Attack("16 KiB of decimals", _post(LOGIN, b'{"username":0.' + b"9" * 16_000 + b"}"), (422,)),
        Attack("marks on one letter", _post(LOGIN, marks), (422,)),
        Attack("a bomb of gzip", _post(LOGIN, _build_bomb(10_000_000), _GZIP), (413,)),
        Attack("members of gzip", _post(LOGIN, gzip.compress(b"") * 700, _GZIP), (400,)),
        Attack("a form of parameters", build_raw("POST", TOKEN, _FORM, body=b"a=1&" * 4_000), (400,)),
        Attack("a long form", build_raw("POST", TOKEN, _FORM, body=b"a" * 2_000_000), (413,)),
        Attack("a plan with everything", _post(PLANS, json.dumps(plan).encode()), (200, 422)),
        Attack("a quote for a large household", _post(QUOTES, json.dumps(quote).encode()), (200, 422)),
        Attack("a quote of unknown values", _post(QUOTES, json.dumps(assumed).encode()), (422,)),
        Attack("a query of parameters", build_raw("GET", f"{MEMBERS}?{'a&' * 4_000}"), (401,)),
        Attack("a hundred headers", build_raw("GET", "/nowhere", *_headers(99, 200)), (404,)),
        Attack("a body that belongs to nobody", _post(BATCH, build_unknown_fields(8 * MIB)), (401,)),
        Attack("a file that belongs to nobody", build_raw("POST", FILE, ("Content-Type", CSV), body=b"a,b\n" * (2 * MIB)), (401,)),
        Attack("the document", build_raw("GET", "/openapi.json"), (200,)),
        Attack("the metrics", build_raw("GET", "/metrics"), (200,)),
    ]  # fmt: skip


def list_authenticated(token: str) -> list[Attack]:
    """Requests of somebody who may send batches, sheets and members; each list has keys of its own, so that what was
    done once is done again."""

    def send(path: str, body: bytes, media: str, *headers: tuple[str, str]) -> bytes:
        bearer, key = ("Authorization", f"Bearer {token}"), ("Idempotency-Key", str(uuid7()))
        return build_raw("POST", path, ("Content-Type", media), bearer, key, *headers, body=body)

    def post(path: str, body: bytes, *headers: tuple[str, str]) -> bytes:
        return send(path, body, "application/json", *headers)

    report = json.dumps(
        {"form": "b09_ts", "sheet": "a", "list_date": "2026-11-20", "month": "2026-07"}
    ).encode()
    fill = 8 * MIB - 100
    return [
        Attack("64 KiB of unknown fields", post(MEMBERS, build_unknown_fields(65_000)), (422,)),
        Attack("64 KiB of objects", post(MEMBERS, b'{"a":[' + b"{}," * 21_000 + b"{}]}"), (422,)),
        Attack("100 KiB where 64 are read", post(MEMBERS, b" " * 100_000), (413,)),
        Attack("a batch of nothing but texts", post(BATCH, b'{"mode":"partial","items":[' + b'"",' * (fill // 3) + b'""]}'), (422,)),
        Attack("a batch of few texts", post(BATCH, b'{"mode":"partial","items":[' + b'"",' * 550_000 + b'""]}'), (202, 422)),
        Attack("a batch of unknown fields", post(BATCH, build_unknown_fields(fill)), (422,)),
        Attack("a batch of rows of unknown fields", post(BATCH, _rows(fill)), (200, 202, 422)),
        Attack("a sheet of unknown fields", post(MEETINGS, build_unknown_fields(4 * MIB)), (422,)),
        Attack("a sheet of lines without end", post(MEETINGS, b'{"items":[' + b'{"a":1},' * 500_000 + b"{}]}"), (422,)),
        Attack("a batch that is a bomb", post(BATCH, _build_bomb(50_000_000), _GZIP), (413,)),
        Attack("a file of empty lines", send(FILE, _build_bomb(20_000_000, b"\n", b"{}\n"), NDJSON, _GZIP), (400, 413)),
        Attack("a file of one row of cells", send(FILE, _build_bomb(20_000_000, b",", b"full_name\n"), CSV, _GZIP), (400, 413)),
        Attack("a workbook of nothing", send(FILE, _build_large_workbook(), XLSX), (400,)),
        Attack("a file of wrong rows", send(FILE, _build_lines(), NDJSON), (200,)),
        Attack("a file of wrong contributions", send(BOOKS, _build_lines(), NDJSON), (200,)),
        Attack("a report", post(EXPORTS, report), (201, 409)),
    ]  # fmt: skip


_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_GZIP = ("Content-Encoding", "gzip")


def _post(path: str, body: bytes, *headers: tuple[str, str], chunked: bool = False) -> bytes:
    return build_raw("POST", path, _JSON, *headers, body=body, chunked=chunked)


def _headers(count: int, length: int) -> Iterable[tuple[str, str]]:
    return ((f"X-Header-{n}", "v" * length) for n in range(count))


def _rows(size: int) -> bytes:
    row = json.dumps({f"field_{n}": n for n in range(50)})
    return ('{"mode":"partial","items":[' + ",".join([row] * (size // (len(row) + 1))) + "]}").encode()
