"""Security events: in the log every one of them, in the audit a bounded number.

What somebody did who is logged in stands in the audit as it is, by `record_event`. What strangers can repeat at will
stands there at the first, the tenth, the hundredth … time that it happens to one subject within a quarter of an hour
in this process, with the number so far. Nothing here holds a name or an address: in the log they are keyed hashes, by
which lines can be compared with each other.
"""

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event as sqlalchemy_event
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.core.postgres.database import Database
from app.core.process.logs import log_fields
from app.core.process.request_id import current_request_id
from app.core.values.ids import uuid7
from app.core.values.time import now

TALLY_SECONDS: Final = 900
MAX_TALLIES: Final = 10_000
"""Of more subjects than this in a quarter of an hour, those are forgotten that were quiet for longest."""

LOGGED_EVENTS: Final = frozenset(
    {
        Event.SESSION_STARTED, Event.SESSION_ENDED, Event.REFRESH_REUSED, Event.LOGIN_NEW_DEVICE,
        Event.PASSWORD_CHANGED, Event.SECOND_FACTOR_SET, Event.SECOND_FACTOR_REMOVED, Event.RECOVERY_CODES_RENEWED,
        Event.RECOVERY_CODE_USED, Event.DEVICE_REGISTERED, Event.DEVICE_REVOKED, Event.ORGANISATION_CREATED,
        Event.ORGANISATION_CHANGED, Event.USER_CREATED, Event.USER_CHANGED, Event.CLIENT_CREATED, Event.CLIENT_CHANGED,
        Event.CLIENT_SECRET_ADDED, Event.CLIENT_SECRET_REVOKED, Event.WEBHOOK_SECRET_ADDED,
        Event.WEBHOOK_SECRET_REVOKED, Event.INSURANCE_RULE_ENTERED, Event.INSURANCE_RULE_CONFIRMED,
        Event.INSURANCE_RULE_END_PROPOSED, Event.INSURANCE_RULE_END_WITHDRAWN, Event.INSURANCE_RULE_END_REFUSED,
        Event.INSURANCE_RULE_ENDED, Event.MEMBER_SEEN_WHOLE, Event.EXPORT_READ, Event.MEMBER_ERASED,
        Event.EMERGENCY_REQUESTED, Event.EMERGENCY_APPROVED, Event.EMERGENCY_REFUSED, Event.EMERGENCY_CANCELLED,
        Event.EMERGENCY_ENTERED, Event.EMERGENCY_ENDED, Event.EMERGENCY_REVIEWED,
    }
)  # fmt: skip
"""Events of the audit that are security events, too: logins, changes of rights and of the law's values, reveals."""

_RECORD: Final = "select record_security_event($1, $2, $3, $4, $5, $6)"
_log = logging.getLogger("ansinh.security")


def log_after_commit(
    db: AsyncSession, event: Event, actor_kind: str, actor_id: UUID, subject_id: UUID | None
) -> None:
    """Log an event of `LOGGED_EVENTS` once the transaction of the act is committed."""
    fields = {"event": event.value, "actor_kind": actor_kind, "actor_id": str(actor_id)}
    if subject_id is not None:
        fields["subject_id"] = str(subject_id)

    def write(_session: Any) -> None:
        _log.info("security event", extra=log_fields(**fields))

    sqlalchemy_event.listen(db.sync_session, "after_commit", write, once=True)


class SecurityLog:
    """Reports what strangers do. key: makes names and addresses unreadable in the log."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key
        self._tallies: OrderedDict[tuple[Event, UUID | None, int], int] = OrderedDict()
        self._writes: set[asyncio.Task[None]] = set()

    def report(
        self,
        event: Event,
        code: str,
        *,
        address: str | None = None,
        subject_id: UUID | None = None,
        name: str | None = None,
    ) -> None:
        """Report one event; it is written beside the request, whose answer takes no longer for a known name.

        code: of the refusal. subject_id: the user or client whom it is about, if there is one; name: what was given in
        its place, for the log alone.
        """
        fields: dict[str, Any] = {"event": event.value, "code": code}
        if address is not None:
            fields["origin"] = self._hash(address)
        if subject_id is not None:
            fields["subject_id"] = str(subject_id)
        elif name is not None:
            fields["name_hash"] = self._hash(name)
        _log.warning("security event", extra=log_fields(**fields))
        if subject_id is None and name is not None:
            return
        count = self._count(event, subject_id)
        if is_power_of_ten(count):
            write = asyncio.create_task(self._record(event, subject_id, code, count))
            self._writes.add(write)
            write.add_done_callback(self._writes.discard)

    async def drain(self) -> None:
        """Wait until everything reported is written."""
        while self._writes:
            await asyncio.wait(self._writes)

    async def _record(self, event: Event, subject_id: UUID | None, code: str, count: int) -> None:
        details, request_id = json.dumps({"code": code, "count": count}), current_request_id.get()
        try:
            await self._database.driver.execute(
                _RECORD,
                self._database.process_key,
                uuid7(),
                event.value,
                subject_id,
                details,
                request_id,
            )
        except Exception as exc:
            _log.exception("a security event stands in the log alone", exc_info=exc)

    def _count(self, event: Event, subject_id: UUID | None) -> int:
        key = (event, subject_id, int(now().timestamp()) // TALLY_SECONDS)
        count = self._tallies.pop(key, 0) + 1
        self._tallies[key] = count
        if len(self._tallies) > MAX_TALLIES:
            self._tallies.popitem(last=False)
        return count

    def _hash(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), sha256).hex()[:16]


def is_power_of_ten(number: int) -> bool:
    """Whether this is 1, 10, 100 …"""
    return set(str(number)[1:]) <= {"0"} and str(number)[0] == "1"
