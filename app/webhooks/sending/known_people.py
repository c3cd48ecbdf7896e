"""Hide in a text the people whom a message was about: their names however they are written, and their numbers.

What is compared has no diacritics and no capitals, so "nguyen thi hoa" is found as well as "NGUYỄN THỊ HOA". The text
is a stranger's: it is gone through a few times for each person, whatever it holds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.values.search_key import strip_diacritics

_WORD: Final = re.compile("[a-z]+")
_DIGIT: Final = re.compile(r"\d", re.ASCII)
_MAX_GAP: Final = 3
"""Characters between two words of one name: "Hoa, Nguyen", "thi_hoa"."""
_TAIL: Final = 9
"""Digits in which a phone with its country's code agrees with the same without."""
Span = tuple[int, int]
_Word = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """names: in full. numbers: of papers and phones, as the register has them."""

    names: Sequence[str] = ()
    numbers: Sequence[str] = ()


def hide_people(text: str, people: KnownPeople, hidden: str) -> str:
    """Replace by *hidden* two words or more of one name in a row, a given name alone, and numbers, also in groups.

    text: composed (NFC).
    """
    folded = "".join(map(_fold, text))
    words = [(match[0], match.span()) for match in _WORD.finditer(folded)]
    digits = [(match[0], match.start()) for match in _DIGIT.finditer(folded)]
    spans = [span for name in people.names for span in _find_name(name, words)]
    spans += [span for number in people.numbers for span in _find_number(number, digits)]
    for start, end in reversed(_merge(spans)):
        text = text[:start] + hidden + text[end:]
    return text


def _fold(char: str) -> str:
    """The plain small letter of a character; one for one, so that places stay."""
    plain = strip_diacritics(char)
    return plain if len(plain) == 1 else char


def _find_name(name: str, words: Sequence[_Word]) -> Iterator[Span]:
    """Find two parts or more of a name in a row, its last part alone, and all of them as one word."""
    parts = _WORD.findall("".join(map(_fold, name)))
    for run in _find_runs(parts, words):
        if len(run) > 1 or run[0][0] == parts[-1]:
            yield run[0][1][0], run[-1][1][1]
    if len(parts) > 1:
        yield from (span for word, span in words if "".join(parts) in word)


def _find_runs(parts: Sequence[str], words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """The longest runs of words that are parts of a name, with little between them."""
    run: list[_Word] = []
    for word, span in words:
        if run and (word not in parts or span[0] - run[-1][1][1] > _MAX_GAP):
            yield run
            run = []
        if word in parts:
            run.append((word, span))
    if run:
        yield run


def _find_number(number: str, digits: Sequence[tuple[str, int]]) -> Iterator[Span]:
    """Find a number, whole or its last digits, whatever stands between them, with the digits right before and after."""
    whole, present = "".join(_DIGIT.findall(number)), "".join(digit for digit, _ in digits)
    for wanted in dict.fromkeys((whole, whole[-_TAIL:])) if whole else ():
        at = present.find(wanted)
        while at >= 0:
            first, last = at, at + len(wanted) - 1
            while first > 0 and digits[first - 1][1] == digits[first][1] - 1:
                first -= 1
            while last + 1 < len(digits) and digits[last + 1][1] == digits[last][1] + 1:
                last += 1
            yield digits[first][1], digits[last][1] + 1
            at = present.find(wanted, last + 1)


def _merge(spans: Sequence[Span]) -> list[Span]:
    """Merge what overlaps, in the order of the text."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
