"""Scenario of the campaign tests: organisations, logins and HTTP helpers."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.world import Login, Unit, World


@dataclass(frozen=True)
class CampaignScenario:
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
    async def create(cls, world: World) -> "CampaignScenario":
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


async def create_row(
    client: httpx.AsyncClient, path: str, login: Login, body: dict[str, Any]
) -> dict[str, Any]:
    """POST a body and return the created row."""
    response = await client.post(path, json=body, headers=login.headers)
    assert response.status_code == 201, response.text
    row: dict[str, Any] = response.json()
    return row


async def get_json(client: httpx.AsyncClient, path: str, login: Login, **params: Any) -> dict[str, Any]:
    """GET a path and return the body."""
    response = await client.get(path, params=params, headers=login.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def list_ids(client: httpx.AsyncClient, path: str, login: Login, **params: Any) -> list[str]:
    """List the ids of a collection."""
    return [item["id"] for item in (await get_json(client, path, login, **params))["items"]]


async def patch(
    client: httpx.AsyncClient, path: str, login: Login, version: int, body: dict[str, Any]
) -> httpx.Response:
    """PATCH a row at this version."""
    return await client.patch(path, json=body, headers=login.headers | {"If-Match": f'"{version}"'})


def error_pointers(response: httpx.Response) -> list[str]:
    """The pointers of a problem's errors."""
    return [error["pointer"] for error in response.json()["errors"]]
