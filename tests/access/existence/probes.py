"""The fields of all routes that can name something, and a value of each that exists out of the sender's sight."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from app.core.values.ids import uuid7
from tests.access.cases.campaigns import campaign, observation, payout
from tests.access.cases.insurance.enrolments import batch, decision, enrolment, submitted_enrolment
from tests.access.cases.insurance.premiums import held_payment
from tests.access.cases.privacy.emergency_accesses import access
from tests.access.cases.tenancy import user
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import create_member, household, meeting, member, model
from tests.routers.people.member_scenario import new_insurance_no, new_phone
from tests.world import national_id

NAMING = re.compile(
    r"(^|_)(ids?|codes?|nos?|ref|refs|phone|username|number|key|keep|drop|other|q|full_name)$|^national_id$"
)
"""Names of fields that may name something; the rest are amounts, days, texts and choices."""

HiddenValue = Callable[[CellData], Awaitable[str]]


@dataclass(frozen=True)
class NamingField:
    """A field of a request. path: the steps from the body, or the name of a query parameter; 0 is a list's item."""

    route: str
    in_query: bool
    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        return next(str(step) for step in reversed(self.path) if isinstance(step, str))

    @property
    def label(self) -> str:
        return f"{self.route} {'?' * self.in_query}{'/'.join(map(str, self.path))}"


def list_naming_fields(document: Mapping[str, Any]) -> list[NamingField]:
    """Every field of every operation of an OpenAPI document whose name may name something."""
    fields = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            route = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query":
                    fields.append(NamingField(route, True, (parameter["name"],)))
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            fields += [
                NamingField(route, False, steps) for steps in dict.fromkeys(_walk(document, schema, ()))
            ]
    return [field for field in fields if NAMING.search(field.name)]


def _walk(
    document: Mapping[str, Any], schema: Mapping[str, Any], steps: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for kind in ("anyOf", "oneOf", "allOf"):
        for alternative in schema.get(kind, ()):
            yield from _walk(document, alternative, steps)
    if "items" in schema:
        yield from _walk(document, schema["items"], (*steps, 0))
    for name, part in schema.get("properties", {}).items():
        yield from _walk(document, part, (*steps, name))
    if steps and not schema.keys() & {"properties", "items", "anyOf", "oneOf", "allOf"}:
        yield steps


def new_health_card_no() -> str:
    """The number of a health card that nobody else in this run has."""
    return f"HT242{new_insurance_no()}"


def column_of_member(name: str, make: Callable[[], str]) -> HiddenValue:
    """A value that a new hidden member has in a column."""

    async def hide(data: CellData) -> str:
        value = make()
        created = await create_member(data)
        await data.scenario.owner.execute(f"update member set {name} = $2 where id = $1", created, value)
        return value

    return hide


def column(table: str, name: str, row_id: HiddenValue) -> HiddenValue:
    """The value of a column of a hidden row."""

    async def read(data: CellData) -> str:
        sql = f"select {name} from {table} where id = $1"
        return str(await data.scenario.owner.fetchval(sql, UUID(await row_id(data))))

    return read


def unknown_like(known: str) -> str:
    """A value of the form and the length of one that exists, which does not."""
    try:
        UUID(known)
    except ValueError:
        pass
    else:
        return str(uuid4())
    if known.startswith("HT2"):
        return new_health_card_no()
    if known.isdigit():
        return {12: national_id, 10: new_phone if known.startswith("09") else new_insurance_no}[len(known)]()
    return (uuid4().hex * 3)[: len(known.encode())]


async def _group_id(data: CellData) -> str:
    return await data.group()


async def _group_code(data: CellData) -> str:
    return await data.group_code()


async def _unit(data: CellData) -> str:
    return await data.unit()


async def _payment(data: CellData) -> str:
    return await held_payment(data)


async def _client(data: CellData) -> str:
    login = await data.scenario.world.partner(data.scenario.units[data.cell], "stats:read")
    return str(login.id)


async def _household_code(data: CellData) -> str:
    code = f"HO-{uuid7()}"
    await data.scenario.owner.execute(
        "update household set code = $2 where id = $1", UUID(await household(data)), code
    )
    return code


async def _external_ref(data: CellData) -> str:
    ref = f"REF-{uuid7()}"
    await data.scenario.owner.execute(
        "update enrolment set external_ref = $2 where id = $1", UUID(await enrolment(data)), ref
    )
    return ref


async def _announcement(data: CellData) -> str:
    """An event in the outbox about an enrolment."""
    sent = UUID(await submitted_enrolment(data))
    return str(
        await data.scenario.owner.fetchval("select id from outbox_event where subject_id = $1 limit 1", sent)
    )


async def _full_name(data: CellData) -> str:
    await member(data)
    return data.marked_name()


HIDDEN_VALUES: dict[str, HiddenValue] = {
    "national_id": column_of_member("national_id", national_id),
    "social_insurance_no": column_of_member("social_insurance_no", new_insurance_no),
    "health_card_no": column_of_member("health_card_no", new_health_card_no),
    "phone": column_of_member("phone", new_phone),
    "member_id": member,
    "group_id": _group_id,
    "group_code": _group_code,
    "household_id": household,
    "household_code": _household_code,
    "organisation_id": _unit,
    "organisation_code": column("organisation", "code", _unit),
    "user_id": user,
    "model_id": model,
    "model_code": column("savings_model", "code", model),
    "campaign_id": campaign,
    "enrolment_id": enrolment,
    "external_ref": _external_ref,
    "full_name": _full_name,
    "payment_id": _payment,
    "batch_id": batch,
    "dry_run_id": decision,
    "client_id": _client,
    "meeting_id": meeting,
    "emergency_access_id": partial(access, state="active"),
}
"""What a hidden cell has under a name; longer names end in one of these, or are one of OTHER_NAMES."""

_ALIASES: dict[str, str] = {
    "leader_id": "member_id",
    "referrer_id": "member_id",
    "org_id": "organisation_id",
    "organiser_id": "organisation_id",
    "organiser_code": "organisation_code",
    "parent_id": "organisation_id",
    "payer_id": "organisation_id",
    "payer_code": "organisation_code",
    "keep": "member_id",
    "drop": "member_id",
    "other": "member_id",
    "q": "full_name",
    "replicated_from_id": "model_id",
    "subject_id": "member_id",
    "actor_id": "user_id",
    "collector_id": "user_id",
    "holder_id": "user_id",
    "treasurer_id": "user_id",
    "parent_code": "organisation_code",
}
"""Other names for what is in HIDDEN_VALUES."""

_BY_FIELD: dict[str, HiddenValue] = {
    "GET /v1/groups ?code": _group_code,
    "GET /v1/households ?code": _household_code,
    "POST /v1/observations corrects_id": observation,
    "POST /v1/payouts corrects_id": payout,
    "POST /v1/webhooks/{webhook_id}/replay event_id": _announcement,
}
"""Fields whose name alone does not say what they name, by their label."""


def find_hidden_value(field: NamingField) -> HiddenValue | None:
    """What makes a hidden value of a field; None for a field that nobody thought of."""
    if field.label in _BY_FIELD:
        return _BY_FIELD[field.label]
    name = _ALIASES.get(field.name, field.name).removesuffix("s")
    longest = sorted(HIDDEN_VALUES, key=len, reverse=True)
    return next(
        (HIDDEN_VALUES[known] for known in longest if name == known or name.endswith(f"_{known}")), None
    )
