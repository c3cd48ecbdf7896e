"""Reminders of values of the law that run out (nhắc quy định sắp hết hạn): each announced once, and counted."""

import json
import logging
from datetime import date
from functools import partial
from typing import Final

from app.core.postgres.database import Database
from app.core.process.hourly import run_hourly
from app.core.values.time import today
from app.insurance.rules.expiry import ExpiringRule, list_expiring
from app.insurance.rules.keys import format_decimal
from app.insurance.rules.store import RuleStore

_REMIND: Final = "select remind_expiring_rules($1, $2::text::json) as told"
_log = logging.getLogger("ansinh.reminders")


async def remind_of_expiring_rules(database: Database, on: date | None = None) -> int:
    """Announce `insurance_rule.expiring` for each value that runs out within 60 days of a day (default: today), once
    for its last day.

    Returns: how many were announced now.
    """
    rows = [_to_row(each) for each in await _list_expiring(database, on or today())]
    told: int = (await database.call(_REMIND, database.process_key, json.dumps(rows)))["told"]
    return told


async def remind_of_expiring_rules_hourly(database: Database) -> None:
    """Remind at once and then every hour, until cancelled; no error ends it."""
    await run_hourly(partial(remind_of_expiring_rules, database), _log, "reminded of rules that run out")


async def count_expiring_rules(database: Database) -> int:
    """Count the values that run out within 60 days, or have run out, and wait for BHXH."""
    return len(await _list_expiring(database, today()))


async def _list_expiring(database: Database, on: date) -> list[ExpiringRule]:
    return list_expiring(await RuleStore(database).book(), on)


def _to_row(each: ExpiringRule) -> dict[str, object]:
    successor = each.successor
    data = {
        "key": each.rule.key,
        "value": format_decimal(each.rule.value),
        "last_day": each.last_day.isoformat(),
        "successor_id": None if successor is None else str(successor.id),
    }
    return {"id": str(each.rule.id), "last_day": each.last_day.isoformat(), "data": data}
