"""Errors of files as a whole."""

from app.core.errors import FieldError, MalformedBody


class BadFile(MalformedBody):
    """The file as a whole cannot be read."""

    code = "bad_file"
    vi = "Không đọc được tệp gửi lên."
    en = "The file cannot be read."


def build_bad_file(vi: str, en: str, code: str = "bad_file") -> BadFile:
    """The error with its reason, which names the line or part and says what to do. code: of the reason."""
    return BadFile(errors=[FieldError("", code, vi, en)])
