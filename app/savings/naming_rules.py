"""Pure rules of models and groups: what a search finds, what a code is made of."""

from uuid import UUID

from app.core.text import search_key

_SYNONYMS = (("heo", "lợn"),)
"""Words of the South and the North for one thing."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look like digits."""


def search_text(*names: str) -> str:
    """What a search looks into: every name without diacritics, and again in the words of the other region."""
    found: list[str] = []
    for name in names:
        words = name.lower().split()
        for variant in (words, [_other_word(word) for word in words]):
            key = search_key(" ".join(variant))
            if key and key not in found:
                found.append(key)
    return " ".join(found)


def search_words(typed: str) -> list[str]:
    """The words of which each must begin a word of what is sought."""
    return search_key(typed).split()


def made_code(stem: str, row_id: UUID) -> str:
    """A code for a record that came without one: "T-18628" → "T-18628-7K3F9Q", the same for the same id."""
    tail, letters = row_id.int, ""
    for _ in range(6):
        tail, letter = divmod(tail, 32)
        letters = _ALPHABET[letter] + letters
    return f"{stem}-{letters}"


def _other_word(word: str) -> str:
    for one, other in _SYNONYMS:
        if word in (one, other):
            return other if word == one else one
    return word
