"""What the ledger does when asked: one call of its one writer, which is SQL (`database/ledger/writer`).

A caller's key and the hash of what it asked for are stored with the effect, in one transaction. The hash is over the
meaning of a request, after defaults and normalisation: the order of fields, spaces and letters that look alike do not
matter. The group is compared by the writer, so that its id and its code mean the same.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.core.errors import FieldError, InvalidInput
from app.core.hot import key_or_id
from app.core.ids import uuid7
from app.ledger.rules import group_faults, line_faults, sale_amount
from app.ledger.schemas import ContributionIn, LineIn, MeetingIn, ReversalIn

_RECORD = "select replayed, body::text from record_entry($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_RECORD_SHEET = (
    "select replayed, body::text from record_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
_REVERSE = "select replayed, body::text from reverse_entry($1, $2, $3, $4, $5, $6, $7, $8, $9)"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger answers. body: JSON text; replayed: the key had been used for the same before."""

    body: str
    replayed: bool

    def value(self) -> dict[str, Any]:
        """The answer as a JSON object; its `id` names the transaction."""
        found: dict[str, Any] = json.loads(self.body)
        return found


async def record(caller: Caller, body: ContributionIn, key: str | None = None) -> Recorded:
    """Record one contribution.

    key: the request's idempotency key; the body's own id is one as well.
    Raises: IdempotencyKeyMissing, IdempotencyKeyReused; InvalidInput with the fields; NotFound for the group;
    NotInGroup, InsufficientBalance, BusinessDateFuture, GroupEnded, PeriodClosed.
    """
    _refuse([*group_faults(body.group_id is not None, body.group_code is not None), *_faults(body)])
    key = key_or_id(key, body.id)
    line = _line(body)
    digest = request_hash("contribution", line, body.business_date)
    line["id"] = line["id"] or str(uuid7())
    return recorded(
        await caller.call(
            _RECORD, key, digest, body.group_id, body.group_code, body.business_date, json.dumps(line)
        )
    )


async def record_sheet(caller: Caller, body: MeetingIn, key: str | None = None) -> Recorded:
    """Record a meeting's whole sheet: all lines or none, in one call.

    Raises: as `record`, with pointers such as /items/3/amount.
    """
    faults = list(group_faults(body.group_id is not None, body.group_code is not None))
    for index, item in enumerate(body.items):
        faults += _faults(item, f"/items/{index}")
    _refuse(faults)
    key = key_or_id(key, body.id)
    lines = [_line(item) for item in body.items]
    digest = request_hash("meeting", body.id, lines, body.business_date, body.note or None)
    for line in lines:
        line["id"] = line["id"] or str(uuid7())
    return recorded(
        await caller.call(
            _RECORD_SHEET, key, digest, body.group_id, body.group_code, body.id or uuid7(), body.business_date,
            body.note or None, json.dumps(lines),
        )
    )  # fmt: skip


async def reverse(caller: Caller, txn_id: UUID, body: ReversalIn, key: str | None) -> Recorded:
    """Take a contribution back by a mirrored entry, dated today unless the body says otherwise.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, NotFound, NotReversible, AlreadyReversed,
    ReversalBeforeEntry, InsufficientBalance, BusinessDateFuture, PeriodClosed.
    """
    key = key_or_id(key, None)
    digest = request_hash("reversal", txn_id, body.business_date, body.note)
    return recorded(await caller.call(_REVERSE, key, digest, txn_id, uuid7(), body.business_date, body.note))


def request_hash(what: str, *meaning: Any) -> bytes:
    """SHA-256 of what a request means, from JSON values, ids and days."""
    return sha256(_canonical([what, *meaning]).encode()).digest()


def recorded(row: Any) -> Recorded:
    """The answer of a writing function."""
    return Recorded(row["body"], row["replayed"])


def _text(value: date | UUID) -> str:
    return str(value)


_canonical = json.JSONEncoder(sort_keys=True, default=_text).encode


def _refuse(faults: Iterable[FieldError]) -> None:
    found = list(faults)
    if found:
        raise InvalidInput(errors=found[:100])


def _faults(line: LineIn, at: str = "") -> list[FieldError]:
    """The faults of a line, with pointers that begin at the body."""
    return [FieldError(at + fault.pointer, fault.code, fault.vi, fault.en) for fault in line_faults(line)]


def _line(line: LineIn) -> dict[str, Any]:
    """A faultless line as the writer takes it and as it is hashed: JSON values, every field present."""
    amount = line.amount
    if line.quantity is not None and line.unit_price is not None:
        amount = sale_amount(line.quantity, line.unit_price)
    return {
        "id": line.id and str(line.id),
        "member_id": line.member_id and str(line.member_id),
        "kind": line.kind,
        "product": line.product,
        "amount": amount,
        "quantity": line.quantity and format(line.quantity.normalize(), "f"),
        "unit": line.unit,
        "unit_price": line.unit_price,
        "source": line.source,
        "note": line.note or None,
    }
