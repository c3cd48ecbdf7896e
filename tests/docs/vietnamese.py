"""What is wrong with a Vietnamese sentence: English, codes of the program, amounts and months as nobody writes them."""

import re
from typing import Final

_CODE: Final = re.compile(r"\w+_\w+|\b\w+=\w+|/[A-Za-z]\w*/")
_UNDOTTED: Final = re.compile(r"(?<![\d./:-])\d{5,}(?![\d/])|(?<![\d.,/])\d{4} đồng")
_POINT_PERCENT: Final = re.compile(r"\d+\.\d{1,2} ?%|\d%")
_ZERO_MONTH: Final = re.compile(r"tháng 0\d")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SYLLABLE: Final = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE
)
_ENGLISH_SYLLABLES: Final = frozenset({"the", "not", "on", "at", "is", "by", "no", "it", "be"})
_NAMES: Final = frozenset({
    "ABC", "An", "API", "BHXH", "BHYT", "BOM", "CCCD", "CMND", "CP", "CSV", "DNS", "DOCX", "Enter", "Excel", "HTTP", "HTTPS",
    "IP", "JSON", "NDJSON", "NFC", "NQ", "NSNN", "NUL", "PIN", "PostgreSQL", "QH", "QR", "RFC", "TCVN", "TK", "TS", "UBND",
    "URL", "UTF", "UUID", "Unicode", "VNI", "Windows", "XLSX", "XML", "ZIP", "email", "gzip", "web", "webhook",
    "ASCII", "Content", "DOCTYPE", "Host", "Idempotency", "If", "Infinity", "KiB", "Length", "Match", "MiB", "NaN",
    "byte", "chunked", "https",
})  # fmt: skip
"""Abbreviations and names that Vietnamese texts have as they are; then what only who writes a program is told."""
_CHOICES: Final = re.compile(r"'[^']*'")
"""The values that a field takes, in an enumeration: the partner's system has to send them so."""

_POINT_OF_ARTICLE: Final = re.compile(r"(?<=\d)\.?[a-zđ]\b")
_PATH: Final = re.compile(r"/v1/[a-z/-]+")
"""Where a program goes on."""
_NUMBER_OF_RECORD: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE: Final = re.compile(r"(?:[Mm]ã (?:xã )?|Đơn vị )[A-Z]?\d+")
"""The code of an administrative unit; those of tests are called by it, too."""
_COLUMN: Final = re.compile(r"(?:cột|Chưa nhập) “[^”]*”|[Dd]òng \d+")
"""A heading and the number of a row as the sender's own file has them."""


def find_wording_faults(text: str) -> list[str]:
    """Find the pieces of a Vietnamese sentence that an officer of the union would not write; empty when it is good."""
    text = _PLACE.sub("", _PATH.sub("", _NUMBER_OF_RECORD.sub("", text)))
    text = _POINT_OF_ARTICLE.sub("", _COLUMN.sub("", _CHOICES.sub("", text)))
    faults = [
        found.group()
        for kind in (_CODE, _UNDOTTED, _POINT_PERCENT, _ZERO_MONTH)
        for found in kind.finditer(text)
    ]
    return faults + [word for word in _WORD.findall(_CODE.sub("", text)) if _is_foreign(word)]


def _is_foreign(word: str) -> bool:
    if word in _NAMES or not word.isascii():
        return False
    return word.lower() in _ENGLISH_SYLLABLES or _SYLLABLE.fullmatch(word) is None
