"""Strict JSON parsing: what is ambiguous, too much or cannot be stored is refused, with its JSON pointer."""

import json
import re
from typing import Any

from pydantic_core import from_json

from app.core.errors import InvalidInput
from app.core.values.json_flaws import (
    INT64,
    MAX_DEPTH,
    MAX_KEYS,
    build_bad_syntax,
    build_malformed,
    build_too_deep,
    build_too_many_values,
    diagnose,
    find_flaws,
    is_fraction,
)

MAX_VALUES = 2_000
"""Objects, lists, texts and numbers of a text in all, unless a route says otherwise (`BodyLimits`)."""
SMALL_TEXT = 64 * 1024
"""Bytes that are parsed within a few ms; what is longer belongs off the event loop."""
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A text, or what begins like one and has no end: so every byte is looked at once."""
_SUSPECT_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class _FastParseFailed(Exception):
    """The fast parser met something to refuse; the slow one finds out where."""


def _unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise _FastParseFailed
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _FastParseFailed
    return result


def _parse_integer(text: str) -> int:
    # int() itself refuses more than 4,300 digits with an error of its own.
    number = int(text) if len(text) <= 20 else INT64
    if not -INT64 <= number < INT64:
        raise _FastParseFailed
    return number


def _parse_float(text: str) -> float:
    if not is_fraction(text):
        raise _FastParseFailed
    return float(text)


def _refuse_constant(_text: str) -> float:
    raise _FastParseFailed


_FAST_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_object,
    parse_int=_parse_integer,
    parse_float=_parse_float,
    parse_constant=_refuse_constant,
)


def parse_flat(raw: bytes) -> dict[str, Any] | None:
    """Parse a valid object without objects, lists or fractions inside, at a third of the cost; None for all else.

    What is wrong with a text is said in one place only, by `parse_any`.
    """
    if len(raw) > SMALL_TEXT:
        return None
    colons = raw.count(b":")
    if raw.count(b"{") != 1 or colons > MAX_KEYS or (b"\\" in raw and _SUSPECT_ESCAPE.search(raw)):
        return None
    try:
        value = from_json(raw, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return None
    # Every member has a colon: as many keys as colons means that no key came twice.
    if type(value) is not dict or len(value) != colons:
        return None
    for child in value.values():
        if type(child) is str:
            continue
        if type(child) in (list, float) or not -INT64 <= (child or 0) < INT64:
            return None
    return value


def parse_strict(raw: bytes, max_values: int = MAX_VALUES) -> Any:
    """The value of a JSON text (RFC 8259, I-JSON): objects as dict, numbers as int or float.

    Raises: MalformedBody (400) for invalid UTF-8, a byte order mark, bad syntax or nesting over 32 levels;
    InvalidInput (422) with the JSON pointer for an empty body, NUL, a lone surrogate, NaN or Infinity, a
    duplicate key, an integer beyond 64 bits or a number beyond a double, an object of over 100 fields, or a text of
    more than `max_values` values.
    """
    flat = parse_flat(raw)
    return parse_any(raw, max_values) if flat is None else flat


def parse_any(raw: bytes, max_values: int = MAX_VALUES) -> Any:
    """Parse as `parse_strict` does, without the fast path. Raises: as it."""
    if not raw.strip():
        raise InvalidInput.at("", "body_missing", vi="Thiếu nội dung JSON.", en="A JSON body is needed.")
    brackets = raw.count(b"[") + raw.count(b"{")
    # Every value but the first follows one of these; those inside texts count, too: there may be fewer values.
    may_be_too_many = brackets + raw.count(b",") >= max_values
    if may_be_too_many and (len(raw) > SMALL_TEXT or _TEXT.sub(b"", raw).count(b",") >= max_values):
        raise build_too_many_values(max_values)
    text = _decode(raw)
    try:
        value = _FAST_DECODER.decode(text)
    except _FastParseFailed:
        raise diagnose(text) from None
    except json.JSONDecodeError as error:
        raise build_bad_syntax(error.pos) from None
    except RecursionError:
        raise build_too_deep() from None
    if brackets > MAX_DEPTH and _is_deeper_than(value, MAX_DEPTH):
        raise build_too_deep()
    if may_be_too_many and _count_values(value) > max_values:
        raise build_too_many_values(max_values)
    if _SUSPECT_ESCAPE.search(raw) and any(True for _ in find_flaws(value)):
        raise diagnose(text)
    return value


def _decode(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise build_malformed(
            "byte_order_mark", "Không được có BOM ở đầu.", "There must be no byte order mark."
        )
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise build_malformed(
            "encoding", f"Không phải UTF-8 ở byte {error.start}.", f"Not UTF-8 at byte {error.start}."
        ) from None


def _is_deeper_than(value: object, limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent if type(parent) is list else ())
            if type(child) in (dict, list)
        ]
        if not level:
            return False
    return True


def _count_values(value: object) -> int:
    """How many values there are in a value, itself among them."""
    count, parents = 1, [value]
    while parents:
        parent = parents.pop()
        children: Any = parent.values() if type(parent) is dict else parent if type(parent) is list else ()
        count += len(children)
        parents += [child for child in children if type(child) in (dict, list)]
    return count
