"""The form of a text that a search compares: without diacritics, in lower case."""

import unicodedata
from functools import lru_cache


def search_key(text: str) -> str:
    """The normalised form that a search compares: no diacritics, lower case, single spaces ("Thị  Đào" → "thi dao")."""
    return _cached_search_key(text) if len(text) <= _MAX_CACHED_LENGTH else _compute_search_key(text)


# Letters that no decomposition makes plain, and those that are drawn like them (Ð, Ɖ); apostrophes of keyboards.
_ALIKE = dict.fromkeys(map(ord, "đĐðÐɖƉ"), "d") | dict.fromkeys(map(ord, "‘’ʼʻ′´`＇"), "'")


def strip_diacritics(text: str) -> str:
    """Remove the diacritics of a text and lower its case; what is drawn alike is the same."""
    plain = unicodedata.normalize("NFD", text.translate(_ALIKE))
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


# Latin letters and their marks, whose plain letters do not depend on what stands beside them.
_PLAIN = {
    code: strip_diacritics(chr(code)) for code in [*range(0x80), *range(0xC0, 0x370), *range(0x1E00, 0x1F00)]
}


def _compute_search_key(text: str) -> str:
    plain = text.translate(_PLAIN)
    return " ".join((plain if plain.isascii() else strip_diacritics(text)).split())


_MAX_CACHED_LENGTH = 100
_cached_search_key = lru_cache(maxsize=8192)(_compute_search_key)
"""A row of a batch asks for the same name several times, and every row of a table for the same headings."""
