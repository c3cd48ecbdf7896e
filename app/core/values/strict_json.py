"""Strict JSON parsing: what is ambiguous, too much or cannot be stored is refused, with its JSON pointer."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic_core import from_json

from app.core.errors import FieldError, InvalidInput, MalformedBody

MAX_DEPTH = 32
MAX_ERRORS = 100
MAX_KEYS = 100
"""Fields of one object."""
MAX_VALUES = 2_000
"""Objects, lists, texts and numbers of a text in all, unless a route says otherwise (`BodyLimits`)."""
SMALL_TEXT = 64 * 1024
"""Bytes that are parsed within a few ms; what is longer belongs off the event loop."""
_MAX_NUMBER_LENGTH = 100
_MAX_STEP_LENGTH = 200
_INT64 = 2**63
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
    number = int(text) if len(text) <= 20 else _INT64
    if not -_INT64 <= number < _INT64:
        raise _FastParseFailed
    return number


def _is_fraction(text: str) -> bool:
    """Whether a double can hold it; what has endless digits is not even tried."""
    return len(text) <= _MAX_NUMBER_LENGTH and float(text) - float(text) == 0.0


def _parse_float(text: str) -> float:
    if not _is_fraction(text):
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
        if type(child) in (list, float) or not -_INT64 <= (child or 0) < _INT64:
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
        raise _too_many_values(max_values)
    text = _decode(raw)
    try:
        value = _FAST_DECODER.decode(text)
    except _FastParseFailed:
        raise _diagnose(text) from None
    except json.JSONDecodeError as error:
        raise _bad_syntax(error.pos) from None
    except RecursionError:
        raise _too_deep() from None
    if brackets > MAX_DEPTH and _is_deeper_than(value, MAX_DEPTH):
        raise _too_deep()
    if may_be_too_many and _count_values(value) > max_values:
        raise _too_many_values(max_values)
    if _SUSPECT_ESCAPE.search(raw) and any(True for _ in _find_flaws(value)):
        raise _diagnose(text)
    return value


def _malformed(code: str, vi: str, en: str) -> MalformedBody:
    return MalformedBody(errors=[FieldError("", code, vi, en)])


def _bad_syntax(at: int) -> MalformedBody:
    return _malformed("syntax", f"Sai cú pháp JSON ở ký tự {at}.", f"Bad JSON syntax at character {at}.")


def _too_deep() -> MalformedBody:
    return _malformed("too_deep", f"JSON lồng quá {MAX_DEPTH} tầng.", f"Nested over {MAX_DEPTH} levels.")


def _too_many_values(most: int) -> InvalidInput:
    return InvalidInput.at(
        "",
        "too_many_values",
        vi=f"Nội dung có quá {most} giá trị.",
        en=f"The body has more than {most} values.",
    )


def _decode(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _malformed("byte_order_mark", "Không được có BOM ở đầu.", "There must be no byte order mark.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _malformed(
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


class _Object(list[tuple[str, Any]]):
    """An object as its pairs, so that a repeated key can be seen."""


class _Flaw(str):
    """A number or constant that Python's parser accepts and we do not; the text is the error's code."""


def _diagnose(text: str) -> MalformedBody | InvalidInput:
    """Parse a refused text again, slowly, and return the error with the pointer of each flaw."""

    def number(integer: str) -> object:
        return 0 if len(integer) <= 20 and -_INT64 <= int(integer) < _INT64 else _Flaw("integer_range")

    def fraction(digits: str) -> object:
        return 0.0 if _is_fraction(digits) else _Flaw("number_range")

    decoder = json.JSONDecoder(
        object_pairs_hook=_Object,
        parse_int=number,
        parse_float=fraction,
        parse_constant=lambda _: _Flaw("not_a_number"),
    )
    try:
        flaws = list(islice(_find_flaws(decoder.decode(text)), MAX_ERRORS))
    except json.JSONDecodeError as error:
        return _bad_syntax(error.pos)
    except RecursionError:
        return _too_deep()
    return InvalidInput(
        errors=[
            FieldError("".join(map(to_pointer_step, steps)), code, *_FLAW_MESSAGES[code])
            for steps, code in flaws
        ]
    )


_FLAW_MESSAGES = {
    "integer_range": ("Số nguyên vượt quá 64 bit.", "The whole number does not fit 64 bits."),
    "number_range": ("Số vượt quá phạm vi cho phép.", "The number is out of range."),
    "not_a_number": ("Không nhận NaN hoặc Infinity.", "NaN and Infinity are not allowed."),
    "duplicate_key": ("Trường này xuất hiện hai lần.", "This field appears twice."),
    "too_many_keys": (
        f"Một đối tượng có tối đa {MAX_KEYS} trường.",
        f"An object has at most {MAX_KEYS} fields.",
    ),
    "nul": ("Chuỗi có ký tự NUL.", "The text contains NUL."),
    "surrogate": ("Chuỗi có ký tự Unicode không hoàn chỉnh.", "The text has a lone surrogate."),
}


def _find_flaw(text: str) -> str | None:
    if isinstance(text, _Flaw):
        return str(text)
    if "\x00" in text:
        return "nul"
    return None if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text) else "surrogate"


def _find_flaws(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Steps and code of every flaw inside a value read by either decoder; steps are joined on the way out."""
    if isinstance(value, str):
        if code := _find_flaw(value):
            yield (), code
        return
    if isinstance(value, (_Object, dict)):
        yield from _find_object_flaws(value)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            for steps, code in _find_flaws(child):
                yield (index, *steps), code


def _find_object_flaws(value: _Object | dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if len(value) > MAX_KEYS:
        yield (), "too_many_keys"
        return
    seen: set[str] = set()
    for key, child in value.items() if isinstance(value, dict) else value:
        if code := "duplicate_key" if key in seen else _find_flaw(key):
            yield (key,), code
        seen.add(key)
        for steps, code in _find_flaws(child):
            yield (key, *steps), code


def to_pointer_step(key: str | int) -> str:
    """One reference token of a JSON pointer (RFC 6901), storable and of sane length."""
    token = str(key)[:_MAX_STEP_LENGTH].replace("~", "~0").replace("/", "~1")
    return "/" + token.encode("utf-8", "replace").decode()
