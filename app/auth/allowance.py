"""How much one may ask in a minute (hạn mức): requests of everybody, and rows sent in bulk by partner systems.

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

from app.core.buckets import Bucket
from app.core.db import Database
from app.core.errors import TooMany
from app.core.notes import note_actor, notes_of
from app.core.settings import Settings

WINDOW: Final = 60
CLIENT_SECONDS: Final = 10
"""So long a partner system's limits are believed; whether a subject is a person is known for longer."""
USER_SECONDS: Final = 3600
REMEMBERED: Final = 20_000

_LIMITS: Final = "select requests, rows from client_limits($1)"
_HOLDER: Final = "ansinh.holder"
_AND: Final = b", "


class TooManyRows(TooMany):
    """More rows were sent in bulk than the partner system may send in a minute."""

    code = "too_many_rows"
    vi = "Đã gửi quá số dòng cho phép trong một phút. Hãy gửi tiếp sau {retry_after} giây."
    en = "More rows were sent than are allowed in a minute. Send on in {retry_after} seconds."


@dataclass(slots=True)
class Holder:
    """Whose requests are counted. rows: None for a person. until: when the limits are read again."""

    requests: Bucket
    rows: Bucket | None
    until: float
    policy: bytes = field(init=False)

    @property
    def kind(self) -> str:
        """ "user" or "client"."""
        return "user" if self.rows is None else "client"

    def __post_init__(self) -> None:
        policy = f'"requests";q={self.requests.quota};w={WINDOW}'
        if self.rows is not None:
            policy += f', "rows";q={self.rows.quota};w={WINDOW}'
        self.policy = policy.encode()


class Allowances:
    """The buckets of a process, by user or client. clock: seconds, and never goes back."""

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], float] = monotonic
    ) -> None:
        self.settings, self.clock = settings, clock
        self._database = database
        self._holders: OrderedDict[UUID, Holder] = OrderedDict()

    async def of(self, subject: UUID) -> Holder:
        """The buckets of a user or a client, full for whoever is new here."""
        holder = self._holders.get(subject)
        if holder is None or holder.until <= self.clock():
            holder = await self._read(subject)
        self._holders.move_to_end(subject)
        return holder

    async def _read(self, subject: UUID) -> Holder:
        row = await self._database.driver.fetchrow(_LIMITS, subject)
        at, chosen = self.clock(), self.settings
        requests, rows, until = chosen.user_requests_per_minute, None, at + USER_SECONDS
        if row is not None:
            requests = min(row["requests"] or chosen.client_requests_per_minute, chosen.client_requests_most)
            rows = min(row["rows"] or chosen.client_rows_per_minute, chosen.client_rows_most)
            until = at + CLIENT_SECONDS
        known = self._holders.get(subject)
        holder = Holder(
            _kept(known.requests if known else None, requests, at),
            None if rows is None else _kept(known.rows if known else None, rows, at),
            until,
        )
        self._holders[subject] = holder
        if len(self._holders) > REMEMBERED:
            self._holders.popitem(last=False)
        return holder


def _kept(bucket: Bucket | None, quota: int, at: float) -> Bucket:
    """The bucket that there is, unless its quota was changed."""
    return bucket if bucket is not None and bucket.quota == quota else Bucket(quota, WINDOW, at)


async def admit(request: Request, subject: UUID) -> None:
    """Count a request of a user or a client whose token was verified, once, however often it is; noted for the log.

    Raises: TooMany.
    """
    if _HOLDER in request.scope:
        return
    allowances: Allowances = request.app.state.allowances
    holder = await allowances.of(subject)
    request.scope[_HOLDER] = holder
    note_actor(request.scope, holder.kind, str(subject))
    taken = holder.requests.take(allowances.clock())
    notes = notes_of(request.scope)
    if notes is not None and (holder.rows is not None or taken.wait):
        notes.headers[b"ratelimit-policy"] = holder.policy
        notes.headers[b"ratelimit"] = f'"requests";r={taken.left};t={taken.wait or 1}'.encode()
    if taken.wait:
        raise TooMany(retry_after=taken.wait)


def spend_rows(request: Request, rows: int) -> None:
    """Count rows that are sent in bulk; a person's are not counted.

    More than the limit at once are let through, and paid for by waiting longer afterwards: a large file is one request.
    Raises: TooManyRows.
    """
    holder: Holder = request.scope[_HOLDER]
    if holder.rows is None:
        return
    allowances: Allowances = request.app.state.allowances
    taken = holder.rows.take(allowances.clock(), rows)
    notes = notes_of(request.scope)
    if notes is not None:
        requests = notes.headers[b"ratelimit"].partition(_AND)[0]
        notes.headers[b"ratelimit"] = requests + _AND + f'"rows";r={taken.left};t={taken.wait or 1}'.encode()
    if taken.wait:
        raise TooManyRows(retry_after=taken.wait)
