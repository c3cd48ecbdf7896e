"""Domain errors: each has a status, a code and a message in Vietnamese and English.

A service raises the error where it knows it; `core/http/problem.py` is the one place that turns it into an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, NamedTuple

from pydantic_core import PydanticCustomError


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field.

    pointer: JSON pointer into the body (`/items/3/amount`, `""` is the whole body); a query parameter, path
    part or header is named as `/query/limit`, `/path/id`, `/header/If-Match`.
    vi, en: a sentence for people; it never repeats the value that was sent.
    """

    pointer: str
    code: str
    vi: str
    en: str


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """The words in the reader's language."""
        return self.en if language == "en" else self.vi


def _fill(template: str, values: Mapping[str, object], language: int) -> str:
    """Fill a template as people of the language write: words in it, amounts with dots and days as 31/12/2026; English:
    commas, 2026-12-31."""
    return template.format_map({name: _say(value, language) for name, value in values.items()})


def _say(value: object, language: int) -> object:
    if isinstance(value, Words):
        return value[language]
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if language == 0 else value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", ".,"[language])
    return value


_error_types: "dict[str, type[DomainError]]" = {}


class DomainError(Exception):
    """Base of every refusal.

    A subclass sets `status`, `code` and the templates `vi` and `en`, whose named fields (`{limit}`) are
    filled from the constructor's keyword arguments: numbers, days and `Words` as the language writes them.
    `raised_as` is what SQL functions call it (`as`) beside the code, where several errors share one on the wire.

    errors: the fields concerned. headers: further response headers.
    Raises: KeyError when a template names a field that the constructor was not given.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    raised_as: ClassVar[str]
    vi: ClassVar[str] = "Yêu cầu không hợp lệ."
    en: ClassVar[str] = "The request is not valid."

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        raised_as = vars(cls).get("raised_as") or vars(cls).get("code")
        if raised_as is not None:
            _error_types[raised_as] = cls

    def __init__(
        self, *, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None, **values: Any
    ) -> None:
        super().__init__(self.code)
        self.errors: Sequence[FieldError] = tuple(errors)
        self.headers: Mapping[str, str] = dict(headers or {})
        self.values: Mapping[str, object] = values
        self.detail_vi, self.detail_en = _fill(self.vi, values, 0), _fill(self.en, values, 1)


class NotFound(DomainError):
    """The record does not exist, or is not the caller's: the two look the same."""

    status, code = 404, "not_found"
    vi = "Không tìm thấy dữ liệu được yêu cầu."
    en = "What was asked for does not exist."


class MethodNotAllowed(DomainError):
    """The path exists, the method does not."""

    status, code = 405, "method_not_allowed"
    vi = "Đường dẫn này không hỗ trợ phương thức đã dùng."
    en = "This path does not offer that method."


class Unauthenticated(DomainError):
    """The request has no valid credentials."""

    status, code = 401, "unauthenticated"
    vi = "Cần đăng nhập, hoặc phiên đăng nhập không còn hiệu lực."
    en = "Log in first, or the session is no longer valid."

    def __init__(self, *, headers: Mapping[str, str] | None = None, **values: Any) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer", **(headers or {})}, **values)


class Forbidden(DomainError):
    """The caller can see the record but may not do this with it."""

    status, code = 403, "forbidden"
    vi = "Tài khoản không có quyền thực hiện việc này."
    en = "This account may not do that."


class InvalidInput(DomainError):
    """One or more fields are wrong; `errors` names each."""

    status, code = 422, "invalid_input"
    vi = "Dữ liệu gửi lên chưa hợp lệ. Xem từng trường trong danh sách lỗi."
    en = "The input is not valid. See the list of errors for each field."

    @classmethod
    def at(cls, pointer: str, code: str, *, vi: str, en: str) -> "InvalidInput":
        """The same for a single field: `InvalidInput.at("/amount", "too_much", vi=…, en=…)`."""
        return cls(errors=[FieldError(pointer, code, vi, en)])


class MalformedBody(InvalidInput):
    """The body is not the JSON text that it should be, so that no field can be named yet."""

    status, code = 400, "malformed_body"
    vi = "Nội dung gửi lên không phải JSON hợp lệ."
    en = "The body is not valid JSON."


class UnsupportedMedia(DomainError):
    """The body's Content-Type or Content-Encoding is not one that this path reads."""

    status, code = 415, "unsupported_media_type"
    vi = "Kiểu nội dung không được hỗ trợ; cần {expected}."
    en = "This type of content is not supported; {expected} is needed."

    def __init__(self, *expected: str, **values: Any) -> None:
        """expected: the types that are read."""
        *others, last = (f"'{one}'" for one in expected)
        lists = (", ".join(others) + f" {either} " * bool(others) + last for either in ("hoặc", "or"))
        super().__init__(expected=Words(*lists), **values)


class BodyTooLarge(DomainError):
    """The body is longer than the server reads. limit: bytes."""

    status, code = 413, "body_too_large"
    vi = "Nội dung gửi lên vượt quá {limit} byte."
    en = "The body is longer than {limit} bytes."


class Conflict(DomainError):
    """The request contradicts what is recorded."""

    status, code = 409, "conflict"
    vi = "Dữ liệu trùng hoặc mâu thuẫn với dữ liệu đã có."
    en = "This repeats or contradicts what is already recorded."


class IdTaken(DomainError):
    """Another record bears the id that the client gave."""

    status, code = 409, "id_taken"
    vi = "Mã định danh này đã dùng cho một bản ghi khác nội dung."
    en = "This id is in use for a record with other content."


class StaleVersion(DomainError):
    """Somebody else changed the record since the caller read it."""

    status, code = 412, "stale_version"
    vi = "Bản ghi đã được người khác sửa. Hãy tải lại rồi sửa tiếp."
    en = "The record has been changed since. Read it again and repeat the edit."


class VersionMissing(DomainError):
    """An edit must say which version it edits."""

    status, code = 428, "precondition_required"
    vi = "Cần tiêu đề If-Match mang số phiên bản của bản ghi."
    en = "The If-Match header with the record's version is needed."


class IdempotencyKeyMissing(DomainError):
    """Money and bulk writes need a key, so that a repeated send counts once."""

    status, code = 400, "idempotency_key_missing"
    vi = "Cần tiêu đề Idempotency-Key để gửi lại không bị ghi hai lần."
    en = "The Idempotency-Key header is needed, so that a repeated send counts once."


class IdempotencyKeyReused(DomainError):
    """The key was used before, with another body."""

    status, code = 422, "idempotency_key_reused"
    vi = "Khóa Idempotency-Key này đã dùng cho một nội dung khác."
    en = "This Idempotency-Key was used before with another body."


class _RetryLater(DomainError):
    """The request is refused now and may be repeated later. retry_after: seconds, at least 1."""

    def __init__(self, *, retry_after: int = 1, headers: Mapping[str, str] | None = None, **values: Any):
        self.retry_after = max(1, retry_after)
        retry = {"Retry-After": str(self.retry_after)}
        super().__init__(headers={**retry, **(headers or {})}, retry_after=self.retry_after, **values)


class TooManyRequests(_RetryLater):
    """Too many attempts in a short time."""

    status, code = 429, "too_many_requests"
    vi = "Quá nhiều yêu cầu. Hãy thử lại sau {retry_after} giây."
    en = "Too many requests. Try again in {retry_after} seconds."


class Unavailable(_RetryLater):
    """The database is away or busy; nothing was changed."""

    status, code = 503, "unavailable"
    vi = "Hệ thống tạm thời chưa phục vụ được. Hãy thử lại sau {retry_after} giây."
    en = "The service is not available for the moment. Try again in {retry_after} seconds."


def field_problem(code: str, *, vi: str, en: str) -> PydanticCustomError:
    """The error that a pydantic validator raises, with its message in both languages."""
    return PydanticCustomError(code, "{en}", {"vi": vi, "en": en})


_constraints: dict[str, type[DomainError]] = {}


def register_constraint(name: str, error: type[DomainError]) -> None:
    """Map a database constraint to the domain error that its violation stands for.

    A SQL function can speak the same way: `RAISE … USING CONSTRAINT = 'name'`.
    Raises: KeyError when the error's texts need values; ValueError when the name already means another error.
    """
    error()
    if _constraints.setdefault(name, error) is not error:
        raise ValueError(f"constraint {name} is registered twice")


def error_for_constraint(name: str | None) -> DomainError | None:
    """The domain error registered for this constraint, or None."""
    error = _constraints.get(name) if name else None
    return error() if error else None


def error_for_code(code: str, pointer: str | None, values: Mapping[str, Any]) -> DomainError | None:
    """The domain error that a SQL function of ours raised by its code (SQLSTATE class AS), or None.

    values: what its texts name.
    """
    error_type = _error_types.get(code)
    if error_type is None:
        return None
    error = error_type(**values)
    if pointer is not None:
        error.errors = (FieldError(pointer, error.code, error.detail_vi, error.detail_en),)
    return error
