"""Names of people as somebody wrote them, or as a wrong encoding spoilt them on the way."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BeforeValidator

from app.core.errors import field_problem
from app.core.spelling.encodings import ENCODING_NAMES, OldEncoding, decode_old, has_utf_8_letters
from app.core.spelling.syllables import is_syllable
from app.core.values.text import Name, compose

_LOST: Final = re.compile("[?\ufffd]")
_UNICODE_VIETNAMESE: Final = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
# No name of any people has these; TCVN3 and bytes of UTF-8 look like them.
_NO_LETTERS: Final = re.compile("[\x80-\x9f¡-©«-´¶-¹»-¿×÷\xadµªº€‚ƒ„…†‡ˆ‰‹•˜™›]")
_STRONG: Final = re.compile("[ñÑøØåÅæÆäÄëËüÜûÛÿþÞðß]")


@dataclass(frozen=True, slots=True)
class NameDamage:
    """What was done to a name. encoding, repaired: where both are certain."""

    encoding: OldEncoding | None = None
    repaired: str | None = None


def find_name_damage(name: str) -> NameDamage | None:
    """Find what a wrong encoding did to a name; None for one that is as it was written, of whichever people.

    It is certain what was meant where one of the old encodings makes each word a Vietnamese syllable, and some are none
    as they stand.
    """
    if name.isascii() and "?" not in name:
        return None
    if _LOST.search(name):
        return NameDamage()
    if not _UNICODE_VIETNAMESE.search(name) and not all(map(is_syllable, name.split())):
        for encoding in OldEncoding:
            repaired = decode_old(name, encoding)
            if repaired is not None and _is_certain(name, repaired):
                return NameDamage(encoding, " ".join(word[0].upper() + word[1:] for word in repaired.split()))
    is_spoilt = _NO_LETTERS.search(name) is not None or has_utf_8_letters(name)
    return NameDamage() if is_spoilt else None


def _is_certain(name: str, repaired: str) -> bool:
    """Whether a name was meant so: two of its words are none as they stand, or one has a letter that no name has."""
    if not all(map(is_syllable, repaired.split())):
        return False
    wrong = [word for word in name.split() if not is_syllable(word)]
    return len(wrong) > 1 or any(_NO_LETTERS.search(word) or _STRONG.search(word) for word in wrong)


def _check_name(value: object) -> object:
    """Refuse a damaged name, before its spaces are tidied up: they may be bytes of it."""
    if not isinstance(value, str):
        return value
    damage = find_name_damage(compose(value))
    if damage is None:
        return value
    if damage.encoding is None:
        raise field_problem(
            "name_damaged",
            vi="Họ tên có chữ bị hỏng khi chuyển bảng mã; hãy nhập lại đúng họ tên, hoặc lưu lại tệp dạng Unicode "
            "(UTF-8).",
            en="Letters of this name were lost in a wrong encoding; type it again, or save the file as UTF-8.",
        )
    raise field_problem(
        "name_encoding",
        vi=f"Họ tên viết theo bảng mã {ENCODING_NAMES[damage.encoding]}; đúng ra là “{damage.repaired}”.",
        en=f"This name is written in {damage.encoding.value}; it should be “{damage.repaired}”.",
    )


PersonName = Annotated[Name, BeforeValidator(_check_name)]
"""A name of a person (họ tên): a `Name` that no wrong encoding has spoilt."""
