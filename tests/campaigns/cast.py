"""Who makes requests in the HTTP tests of this package."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.world import Login, Unit, World


@dataclass(frozen=True)
class Cast:
    """unit: the Women's Union of the world's province; commune_unit: the one of its sibling commune."""

    unit: Unit
    commune_unit: Unit
    officer: Login
    commune_officer: Login
    other_union: Login
    bhxh: Login
    viewer: Login
    treasurer: Login
    collector: Login

    @classmethod
    async def create(cls, world: World) -> "Cast":
        unit = await world.unit("womens_union")
        commune_unit = await world.unit("womens_union", world.sibling_commune, parent=unit, level="commune")
        return cls(
            unit=unit,
            commune_unit=commune_unit,
            officer=await world.user(unit, "union_officer"),
            commune_officer=await world.user(commune_unit, "union_officer"),
            other_union=await world.user(await world.unit("farmers_association"), "union_officer"),
            bhxh=await world.user(await world.unit("bhxh"), "bhxh_officer"),
            viewer=await world.user(unit, "viewer"),
            treasurer=await world.user(unit, "treasurer"),
            collector=await world.user(unit, "collector"),
        )


async def made(client: httpx.AsyncClient, path: str, login: Login, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST made."""
    answer = await client.post(path, json=body, headers=login.headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(client: httpx.AsyncClient, path: str, login: Login, **params: Any) -> dict[str, Any]:
    """What a GET gives."""
    answer = await client.get(path, params=params, headers=login.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ids(client: httpx.AsyncClient, path: str, login: Login, **params: Any) -> list[str]:
    """The ids of a list."""
    return [item["id"] for item in (await read(client, path, login, **params))["items"]]


async def patched(
    client: httpx.AsyncClient, path: str, login: Login, version: int, body: dict[str, Any]
) -> httpx.Response:
    """The answer to a PATCH of this version."""
    return await client.patch(path, json=body, headers=login.headers | {"If-Match": f'"{version}"'})


def pointers(answer: httpx.Response) -> list[str]:
    """The fields that a refusal names."""
    return [error["pointer"] for error in answer.json()["errors"]]
