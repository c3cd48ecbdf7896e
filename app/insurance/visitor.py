"""Whoever asks what insurance costs: open to everybody, so many a minute from one address."""

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from app.auth.throttle import network_of
from app.core.buckets import Buckets
from app.core.errors import TooMany
from app.core.language import Language, negotiate
from app.insurance.rule_store import RuleStore

TOO_MANY: Final[dict[int | str, dict[str, Any]]] = {429: {"description": "Quá nhiều yêu cầu từ một địa chỉ"}}

_address = lru_cache(maxsize=10_000)(network_of)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. rules: the law's values of this process; fields: how much of the limit is left."""

    rules: RuleStore
    language: Language
    fields: dict[str, str]

    async def begin(self) -> None:
        """Nobody has to log in here."""

    def answer(self, body: str) -> Response:
        """200 with JSON text."""
        headers = {**self.fields, "Content-Language": self.language, "Vary": "Accept-Language"}
        return Response(body, 200, headers, "application/json")


async def visitor(request: Request) -> Visitor:
    """Who asks, counted by network address. Raises: TooMany."""
    state = request.app.state
    buckets: Buckets = state.quote_buckets
    address = _address(request.client.host if request.client else "")
    taken = buckets.take(address, monotonic())
    fields = {
        "RateLimit-Policy": f'"quotes";q={buckets.quota};w={buckets.window}',
        "RateLimit": f'"quotes";r={taken.left};t={taken.wait or 1}',
    }
    if taken.wait:
        raise TooMany(retry_after=taken.wait, headers=fields)
    return Visitor(state.rules, negotiate(request.headers.get("accept-language")), fields)


AnyVisitor = Annotated[Visitor, Depends(visitor)]
