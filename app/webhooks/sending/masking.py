"""What a receiver answered, without what could tell of a person: it is read by whoever looks after the endpoint.

A receiver may repeat what it was sent or look up whom it concerns. Words of technology stay, so that an answer still
says what is wrong there; in doubt a word goes.
"""

import re
from html import unescape
from http import HTTPStatus
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote

from app.webhooks.sending.known_people import KnownPeople, hide_people

HIDDEN: Final = "…"
NOBODY: Final = KnownPeople()
MAX_DIGITS: Final = 4
"""A year, a port or a status may stay; a number of a person, a phone or an account is longer."""

_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_ADDRESS: Final = re.compile(r"\S+@\S+")
_NUMBER: Final = re.compile(r"\d(?:[\s.,/()_\-]{0,2}\d)*")
"""Also one in groups, as phones, accounts and dates are written."""
_TOKEN: Final = re.compile(r"[\w\-+/=]{24,}")
_NAME: Final = re.compile(r"\b[^\W\d_a-z][\w'’]*(?:\s+[^\W\d_a-z][\w'’]*)+")
"""Two words or more that each begin with no small letter."""
_FOREIGN: Final = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
"""A word with a letter beyond ASCII, as nearly each name of a Vietnamese person has one."""
_PHRASES: Final = frozenset(status.phrase.casefold() for status in HTTPStatus)


def mask_answer(text: str, people: KnownPeople = NOBODY, *, is_cut: bool = False) -> str:
    """Hide addresses, long numbers, tokens and names.

    people: whom the message was about, whose names go also where they have neither capitals nor diacritics. is_cut:
    there was more, so that its last number may be longer.
    """
    text = hide_people(_decode(text), people, HIDDEN)
    if is_cut:
        text = re.sub(r"[\w.\-@]+\Z", HIDDEN, text)
    text = _TOKEN.sub(HIDDEN, _ADDRESS.sub(HIDDEN, text))
    text = _NUMBER.sub(_hide_long, text)
    return _FOREIGN.sub(HIDDEN, _NAME.sub(_hide_name, text))


def _decode(text: str) -> str:
    """Write letters as themselves: what is escaped for JSON, HTML or an address is no less a name."""
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return _UNSTORABLE.sub("\ufffd", normalize("NFC", unquote(unescape(text))))


def _hide_long(number: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, number[0]))
    return HIDDEN if digits > MAX_DIGITS else number[0]


def _hide_name(words: re.Match[str]) -> str:
    return words[0] if words[0].casefold() in _PHRASES else HIDDEN
