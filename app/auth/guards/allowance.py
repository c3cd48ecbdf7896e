"""Rate limits (hạn mức): requests a minute of everybody, and rows a minute sent in bulk by partner systems.

Counted in memory by each process, so that a request costs no round trip; with several processes the limit is each
one's. What an administrator set for a partner system is read again every few seconds.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final
from uuid import UUID

from fastapi import Request

from app.core.errors import TooManyRequests
from app.core.http.request_context import get_request_context, set_request_actor
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.core.values.buckets import TokenBucket

RATE_WINDOW_SECONDS: Final = 60
CLIENT_CACHE_SECONDS: Final = 10
"""So long a partner system's limits are believed; whether a subject is a person is known for longer."""
USER_CACHE_SECONDS: Final = 3600
SECONDS_OF_DAY: Final = 86_400
MAX_CACHED_ALLOWANCES: Final = 20_000

_SELECT_LIMITS: Final = "select requests, rows, sandbox from client_limits($1)"
_ALLOWANCE_KEY: Final = "ansinh.allowance"
_SEPARATOR: Final = b", "


class TooManyRows(TooManyRequests):
    """More rows were sent in bulk than the partner system may send in a minute."""

    code = "too_many_rows"
    vi = "Đã gửi quá số dòng cho phép trong một phút. Hãy gửi tiếp sau {retry_after} giây."
    en = "More rows were sent than are allowed in a minute. Send on in {retry_after} seconds."


class TooManySandboxRows(TooManyRequests):
    """More rows were sent than a partner system in the sandbox may send in a day, or in one request."""

    code = "too_many_sandbox_rows"
    vi = "Chế độ thử chỉ nhận {quota} dòng mỗi ngày. Hãy gửi ít dòng hơn, hoặc gửi tiếp sau {retry_after} giây."
    en = "The sandbox takes {quota} rows a day. Send fewer rows, or send on in {retry_after} seconds."


@dataclass(slots=True)
class Allowance:
    """The rate limits of one user or client. rows: None for a user. until: when the limits are loaded again.

    sandbox: its rows are counted by the day, and never on credit.
    """

    requests: TokenBucket
    rows: TokenBucket | None
    until: float
    sandbox: bool = False
    policy: bytes = field(init=False)

    @property
    def kind(self) -> str:
        """ "user" or "client"."""
        return "user" if self.rows is None else "client"

    def __post_init__(self) -> None:
        policy = f'"requests";q={self.requests.quota};w={RATE_WINDOW_SECONDS}'
        if self.rows is not None:
            policy += f', "rows";q={self.rows.quota};w={self.rows.window}'
        self.policy = policy.encode()


class Allowances:
    """The rate limits of a process, by user or client. clock: seconds, and never goes back."""

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], float] = monotonic
    ) -> None:
        self.settings, self.clock = settings, clock
        self._database = database
        self._allowances: OrderedDict[UUID, Allowance] = OrderedDict()

    async def get(self, subject: UUID) -> Allowance:
        """The buckets of a user or a client, full for whoever is new here."""
        allowance = self._allowances.get(subject)
        if allowance is None or allowance.until <= self.clock():
            allowance = await self._load(subject)
        self._allowances.move_to_end(subject)
        return allowance

    async def _load(self, subject: UUID) -> Allowance:
        row = await self._database.driver.fetchrow(_SELECT_LIMITS, subject)
        at, settings = self.clock(), self.settings
        requests, rows, until = settings.user_requests_per_minute, None, at + USER_CACHE_SECONDS
        sandbox, window = row is not None and row["sandbox"], RATE_WINDOW_SECONDS
        if row is not None:
            requests = min(
                row["requests"] or settings.client_requests_per_minute, settings.client_requests_most
            )
            rows = min(row["rows"] or settings.client_rows_per_minute, settings.client_rows_most)
            until = at + CLIENT_CACHE_SECONDS
        if sandbox:
            rows, window = settings.sandbox_rows_per_day, SECONDS_OF_DAY
        previous = self._allowances.get(subject)
        allowance = Allowance(
            _reuse_bucket(previous.requests if previous else None, requests, at),
            None if rows is None else _reuse_bucket(previous.rows if previous else None, rows, at, window),
            until,
            sandbox,
        )
        self._allowances[subject] = allowance
        if len(self._allowances) > MAX_CACHED_ALLOWANCES:
            self._allowances.popitem(last=False)
        return allowance


def _reuse_bucket(
    bucket: TokenBucket | None, quota: int, at: float, window: int = RATE_WINDOW_SECONDS
) -> TokenBucket:
    """Return the existing bucket, unless its quota was changed."""
    if bucket is not None and (bucket.quota, bucket.window) == (quota, window):
        return bucket
    return TokenBucket(quota, window, at)


async def count_request(request: Request, subject: UUID) -> None:
    """Count a request of a user or a client whose token was verified, once for each request, and set it for the log.

    Raises: TooManyRequests.
    """
    if _ALLOWANCE_KEY in request.scope:
        return
    allowances: Allowances = request.app.state.allowances
    allowance = await allowances.get(subject)
    request.scope[_ALLOWANCE_KEY] = allowance
    set_request_actor(request.scope, allowance.kind, str(subject))
    result = allowance.requests.take(allowances.clock())
    context = get_request_context(request.scope)
    if context is not None and (allowance.rows is not None or result.wait):
        context.headers[b"ratelimit-policy"] = allowance.policy
        context.headers[b"ratelimit"] = f'"requests";r={result.left};t={result.wait or 1}'.encode()
    if result.wait:
        raise TooManyRequests(retry_after=result.wait)


def consume_rows(request: Request, rows: int) -> None:
    """Count rows that are sent in bulk by a client; a user's are not counted.

    More than the limit at once are let through, and paid for by waiting longer afterwards: a large file is one request.
    In the sandbox they are refused. Raises: TooManyRows, TooManySandboxRows.
    """
    allowance: Allowance = request.scope[_ALLOWANCE_KEY]
    if allowance.rows is None:
        return
    allowances: Allowances = request.app.state.allowances
    result = allowance.rows.take(allowances.clock(), rows, on_credit=not allowance.sandbox)
    context = get_request_context(request.scope)
    if context is not None:
        requests = context.headers[b"ratelimit"].partition(_SEPARATOR)[0]
        context.headers[b"ratelimit"] = (
            requests + _SEPARATOR + f'"rows";r={result.left};t={result.wait or 1}'.encode()
        )
    if result.wait and allowance.sandbox:
        raise TooManySandboxRows(retry_after=result.wait, quota=allowance.rows.quota)
    if result.wait:
        raise TooManyRows(retry_after=result.wait)
