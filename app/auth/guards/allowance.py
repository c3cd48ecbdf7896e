"""Rate limits (hạn mức): requests a minute of everybody, and rows a minute sent in bulk by partner systems.

Counted in memory by each process, so that a request costs no round trip; with several processes the limit is each
one's. What an administrator set for a partner system is read again every few seconds. The rows of a partner system in
the sandbox are counted in the database, by the day and by all processes together; nobody else pays for that.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

from fastapi import Request

from app.core.errors import TooManyRequests
from app.core.http.request_context import get_request_context, set_request_actor
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.core.values.buckets import TokenBucket
from app.core.values.time import VIET_NAM, now

RATE_WINDOW_SECONDS: Final = 60
CLIENT_CACHE_SECONDS: Final = 10
"""So long a partner system's limits are believed; whether a subject is a person is known for longer."""
USER_CACHE_SECONDS: Final = 3600
SECONDS_OF_DAY: Final = 86_400
MAX_CACHED_ALLOWANCES: Final = 20_000

_ADMIT_SANDBOX_ROWS: Final = "select admitted, remaining, until from admit_sandbox_rows($1, $2, $3, $4)"
_MAX_ROWS: Final = 2**31 - 1
_SELECT_LIMITS: Final = "select requests, rows, sandbox from client_limits($1)"
_ALLOWANCE_KEY: Final = "ansinh.allowance"
_SUBJECT_KEY: Final = "ansinh.allowance_subject"
_SEPARATOR: Final = b", "


class TooManyRows(TooManyRequests):
    """More rows were sent in bulk than the partner system may send in a minute."""

    code = "too_many_rows"
    vi = "Đã gửi quá số dòng cho phép trong một phút. Hãy gửi tiếp sau {retry_after} giây."
    en = "More rows were sent than are allowed in a minute. Send on in {retry_after} seconds."


class TooManySandboxRows(TooManyRequests):
    """More rows were sent than a partner system in the sandbox may send in a day, or in one request."""

    code = "too_many_sandbox_rows"
    vi = (
        "Chế độ thử chỉ nhận {quota} dòng mỗi ngày, hôm nay còn {remaining} dòng."
        " Hãy gửi ít dòng hơn, hoặc gửi tiếp từ {until_vi}."
    )
    en = "The sandbox takes {quota} rows a day, {remaining} more today. Send fewer rows, or send on from {until_en}."

    def __init__(self, *, quota: int, remaining: int, until: datetime) -> None:
        local = until.astimezone(VIET_NAM)
        super().__init__(
            retry_after=_count_seconds(until),
            quota=quota,
            remaining=remaining,
            until_vi=f"{local:%H:%M} ngày {local:%d/%m/%Y}",
            until_en=f"{local:%Y-%m-%d %H:%M} in Viet Nam",
        )


@dataclass(slots=True)
class Allowance:
    """The rate limits of one user or client. rows: None for a user. until: when the limits are loaded again.

    sandbox: its rows are counted by the day, in the database, and the bucket says how many it may send.
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


class SandboxCount(NamedTuple):
    """Whether rows were admitted in the sandbox, how many more are until when."""

    admitted: bool
    remaining: int
    until: datetime


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

    async def count_sandbox_rows(self, client: UUID, rows: int, quota: int) -> SandboxCount:
        """Count rows of a client of today, for all processes, unless they are more than are left."""
        row = await self._database.call(_ADMIT_SANDBOX_ROWS, self._database.process_key, client, rows, quota)
        return SandboxCount(row["admitted"], row["remaining"], row["until"])

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
    request.scope[_ALLOWANCE_KEY], request.scope[_SUBJECT_KEY] = allowance, subject
    set_request_actor(request.scope, allowance.kind, str(subject))
    result = allowance.requests.take(allowances.clock())
    context = get_request_context(request.scope)
    if context is not None and (allowance.rows is not None or result.wait):
        context.headers[b"ratelimit-policy"] = allowance.policy
        context.headers[b"ratelimit"] = f'"requests";r={result.left};t={result.wait or 1}'.encode()
    if result.wait:
        raise TooManyRequests(retry_after=result.wait)


async def consume_rows(request: Request, rows: int) -> None:
    """Count rows that are sent in bulk by a client; a user's are not counted.

    More than the limit at once are let through, and paid for by waiting longer afterwards: a large file is one request.
    In the sandbox they are refused. Raises: TooManyRows, TooManySandboxRows.
    """
    allowance: Allowance = request.scope[_ALLOWANCE_KEY]
    if allowance.rows is None:
        return
    allowances: Allowances = request.app.state.allowances
    if allowance.sandbox:
        await _consume_sandbox_rows(request, allowances, allowance.rows.quota, rows)
        return
    result = allowance.rows.take(allowances.clock(), rows)
    _tell_rows(request, result.left, result.wait or 1)
    if result.wait:
        raise TooManyRows(retry_after=result.wait)


async def _consume_sandbox_rows(request: Request, allowances: Allowances, quota: int, rows: int) -> None:
    """Count them in a transaction of their own, whatever becomes of the request. Raises: TooManySandboxRows."""
    count = await allowances.count_sandbox_rows(request.scope[_SUBJECT_KEY], min(rows, _MAX_ROWS), quota)
    _tell_rows(request, count.remaining, _count_seconds(count.until))
    if not count.admitted:
        raise TooManySandboxRows(quota=quota, remaining=count.remaining, until=count.until)


def _tell_rows(request: Request, left: int, seconds: int) -> None:
    """Say in the answer how many rows are left, and in how many seconds there are more."""
    context = get_request_context(request.scope)
    if context is not None:
        requests = context.headers[b"ratelimit"].partition(_SEPARATOR)[0]
        context.headers[b"ratelimit"] = requests + _SEPARATOR + f'"rows";r={left};t={seconds}'.encode()


def _count_seconds(until: datetime) -> int:
    return max(1, ceil((until - now()).total_seconds()))
