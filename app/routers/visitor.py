"""The unauthenticated caller of public quotes and plans, rate-limited by network address."""

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from app.core.errors import TooManyRequests
from app.core.language import Language, negotiate_language
from app.core.values.buckets import TokenBuckets
from app.insurance.rules.store import RuleStore
from app.tenancy.logins.throttle import normalise_address

TOO_MANY: Final[dict[int | str, dict[str, Any]]] = {429: {"description": "Quá nhiều yêu cầu từ một địa chỉ"}}

_cached_network_of = lru_cache(maxsize=10_000)(normalise_address)


@dataclass(frozen=True, slots=True)
class Visitor:
    """An unauthenticated caller. rules: this process's rule store; rate_limit_headers: what is left of the limit."""

    rules: RuleStore
    language: Language
    rate_limit_headers: dict[str, str]

    async def begin(self) -> None:
        """Do nothing: no login is needed here."""

    def to_response(self, body: str) -> Response:
        """Return 200 with JSON text."""
        headers = {**self.rate_limit_headers, "Content-Language": self.language, "Vary": "Accept-Language"}
        return Response(body, 200, headers, "application/json")


async def get_visitor(request: Request) -> Visitor:
    """Identify the caller and count the request by network address. Raises: TooManyRequests."""
    state = request.app.state
    buckets: TokenBuckets = state.quote_buckets
    address = _cached_network_of(request.client.host if request.client else "")
    token = buckets.take(address, monotonic())
    rate_limit_headers = {
        "RateLimit-Policy": f'"quotes";q={buckets.quota};w={buckets.window}',
        "RateLimit": f'"quotes";r={token.left};t={token.wait or 1}',
    }
    if token.wait:
        raise TooManyRequests(retry_after=token.wait, headers=rate_limit_headers)
    return Visitor(
        state.rules, negotiate_language(request.headers.get("accept-language")), rate_limit_headers
    )


AnyVisitor = Annotated[Visitor, Depends(get_visitor)]
