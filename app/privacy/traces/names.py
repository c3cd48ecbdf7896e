"""Where a name stands in a text. Pure: no database."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from app.core.values.search_key import search_key

_NO_LETTERS: Final = re.compile(r"[^0-9a-z]+")
_FIELD_ENDS: Final = re.compile(r"[\r\n\t,;:|()<>{}\[\]\"“”]+")
_WORD: Final = re.compile(r"\w+")
_TITLES: Final = frozenset({"ba", "ong", "chi", "anh", "em", "co", "chu", "bac", "cu", "di"})
"""How one is addressed, before the name."""


def normalise(text: str) -> str:
    """Letters without diacritics and digits, in lower case, with a space between words."""
    return _NO_LETTERS.sub(" ", search_key(text)).strip()


def is_same_name(name: str, other: str) -> bool:
    """Whether two names are one with its diacritics, whatever their capitals and spaces."""
    return _fold(name) == _fold(other)


def has_name(name: str, text: str) -> bool:
    """Whether a normalised name stands in a text. Beside another word with a capital it is a part of a longer name."""
    if f" {name} " not in f" {normalise(text)} ":
        return False
    return any(_is_in_field(name, part) for part in _FIELD_ENDS.split(text))


def _is_in_field(name: str, text: str) -> bool:
    if f" {name} " not in f" {normalise(text)} ":
        return False
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    keys = [_normalise_word(word) for word in words]
    length = len(name.split())
    for index in range(len(words) - length + 1):
        if " ".join(keys[index : index + length]) == name:
            before, after = words[max(index - 1, 0) : index], words[index + length : index + length + 1]
            is_addressed = bool(before) and _normalise_word(before[0]) in _TITLES
            if not any(word[0].isupper() for word in ([] if is_addressed else before) + after):
                return True
    return normalise(text) == name


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


@lru_cache(maxsize=4096)
def _normalise_word(word: str) -> str:
    return normalise(word)
