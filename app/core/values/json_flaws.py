"""What is wrong with a JSON text, and where: the errors of strict parsing, with their JSON pointers."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.core.errors import FieldError, InvalidInput, MalformedBody

MAX_DEPTH = 32
MAX_ERRORS = 100
MAX_KEYS = 100
"""Fields of one object."""
INT64 = 2**63
_MAX_NUMBER_LENGTH = 100
_MAX_STEP_LENGTH = 200


def is_fraction(text: str) -> bool:
    """Whether a double can hold it; what has endless digits is not even tried."""
    return len(text) <= _MAX_NUMBER_LENGTH and float(text) - float(text) == 0.0


def build_malformed(code: str, vi: str, en: str) -> MalformedBody:
    """The error of a text that is no JSON at all, with its reason."""
    return MalformedBody(errors=[FieldError("", code, vi, en)])


def build_bad_syntax(at: int) -> MalformedBody:
    """The error of a character that does not belong there."""
    return build_malformed("syntax", f"Sai cú pháp JSON ở ký tự {at}.", f"Bad JSON syntax at character {at}.")


def build_too_deep() -> MalformedBody:
    """The error of lists and objects within each other without end."""
    return build_malformed("too_deep", f"JSON lồng quá {MAX_DEPTH} tầng.", f"Nested over {MAX_DEPTH} levels.")


def build_too_many_values(most: int) -> InvalidInput:
    """The error of a text of more values than *most*."""
    return InvalidInput.at(
        "",
        "too_many_values",
        vi=f"Nội dung có quá {most} giá trị.",
        en=f"The body has more than {most} values.",
    )


class _Object(list[tuple[str, Any]]):
    """An object as its pairs, so that a repeated key can be seen."""


class _Flaw(str):
    """A number or constant that Python's parser accepts and we do not; the text is the error's code."""


def diagnose(text: str) -> MalformedBody | InvalidInput:
    """Parse a refused text again, slowly, and return the error with the pointer of each flaw."""

    def number(integer: str) -> object:
        return 0 if len(integer) <= 20 and -INT64 <= int(integer) < INT64 else _Flaw("integer_range")

    def fraction(digits: str) -> object:
        return 0.0 if is_fraction(digits) else _Flaw("number_range")

    decoder = json.JSONDecoder(
        object_pairs_hook=_Object,
        parse_int=number,
        parse_float=fraction,
        parse_constant=lambda _: _Flaw("not_a_number"),
    )
    try:
        flaws = list(islice(find_flaws(decoder.decode(text)), MAX_ERRORS))
    except json.JSONDecodeError as error:
        return build_bad_syntax(error.pos)
    except RecursionError:
        return build_too_deep()
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


def find_flaws(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Steps and code of every flaw inside a value read by either decoder; steps are joined on the way out."""
    if isinstance(value, str):
        if code := _find_flaw(value):
            yield (), code
        return
    if isinstance(value, (_Object, dict)):
        yield from _find_object_flaws(value)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            for steps, code in find_flaws(child):
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
        for steps, code in find_flaws(child):
            yield (key, *steps), code


def to_pointer_step(key: str | int) -> str:
    """One reference token of a JSON pointer (RFC 6901), storable and of sane length."""
    token = str(key)[:_MAX_STEP_LENGTH].replace("~", "~0").replace("/", "~1")
    return "/" + token.encode("utf-8", "replace").decode()
