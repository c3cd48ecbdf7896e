"""Pure rules of models and groups: their search texts and generated codes."""

from uuid import UUID

from app.core.values.search_key import search_key

_SYNONYMS = (("heo", "lợn"),)
"""Southern and northern words for the same thing."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look like digits."""


def build_search_text(*names: str) -> str:
    """Build the text that is searched: every name without diacritics, and with regional synonyms."""
    keys: list[str] = []
    for name in names:
        words = name.lower().split()
        for variant in (words, [_swap_synonym(word) for word in words]):
            key = search_key(" ".join(variant))
            if key and key not in keys:
                keys.append(key)
    return " ".join(keys)


def split_search_words(typed: str) -> list[str]:
    """Split a typed search into words, each of which must begin a word of the name."""
    return search_key(typed).split()


def generate_code(stem: str, row_id: UUID) -> str:
    """Generate a code for a record without one: "T-18628" → "T-18628-7K3F9Q", the same for the same id."""
    rest, letters = row_id.int, ""
    for _ in range(6):
        rest, letter = divmod(rest, 32)
        letters = _ALPHABET[letter] + letters
    return f"{stem}-{letters}"


def _swap_synonym(word: str) -> str:
    for one, other in _SYNONYMS:
        if word in (one, other):
            return other if word == one else one
    return word
