"""Ledger writes: each is one call of a SQL function (`database/ledger/writer/`).

A caller's key and the hash of its request are stored with the effect, in one transaction. The hash is over the
meaning of a request, after defaults and normalisation: the order of fields, spaces and letters that look alike do not
matter. The group is compared in SQL, so that its id and its code mean the same.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.core.errors import FieldError, InvalidInput
from app.core.values.idempotency import hash_request, resolve_idempotency_key
from app.core.values.ids import uuid7
from app.ledger.rules import compute_sale_amount, find_group_errors, find_line_errors
from app.ledger.schemas import ContributionIn, LineIn, MeetingIn, ReversalIn

_RECORD = "select replayed, body::text from record_entry($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_RECORD_SHEET = (
    "select replayed, body::text from record_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
_REVERSE = "select replayed, body::text from reverse_entry($1, $2, $3, $4, $5, $6, $7, $8, $9)"


@dataclass(frozen=True, slots=True)
class LedgerResult:
    """The result of a write. body: JSON text; replayed: whether the key had recorded the same before."""

    body: str
    replayed: bool

    def parse_body(self) -> dict[str, Any]:
        """Parse the body as a JSON object; its `id` is that of the transaction."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


async def record_contribution(caller: Caller, body: ContributionIn, key: str | None = None) -> LedgerResult:
    """Record one contribution.

    key: the request's idempotency key; without one, the body's id is the key.
    Raises: IdempotencyKeyMissing, IdempotencyKeyReused; InvalidInput with the fields; NotFound for the group;
    NotInGroup, InsufficientBalance, BusinessDateFuture, EntryBeforeGroup, EntryBeforeJoining, EntryAfterGroupEnd,
    PeriodClosed.
    """
    _raise_if_any(
        [*find_group_errors(body.group_id is not None, body.group_code is not None), *_find_errors(body)]
    )
    key = resolve_idempotency_key(key, body.id)
    line = _line_to_json(body)
    digest = hash_request("contribution", line, body.business_date)
    line["id"] = line["id"] or str(uuid7())
    return parse_ledger_result(
        await caller.call(
            _RECORD, key, digest, body.group_id, body.group_code, body.business_date, json.dumps(line)
        )
    )


async def record_sheet(caller: Caller, body: MeetingIn, key: str | None = None) -> LedgerResult:
    """Record a meeting's whole sheet: all lines or none, in one call.

    Raises: as `record_contribution`, with pointers such as /items/3/amount.
    """
    errors = list(find_group_errors(body.group_id is not None, body.group_code is not None))
    for index, item in enumerate(body.items):
        errors += _find_errors(item, f"/items/{index}")
    _raise_if_any(errors)
    key = resolve_idempotency_key(key, body.id)
    lines = [_line_to_json(item) for item in body.items]
    digest = hash_request("meeting", body.id, lines, body.business_date, body.note or None)
    for line in lines:
        line["id"] = line["id"] or str(uuid7())
    return parse_ledger_result(
        await caller.call(
            _RECORD_SHEET, key, digest, body.group_id, body.group_code, body.id or uuid7(), body.business_date,
            body.note or None, json.dumps(lines),
        )
    )  # fmt: skip


async def reverse_contribution(
    caller: Caller, txn_id: UUID, body: ReversalIn, key: str | None
) -> LedgerResult:
    """Reverse a contribution by a mirrored entry, dated today unless the body says otherwise.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, NotFound, NotReversible, AlreadyReversed,
    ReversalBeforeEntry, InsufficientBalance, BusinessDateFuture, EntryBeforeGroup, EntryAfterGroupEnd, PeriodClosed.
    """
    key = resolve_idempotency_key(key, None)
    digest = hash_request("reversal", txn_id, body.business_date, body.note)
    return parse_ledger_result(
        await caller.call(_REVERSE, key, digest, txn_id, uuid7(), body.business_date, body.note)
    )


def parse_ledger_result(row: Any) -> LedgerResult:
    """Parse the row that a writing function returns."""
    return LedgerResult(row["body"], row["replayed"])


def _raise_if_any(field_errors: Iterable[FieldError]) -> None:
    errors = list(field_errors)
    if errors:
        raise InvalidInput(errors=errors[:100])


def _find_errors(line: LineIn, prefix: str = "") -> list[FieldError]:
    """Find the errors of a line, with pointers that begin at the body."""
    return [
        FieldError(prefix + error.pointer, error.code, error.vi, error.en) for error in find_line_errors(line)
    ]


def _line_to_json(line: LineIn) -> dict[str, Any]:
    """Turn a valid line into the JSON values that are written and hashed, with every field present."""
    amount = line.amount
    if line.quantity is not None and line.unit_price is not None:
        amount = compute_sale_amount(line.quantity, line.unit_price)
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
