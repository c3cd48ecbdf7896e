"""What the server refuses by itself, before a route is found."""

from app.core.errors import DomainError, FieldError, Unavailable


class MalformedRequest(DomainError):
    """The request is not HTTP/1.1, or can be read in two ways; `errors` may name the header."""

    status, code = 400, "malformed_request"
    vi = "Yêu cầu không đúng giao thức HTTP/1.1."
    en = "The request does not follow HTTP/1.1."

    @classmethod
    def at_header(cls, name: str, code: str, *, vi: str, en: str) -> "MalformedRequest":
        """The same, for one header."""
        return cls(errors=[FieldError(f"/header/{name}", code, vi, en)], headers={"Connection": "close"})


class RequestTimeout(DomainError):
    """The request, or the rest of its body, did not come in time."""

    status, code = 408, "request_timeout"
    vi = "Yêu cầu không được gửi xong trong thời gian cho phép."
    en = "The request was not sent in time."


class TargetTooLong(DomainError):
    """The path and query are longer than the server reads."""

    status, code = 414, "target_too_long"
    vi = "Đường dẫn và tham số vượt quá {limit} byte."
    en = "The path and query are longer than {limit} bytes."


class HeadersTooLarge(DomainError):
    """There are more headers, or longer ones, than the server reads."""

    status, code = 431, "headers_too_large"
    vi = "Tiêu đề vượt quá {count} dòng hoặc {limit} byte."
    en = "There are more than {count} headers, or {limit} bytes of them."


class TooManyConnections(Unavailable):
    """More connections are open than this process serves."""

    code = "too_many_connections"
