"""Canaries through every route of the API's document: valid, wrong, without a login, in addresses, queries and headers."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.core.values.ids import uuid7
from app.tenancy.logins.throttle import PER_OWN
from tests.canaries.bodies import SchemaValues
from tests.canaries.people import CLIENT_SECRET, Senders
from tests.canaries.values import KEY, MARK, NAME, NATIONAL_ID, PASSWORD, PHONE, TOKEN, CanaryBook
from tests.world import Login

_JSON = {"Content-Type": "application/json"}
_HEADERS = {"X-Request-ID": NATIONAL_ID, "User-Agent": f"{MARK}/{PHONE}", "X-Phone": PHONE}
_ENDS_SESSIONS = "logout"
"""Paths of what is sent at last."""


@dataclass
class Traffic:
    """statuses: how many answers of each status there were, by operation."""

    client: httpx.AsyncClient
    senders: Senders
    book: CanaryBook
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = dict(self.senders.known)

    async def send_all(self, document: Mapping[str, Any]) -> None:
        """Send to every operation of the document."""
        values = SchemaValues(document["components"]["schemas"], self.known)
        operations = [
            (method.upper(), path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        operations.sort(
            key=lambda one: (_ENDS_SESSIONS in one[1], one[0] != "POST", one[0] == "DELETE", len(one[1]))
        )
        for method, path, operation in operations:
            await self.send_operation(method, path, operation, values)

    async def send_operation(
        self, method: str, path: str, operation: Mapping[str, Any], values: SchemaValues
    ) -> None:
        """Valid as each who may, then wrong in every way."""
        schema = body_schema(operation)
        address = self.fill(path)
        query = self.build_query(operation, values)
        for login in (self.senders.union, self.senders.bhxh):
            for full in (False, True) if schema is not None else (False,):
                body = None if schema is None else json.dumps(values.valid(schema, full=full))
                await self.send(method, address, path, body, login=login, query=query if full else {})
        wrong_bodies = (
            [None] if schema is None else [json.dumps(values.wrong(schema)), f'{{"{NATIONAL_ID}": "{NAME}']
        )
        for body in wrong_bodies:
            await self.send(method, address, path, body, login=self.senders.union)
        await self.send(method, address, path, wrong_bodies[0], login=None)
        await self.send(
            method, address, path, wrong_bodies[-1], login=self.senders.partner, query=wrong_query(query)
        )
        await self.send(method, path.replace("{", f"{MARK}-{NATIONAL_ID}-").replace("}", ""), path, None)

    async def send(
        self,
        method: str,
        address: str,
        path: str,
        body: str | bytes | None,
        *,
        login: Login | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request, and note its status and what it made."""
        all_headers = dict(_HEADERS)
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            all_headers |= {"Idempotency-Key": f"{KEY}-{uuid7()}", "If-Match": '"1"'}
        if body is not None:
            all_headers |= _JSON
        all_headers |= login.headers if login else {"Authorization": f"Bearer {TOKEN}"}
        response = await self.client.request(
            method, address, content=body, params=query, headers=all_headers | dict(headers or {})
        )
        self.statuses.setdefault(f"{method} {path}", Counter())[response.status_code] += 1
        self.note(path, response)
        return response

    def note(self, path: str, response: httpx.Response) -> None:
        """Remember the secrets of an answer, and the id of what was made."""
        if response.content and response.headers.get("content-type", "").startswith("application/json"):
            answer = response.json()
            self.book.add_secrets(answer)
            if response.status_code == 201 and isinstance(answer, dict) and isinstance(answer.get("id"), str):
                noun = path.rpartition("/")[2].replace("-", "_").removesuffix("s")
                for name in (noun, noun.rpartition("_")[2]):
                    self.known.setdefault(f"{name}_id", answer["id"])

    def fill(self, path: str) -> str:
        """An address for the template of a path."""
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            path = path.replace(f"{{{name}}}", self.known.get(name, str(uuid7())))
        return path

    def build_query(self, operation: Mapping[str, Any], values: SchemaValues) -> dict[str, str]:
        """Every parameter of the query, with a canary where it is a text."""
        return {
            one["name"]: str(values.valid(one["schema"], one["name"]))
            for one in operation.get("parameters", ())
            if one["in"] == "query" and one["name"] not in ("cursor", "limit")
        }

    async def log_in(self) -> None:
        """Log in, rightly and wrongly, in every way that there is."""
        username = self.senders.person.username
        for password in (PASSWORD, f"{PASSWORD}!"):
            body = json.dumps({"username": username, "password": password})
            answer = await self.send("POST", "/v1/auth/login", "/v1/auth/login", body)
            if answer.status_code == 200:
                first = answer.json()["refresh_token"]
                await self.refresh(await self.refresh(first))
                await self.refresh(first)  # which ends the family
        wrong = json.dumps({"username": username, "password": f"{PASSWORD}?"})
        for _ in range(PER_OWN):  # with the one above one more than are looked at
            await self.send("POST", "/v1/auth/login", "/v1/auth/login", wrong)
        name = self.senders.partner.username
        for secret in (CLIENT_SECRET, f"{CLIENT_SECRET}-x"):
            basic = b64encode(f"{name}:{secret}".encode()).decode()
            headers = {
                "Authorization": f"Basic {basic}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            form = "grant_type=client_credentials"
            await self.send("POST", "/v1/oauth/token", "/v1/oauth/token", form, headers=headers)

    async def refresh(self, token: str) -> str:
        """Present a refresh token. Returns: the next one; the same where there is none."""
        body = json.dumps({"refresh_token": token})
        answer = await self.send("POST", "/v1/auth/refresh", "/v1/auth/refresh", body)
        return str(answer.json().get("refresh_token", token))

    def answered(self, status: int) -> set[str]:
        """The operations that answered so at least once."""
        return {name for name, statuses in self.statuses.items() if statuses[status]}


def body_schema(operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of an operation's JSON body; None when it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema if schema is not None or not content else {"type": "object"}


def wrong_query(query: Mapping[str, str]) -> dict[str, str]:
    """Every parameter with a value that it cannot have, and one that nobody knows."""
    return dict.fromkeys([*query, "limit", "cursor", f"{MARK}{PHONE}"], f"{MARK}\u200b{NATIONAL_ID}")


def invent_people(count: int, beginning: str) -> Iterator[dict[str, Any]]:
    """Persons with numbers that begin so."""
    for number in range(count):
        yield {"full_name": f"{NAME} {chr(65 + number % 26)}", "national_id": f"{beginning}{number:03}"}
