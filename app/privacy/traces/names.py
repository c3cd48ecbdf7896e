"""Where a name stands in a text. Pure: no database."""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final

from app.core.values.search_key import search_key

_NO_LETTERS: Final = re.compile(r"[^0-9a-z]+")
_FIELD_ENDS: Final = re.compile(r"[\r\n\t,;:|()<>{}\[\]\"“”]+")
_WORD: Final = re.compile(r"\w+")


class NamePlace(IntEnum):
    """Where a name stands: nowhere, among other words that are none of a name, or as a whole field."""

    NOWHERE = 0
    AMONG_WORDS = 1
    WHOLE = 2


def normalise(text: str) -> str:
    """Letters without diacritics and digits, in lower case, with a space between words."""
    return _NO_LETTERS.sub(" ", search_key(text)).strip()


def find_name(name: str, text: str) -> NamePlace:
    """Find a normalised name in a text. Beside another word with a capital it is a part of a longer name: nowhere."""
    if f" {name} " not in f" {normalise(text)} ":
        return NamePlace.NOWHERE
    return max((_find_in_field(name, part) for part in _FIELD_ENDS.split(text)), default=NamePlace.NOWHERE)


def _find_in_field(name: str, text: str) -> NamePlace:
    if f" {name} " not in f" {normalise(text)} ":
        return NamePlace.NOWHERE
    if normalise(text) == name:
        return NamePlace.WHOLE
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    keys = [_normalise_word(word) for word in words]
    length = len(name.split())
    for index in range(len(words) - length + 1):
        if " ".join(keys[index : index + length]) == name:
            beside = (*words[max(index - 1, 0) : index], *words[index + length : index + length + 1])
            if not any(word[0].isupper() for word in beside):
                return NamePlace.AMONG_WORDS
    return NamePlace.NOWHERE


@lru_cache(maxsize=4096)
def _normalise_word(word: str) -> str:
    return normalise(word)
