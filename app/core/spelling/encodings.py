"""Text of the encodings that came before Unicode, as it looks where it was read as Latin letters.

TCVN3 (the fonts .VnTime) has a byte for each letter; VNI (the fonts VNI-Times) a letter and a mark after it;
windows-1258 a letter and a tone after it. And UTF-8 whose bytes were read one by one ("Nguyá»…n").
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class OldEncoding(StrEnum):
    """How a text was written (bảng mã)."""

    UTF_8 = "utf_8"  # UTF-8 mở nhầm theo bảng mã khác
    TCVN3 = "tcvn3"  # TCVN3 (ABC), phông chữ .VnTime
    VNI = "vni"  # VNI, phông chữ VNI-Times
    WINDOWS_1258 = "windows_1258"


ENCODING_NAMES: Final = {
    OldEncoding.UTF_8: "UTF-8 mở nhầm bảng mã",
    OldEncoding.TCVN3: "TCVN3 (ABC)",
    OldEncoding.VNI: "VNI",
    OldEncoding.WINDOWS_1258: "Windows-1258",
}
"""What people call them."""

_TCVN3: Final = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_TONES: Final = ("\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_PLAIN: Final = dict(zip("øùûõï", _TONES, strict=True))
_CIRCUMFLEX: Final = dict(zip("âàáåãä", ("\u0302", *("\u0302" + tone for tone in _TONES)), strict=True))
_BREVE: Final = dict(zip("êèéúüë", ("\u0306", *("\u0306" + tone for tone in _TONES)), strict=True))
_MARKS: Final = {
    "a": _PLAIN | _CIRCUMFLEX | _BREVE,
    **dict.fromkeys("eo", _PLAIN | _CIRCUMFLEX),
    **dict.fromkeys("uyôö", _PLAIN),
}
_LETTERS: Final = {"ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ì": "ì", "í": "í"}


def _build_vni() -> dict[str, str]:
    pairs = dict(_LETTERS)
    for base, marks in _MARKS.items():
        letter = _LETTERS.get(base, base)
        pairs |= {base + mark: unicodedata.normalize("NFC", letter + tone) for mark, tone in marks.items()}
    capitals = {one.upper(): other.upper() for one, other in pairs.items()}
    titles = {one[0].upper() + one[1:]: other.upper() for one, other in pairs.items()}
    return pairs | titles | capitals


_VNI: Final = _build_vni()
_VNI_ITEM: Final = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
# The letters that windows-1252 has in the place of control characters, by their bytes.
_BYTES_1252: Final = {
    bytes([code]).decode("cp1252"): code
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_UTF_8_LETTERS: Final = re.compile("[ÃÂÄÅÆá][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_SPOILT_SPACE: Final = re.compile(
    "(?<=[a-zà-ỹ])Ã "
)  # à, whose second byte is a space that somebody tidied up


def decode_old(text: str, encoding: OldEncoding) -> str | None:
    """Decode a text that was read as Latin letters into Unicode; None where it cannot be of this encoding, or has
    nothing of it."""
    decoded = _DECODERS[encoding](text)
    return None if decoded is None or decoded == text else unicodedata.normalize("NFC", decoded)


def _decode_tcvn3(text: str) -> str | None:
    if any(char > "\x7f" and ord(char) not in _TCVN3 for char in text):
        return None
    decoded = text.translate(_TCVN3)
    # The fonts of capitals have the codes of small letters.
    return decoded.upper() if re.search("[A-Z]{2}", text) and not re.search("[a-z]", text) else decoded


def _decode_vni(text: str) -> str | None:
    rest = _VNI_ITEM.sub("", text)
    return _VNI_ITEM.sub(lambda item: _VNI[item[0]], text) if rest.isascii() else None


def _decode_bytes(text: str, codec: str) -> str | None:
    codes = [_BYTES_1252.get(char, ord(char)) for char in text]
    if max(codes, default=0) > 0xFF:
        return None
    try:
        return bytes(codes).decode(codec)
    except UnicodeDecodeError:
        return None


def _decode_utf_8(text: str) -> str | None:
    return _decode_bytes(_SPOILT_SPACE.sub("Ã\xa0", text), "utf-8")


def _decode_1258(text: str) -> str | None:
    return _decode_bytes(text, "cp1258")


_DECODERS: Final = {
    OldEncoding.UTF_8: _decode_utf_8,
    OldEncoding.TCVN3: _decode_tcvn3,
    OldEncoding.VNI: _decode_vni,
    OldEncoding.WINDOWS_1258: _decode_1258,
}


def has_utf_8_letters(text: str) -> bool:
    """Whether a text has Vietnamese letters of UTF-8 whose bytes were read one by one."""
    return _UTF_8_LETTERS.search(text) is not None or _SPOILT_SPACE.search(text) is not None
