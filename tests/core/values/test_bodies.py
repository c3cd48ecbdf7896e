"""Every way in which a body can be wrong is a 4xx that names the field."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.errors import InvalidInput, MalformedBody
from app.core.values.bodies import StrictFlag, WholeNumber, validate, validate_value
from app.core.values.json_flaws import MAX_DEPTH, MAX_ERRORS, MAX_KEYS
from app.core.values.strict_json import MAX_VALUES, parse_any, parse_flat, parse_strict
from tests.core.conftest import BODY_LIMIT, Item, Sheet

THINGS = "/v1/things"
JSON = {"Content-Type": "application/json"}

MALFORMED = {
    "syntax": b'{"a": }',
    "trailing": b"{} x",
    "single quotes": b"{'a': 1}",
    "control character": b'{"a": "x\ny"}',
    "not utf-8": b'{"a": "\xff"}',
    "surrogate in utf-8": b'{"a": "\xed\xa0\x80"}',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "very deep": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
}
REJECTED = {
    "empty": (b"", "", "body_missing"),
    "blank": (b" \n", "", "body_missing"),
    "nul": (rb'{"note": "a\u0000b"}', "/note", "nul"),
    "nul in key": (rb'{"a\u0000": 1}', "/a\u0000", "nul"),
    "lone surrogate": (rb'{"items": [{"name": "\ud83d"}]}', "/items/0/name", "surrogate"),
    "low surrogate": (rb'{"items": [{"name": "\uDC00x"}]}', "/items/0/name", "surrogate"),
    "nan": (b'{"items": [{"weight": NaN}]}', "/items/0/weight", "not_a_number"),
    "infinity": (b'{"weight": -Infinity}', "/weight", "not_a_number"),
    "too big for a double": (b'{"weight": 1e999}', "/weight", "number_range"),
    "int64": (b'{"a": [1, 9223372036854775808]}', "/a/1", "integer_range"),
    "negative int64": (b'{"a": -9223372036854775809}', "/a", "integer_range"),
    "endless digits": (b'{"a": ' + b"9" * 5000 + b"}", "/a", "integer_range"),
    "endless decimals": (b'{"a": 0.' + b"1" * 5000 + b"}", "/a", "number_range"),
    "many fields": (
        b"{" + b",".join(b'"f%d":1' % n for n in range(MAX_KEYS + 1)) + b"}",
        "",
        "too_many_keys",
    ),
    "many fields inside": (
        b'{"a/b":[0,{' + b",".join(b'"f%d":{}' % n for n in range(MAX_KEYS + 1)) + b"}]}",
        "/a~1b/1",
        "too_many_keys",
    ),
    "many values": (b"[" + b"1," * MAX_VALUES + b"1]", "", "too_many_values"),
    "many lists": (b"[" + b"[]," * MAX_VALUES + b"[]]", "", "too_many_values"),
    "duplicate": (b'{"items": [{"amount": 1, "amount": 2}]}', "/items/0/amount", "duplicate_key"),
    "duplicate by escape": (rb'{"a/b": 1, "a\u002fb": 2}', "/a~1b", "duplicate_key"),
}


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
STORABLE = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)

KEYS = ["a", "b", "c", r"\u0061", "a:b", "{", "[", r"\u0000", r"\ud800", r"\"", "đ"]
VALUES = [
    "1", "-0", "0", "-1", "01", "1.0", "1e5", "1e400", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "9" * 20, "9" * 5000, "NaN", "-Infinity", "true", "null", "nul",
    '""', '"x"', '"a:b"', '"{"', '"["', '"\x7f"', '"\n"', '"ệ"', "'x'", "{}", "[]", "[" * 500, '{"a": 1}', "",
    r'"\u1ec7"', r'"\u0000"', r'"\\u0000"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00\ud83d"', r'"\/"', r'"\x"',
]  # fmt: skip
BLANKS = ["", "", "", "", " ", "\t", "\r\n", "\x0b", "\xa0", "\ufeff"]
MEMBERS = st.tuples(
    st.sampled_from(KEYS), st.sampled_from(BLANKS), st.sampled_from(BLANKS), st.sampled_from(VALUES)
).map(lambda parts: f'"{parts[0]}"{parts[1]}:{parts[2]}{parts[3]}')
HOSTILE = st.tuples(
    st.sampled_from([*BLANKS, "[", "{"]),
    st.lists(MEMBERS, max_size=4).map(",".join),
    st.sampled_from(["}", "}", "}", "}", "}\n", "} x", ",}", "}}", "", "}\0"]),
).map(lambda parts: "{".join(parts[:2]) + parts[2])
NOT_UTF8 = st.sampled_from([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"])


def read_outcome(read: Callable[[bytes], Any], raw: bytes) -> str:
    """The outcome of reading a text: its value with every type, or its errors."""
    try:
        return repr(read(raw))
    except InvalidInput as error:
        return repr((type(error), error.errors))


class TestShortCut:
    """Valid flat objects are read by a faster parser, which must give the same result as the strict one."""

    @settings(max_examples=1000)
    @given(HOSTILE)
    def test_agrees_with_the_careful_reading(self, text: str):
        raw = text.encode()
        assert read_outcome(parse_strict, raw) == read_outcome(parse_any, raw)

    @given(HOSTILE, NOT_UTF8, st.integers(0, 40))
    def test_agrees_on_what_is_not_utf8(self, text: str, bad: bytes, at: int):
        raw = text.encode()
        raw = raw[:at] + bad + raw[at:]
        assert read_outcome(parse_strict, raw) == read_outcome(parse_any, raw)

    @given(st.dictionaries(TEXTS, STORABLE, max_size=4), st.booleans())
    def test_agrees_on_good_objects(self, value: Any, ascii_only: bool):
        raw = json.dumps(value, ensure_ascii=ascii_only).encode()
        assert read_outcome(parse_strict, raw) == read_outcome(parse_any, raw)

    def test_an_ordinary_row_takes_it(self):
        raw = '{"full_name": "Nguyễn Thị Đào", "phone": null, "months": 12, "b": "\\u1ec7 \\"x\\""}'.encode()
        assert parse_flat(raw) == parse_any(raw)

    @pytest.mark.parametrize(
        "raw", [b'{"a":1,"a":2}', rb'{"a":1,"\u0061":2}', b'{"a":1.5}', b'{"a":{}}', b'"{"', b"1"]
    )
    def test_anything_else_does_not(self, raw: bytes):
        assert parse_flat(raw) is None


class TestParse:
    @pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
    def test_malformed(self, raw: bytes):
        with pytest.raises(MalformedBody) as exc_info:
            parse_strict(raw)
        assert exc_info.value.status == 400

    @pytest.mark.parametrize(("raw", "pointer", "code"), REJECTED.values(), ids=REJECTED.keys())
    def test_flawed(self, raw: bytes, pointer: str, code: str):
        with pytest.raises(InvalidInput) as exc_info:
            parse_strict(raw)
        assert exc_info.value.status == 422
        assert [(item.pointer, item.code) for item in exc_info.value.errors] == [(pointer, code)]

    def test_what_only_looks_suspicious_passes(self):
        assert parse_strict(rb'{"a": "\\u0000 \\ud800", "b": "\ud83d\ude00"}') == {
            "a": r"\u0000 \ud800",
            "b": "😀",
        }

    def test_limits_themselves_pass(self):
        assert parse_strict(b"[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]
        parse_strict(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
        parse_strict(json.dumps([[]] * 100).encode())

    def test_values_are_counted_and_not_what_separates_them(self):
        value = {"a": [",[{" * 500] * 10, "b": {"c": ",,,"}}
        assert parse_strict(json.dumps(value).encode(), max_values=14) == value
        with pytest.raises(InvalidInput):
            parse_strict(json.dumps(value).encode(), max_values=13)
        most = {f"f{n}": n for n in range(MAX_KEYS)}
        assert parse_strict(json.dumps(most).encode()) == most

    def test_no_byte_is_looked_at_twice(self):
        for piece in (b'\\"', b'"', b'"\\', b"\\"):
            raw = b"[" + b"1," * MAX_VALUES + b'"' + piece * (50_000 // len(piece))
            with pytest.raises(InvalidInput) as exc_info:
                parse_strict(raw)
            assert exc_info.value.errors[0].code == "too_many_values"

    def test_of_a_long_text_what_separates_them(self):
        value = ["," * 100_000]
        assert parse_strict(json.dumps(value).encode(), max_values=100_003) == value
        with pytest.raises(InvalidInput) as exc_info:
            parse_strict(json.dumps(value).encode(), max_values=100_000)
        assert exc_info.value.errors[0].code == "too_many_values"

    def test_every_flaw_is_named_up_to_a_hundred(self):
        with pytest.raises(InvalidInput) as exc_info:
            parse_strict(b'{"a": [' + b",".join([b"NaN"] * 500) + b'], "b": "\\u0000"}')
        assert len(exc_info.value.errors) == 100
        assert exc_info.value.errors[7].pointer == "/a/7"

    @given(STORABLE, st.booleans())
    def test_storable_json_is_read_as_it_is(self, value: Any, ascii_only: bool):
        assert parse_strict(json.dumps(value, ensure_ascii=ascii_only).encode()) == value

    @given(st.binary(max_size=60) | st.text('[]{}":,\\u0d8-1eN', max_size=40).map(str.encode))
    def test_anything_else_is_refused_and_never_breaks(self, raw: bytes):
        refusal = None
        try:
            json.dumps(parse_strict(raw), allow_nan=False).encode()
        except InvalidInput as error:
            refusal = error
        assert refusal is None or refusal.errors


class TestValidate:
    def test_pointers(self):
        rows = b'[{"name": "A", "amount": "5"}, {"amount": 0, "nope": 1, "kind": "x"}]'
        raw = b'{"items": ' + rows + b', "extra": {"k": []}}'
        with pytest.raises(InvalidInput) as exc_info:
            validate(raw, Sheet)
        assert {(item.pointer, item.code) for item in exc_info.value.errors} == {
            ("/items/0/amount", "int_type"),
            ("/items/1/name", "missing"),
            ("/items/1/amount", "greater_than_equal"),
            ("/items/1/nope", "extra_forbidden"),
            ("/items/1/kind", "literal_error"),
            ("/extra/k", "string_type"),
            ("/extra/k", "int_type"),
        }

    def test_prefix_and_adapter(self):
        adapter = TypeAdapter(list[Item])
        assert validate_value([{"name": " A ", "amount": 1}], adapter)[0].name == "A"
        with pytest.raises(InvalidInput) as exc_info:
            validate_value([5], adapter, prefix="/rows")
        assert [item.pointer for item in exc_info.value.errors] == ["/rows/0"]

    @pytest.mark.parametrize(
        ("kind", "value"),
        [(WholeNumber, "5"), (WholeNumber, 5.0), (WholeNumber, -1), (StrictFlag, 1), (StrictFlag, "yes")],
    )
    def test_counts_and_flags_are_not_guessed(self, kind: Any, value: object):
        with pytest.raises(InvalidInput):
            validate_value(value, TypeAdapter(kind))

    def test_a_validators_own_words_in_both_languages(self):
        with pytest.raises(InvalidInput) as exc_info:
            validate(b'{"name": "A", "amount": 1, "national_id": "123"}', Item)
        error = exc_info.value.errors[0]
        assert (error.pointer, error.code) == ("/national_id", "national_id")
        assert "12 chữ số" in error.vi
        assert "12 digits" in error.en


def list_errors(path: str, body: Any) -> list[Any]:
    """All that Pydantic says of a body."""
    with pytest.raises(ValidationError) as exc_info:
        (Sheet if path == THINGS else Item).model_validate(body)
    errors: list[Any] = exc_info.value.errors()
    return errors


class TestOverHttp:
    async def test_good(self, client: AsyncClient, valid_body: Callable[..., Any]):
        response = await client.post(THINGS, json=valid_body(name=" Thị\u00a0Đào "))
        assert response.status_code == 201
        assert response.json() == {"count": 1, "names": ["Thị Đào"]}

    @pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
    async def test_malformed_is_400(self, client: AsyncClient, raw: bytes):
        response = await client.post(THINGS, content=raw[:BODY_LIMIT], headers=JSON)
        assert response.status_code == 400
        assert response.json()["code"] == "malformed_body"

    @pytest.mark.parametrize(("raw", "pointer", "code"), REJECTED.values(), ids=REJECTED.keys())
    async def test_flawed_is_422(self, client: AsyncClient, raw: bytes, pointer: str, code: str):
        if len(raw) > BODY_LIMIT:
            raw = raw.replace(b"9" * 2000, b"")
        response = await client.post(THINGS, content=raw, headers=JSON)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert [(item["pointer"], item["code"]) for item in response.json()["errors"]] == [(pointer, code)]

    @pytest.mark.parametrize(
        ("change", "pointer", "code"),
        [
            ({"nope": 1}, "/items/0/nope", "extra_forbidden"),
            ({"amount": 0}, "/items/0/amount", "greater_than_equal"),
            ({"amount": 1.0}, "/items/0/amount", "int_type"),
            ({"amount": True}, "/items/0/amount", "int_type"),
            ({"day": "2026-02-30"}, "/items/0/day", "day"),
            ({"name": "a\u202eb"}, "/items/0/name", "invisible_character"),
            ({"name": None}, "/items/0/name", "string_type"),
            ({"name": "a" * 2000}, "/items/0/name", "too_long"),
        ],
    )
    async def test_wrong_field(self, client, valid_body, change: dict[str, Any], pointer: str, code: str):
        response = await client.post(THINGS, json=valid_body(**change))
        assert response.status_code == 422
        assert [(item["pointer"], item["code"]) for item in response.json()["errors"]] == [(pointer, code)]

    async def test_of_many_wrong_fields_a_hundred_are_named(self, client: AsyncClient, valid_body):
        """Whether FastAPI validates or we do."""
        # Neither texts nor numbers: two errors each.
        extra: dict[str, list[str]] = {f"f{n}": [] for n in range(MAX_KEYS)}
        for path, body in ((THINGS, valid_body() | {"extra": extra}), ("/fast/items/1", extra)):
            response = await client.post(path, content=json.dumps(body), headers=JSON)
            assert response.status_code == 422
            assert len(response.json()["errors"]) == MAX_ERRORS < len(list_errors(path, body))

    @pytest.mark.parametrize("raw", [b"null", b"[]", b'"x"', b"5"])
    async def test_wrong_shape_is_the_whole_body(self, client: AsyncClient, raw: bytes):
        response = await client.post(THINGS, content=raw, headers=JSON)
        assert response.status_code == 422
        assert [item["pointer"] for item in response.json()["errors"]] == [""]

    @pytest.mark.parametrize(
        "kind",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin-1",
            None,
            "json",
        ],
    )
    async def test_wrong_type_of_content_is_415(self, client: AsyncClient, kind: str | None):
        response = await client.post(THINGS, content=b"{}", headers={"Content-Type": kind} if kind else {})
        assert response.status_code == 415

    @pytest.mark.parametrize(
        "kind", ["application/json; charset=UTF-8", "Application/JSON", "application/x+json"]
    )
    async def test_json_by_other_spellings(self, client, valid_body, kind: str):
        response = await client.post(THINGS, content=json.dumps(valid_body()), headers={"Content-Type": kind})
        assert response.status_code == 201

    async def test_an_optional_body_may_be_absent(self, client: AsyncClient):
        url = f"{THINGS}/01928f00-0000-7000-8000-000000000000"
        assert (await client.patch(url, headers={"If-Match": "1"})).json() is True
        response = await client.patch(url, headers={"If-Match": "1"}, json={"name": "A", "amount": 1})
        assert response.json() is False

    async def test_nothing_bypasses(self, client: AsyncClient):
        assert (await client.post("/by-hand", content=b'{"a": 1, "a": 2}')).status_code == 422
        assert (await client.post("/by-hand", content=b'{"a": 1}')).json() == {"a": 1}
        assert (await client.post("/fast/items/1", content=b'{"name": "A", "x": 1}')).status_code == 422
        assert (await client.post("/fast/items/1", content=b'{"name": "A", "amount": 1}')).json() == {
            "name": "A"
        }

    @pytest.mark.parametrize("raw", [b"", b"{", b'{"a": NaN}', b"x" * (BODY_LIMIT + 1), b'{"nope": 1}'])
    async def test_a_stranger_learns_only_401(self, stranger: AsyncClient, raw: bytes):
        response = await stranger.post(f"{THINGS}?nope=1", content=raw, headers=JSON)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


class TestSize:
    @staticmethod
    async def chunks(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 64):
            yield b" " * 64

    @pytest.mark.parametrize("path", [THINGS, "/raw", "/form", "/fast/items/1", "/by-hand"])
    async def test_too_long(self, client: AsyncClient, path: str):
        kind = "application/x-www-form-urlencoded" if path == "/form" else "application/json"
        for content in (b"a" * (BODY_LIMIT + 1), self.chunks(BODY_LIMIT * 2)):
            response = await client.post(path, content=content, headers={"Content-Type": kind})
            assert response.status_code == 413
            assert response.json()["code"] == "body_too_large"
            assert response.headers["connection"] == "close"

    async def test_the_limit_itself_passes(self, client: AsyncClient):
        assert (await client.post("/raw", content=b"x" * BODY_LIMIT)).json() == {"bytes": BODY_LIMIT}
        assert (await client.post("/raw", content=self.chunks(BODY_LIMIT))).json() == {"bytes": BODY_LIMIT}

    async def test_gzip(self, client: AsyncClient, valid_body: Callable[..., Any]):
        packed = gzip.compress(json.dumps(valid_body()).encode())
        headers = JSON | {"Content-Encoding": "gzip"}
        assert (await client.post(THINGS, content=packed, headers=headers)).status_code == 201
        two = gzip.compress(b"ab") + gzip.compress(b"c")
        assert (await client.post("/raw", content=two, headers=headers)).json() == {"bytes": 3}

    async def test_gzip_bomb(self, client: AsyncClient):
        headers = {"Content-Encoding": "gzip"}
        bomb = gzip.compress(b" " * 2_000_000)
        assert len(bomb) < BODY_LIMIT
        assert (await client.post("/raw", content=bomb, headers=headers)).status_code == 413
        exact = gzip.compress(b" " * BODY_LIMIT)
        assert (await client.post("/raw", content=exact, headers=headers)).json() == {"bytes": BODY_LIMIT}

    @pytest.mark.parametrize(
        "content",
        [b"", b"not gzip", gzip.compress(b"abc", mtime=0)[:-3], gzip.compress(b"a", mtime=0) + b"x"],
    )
    async def test_broken_gzip(self, client: AsyncClient, content: bytes):
        response = await client.post("/raw", content=content, headers={"Content-Encoding": "gzip"})
        assert response.status_code == 400

    async def test_other_encodings(self, client: AsyncClient):
        response = await client.post("/raw", content=b"x", headers={"Content-Encoding": "br"})
        assert response.status_code == 415
        assert response.headers["accept-encoding"] == "gzip"
