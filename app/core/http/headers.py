"""The headers that every answer carries unless it says otherwise, those of pages and documents besides, and what a
Content-Type says."""

from collections.abc import Iterable, Mapping, Sequence
from email.message import Message
from functools import lru_cache
from typing import NamedTuple

Header = tuple[bytes, bytes]

_PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    b" connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of pages: scripts and styles are files of this server, and nothing is written into the page itself."""
_PAGE_PERMISSIONS = (
    b"accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self),"
    b" geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(),"
    b" publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
)
_API_POLICY = (
    b"default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of everything else: nothing. What `default-src` does not cover is named."""

_FOR_ALL = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_NO_PERMISSIONS = _PAGE_PERMISSIONS.replace(b"(self)", b"()")
_API_HEADERS = (*_FOR_ALL, (b"content-security-policy", _API_POLICY))
"""Of data that a program reads. It names no permissions: a browser that opens it runs nothing, and phones pay by the
byte."""
_DOCUMENT_HEADERS = (*_API_HEADERS, (b"permissions-policy", _NO_PERMISSIONS))
"""Of files that somebody opens: PDF, workbooks, CSV, a copy of one's data."""
_PAGE_HEADERS = (
    *_FOR_ALL,
    (b"content-security-policy", _PAGE_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", _PAGE_PERMISSIONS),
)
_TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
"""Two years, for those who came by TLS, here or at the proxy in front."""
_NAMES = frozenset(name for name, _ in (*_DOCUMENT_HEADERS, *_PAGE_HEADERS))
_DATA = (b"application/json", b"application/problem+json")


def list_default_headers(present: Iterable[Header], is_tls: bool) -> Sequence[Header]:
    """The headers to add to an answer that has those that are *present*. is_tls: whether it was asked for by TLS."""
    names = dict(present)
    defaults: tuple[Header, ...] = _select_headers(names)
    if not _NAMES.isdisjoint(names):
        defaults = tuple(header for header in defaults if header[0] not in names)
    return (*defaults, _TRANSPORT_SECURITY) if is_tls else defaults


def _select_headers(names: Mapping[bytes, bytes]) -> tuple[Header, ...]:
    kind = names.get(b"content-type", b"")
    if not kind or (kind.startswith(_DATA) and b"content-disposition" not in names):
        return _API_HEADERS
    return _PAGE_HEADERS if kind.startswith(b"text/html") else _DOCUMENT_HEADERS


class MediaType(NamedTuple):
    """What a Content-Type says, its parameters in whatever order (RFC 9110, 8.3).

    name: in lower case, such as text/csv; charset: in lower case, None where none is said.
    """

    name: str
    charset: str | None

    @property
    def is_json(self) -> bool:
        """Whether it is JSON, of whichever kind."""
        kind, _, subtype = self.name.partition("/")
        return kind == "application" and (subtype == "json" or subtype.endswith("+json"))

    @property
    def is_utf_8(self) -> bool:
        """Whether its text is UTF-8, as it is where nothing is said."""
        return self.charset in (None, "utf-8", "utf8")


@lru_cache(maxsize=256)
def parse_media_type(content_type: str) -> MediaType:
    """Parse a Content-Type."""
    message = Message()
    message["content-type"] = content_type
    charset = message.get_param("charset")
    name = content_type.partition(";")[0].strip().lower()
    return MediaType(name, None if charset is None else str(charset).strip().lower())
