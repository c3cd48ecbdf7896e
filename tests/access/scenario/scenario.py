"""The access scenario: places, one actor of every kind, and an organisation and a group in every cell."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app.auth.permissions import Role
from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import now
from tests.access.scenario.actors import (
    BHXH,
    GROUP_CELLS,
    INVALID_ACTORS,
    PLACE_CELLS,
    VALID_ACTORS,
    ActorKind,
    Cell,
    Visibility,
)
from tests.access.scenario.markers import Marker
from tests.auth.login_helpers import make_server_signer
from tests.world import GroupRef, Login, Unit, World

_LEVELS = {"V": "national", "P": "province", "C": "commune"}


@dataclass
class AccessScenario:
    """Places, units, groups and logins for all attempts; created once for a worker.

    places: the code of each place of `actors.PLACES_WITHIN`. units: the organisation of a cell's rows. groups: the group
    of a cell. logins: the login of each kind of actor. row_markers: whose the shared rows are, by id.
    """

    world: World
    client: httpx.AsyncClient
    places: dict[str, str] = field(default_factory=dict)
    units: dict[Cell, Unit] = field(default_factory=dict)
    groups: dict[Cell, GroupRef] = field(default_factory=dict)
    logins: dict[ActorKind, Login] = field(default_factory=dict)
    row_markers: dict[str, Marker] = field(default_factory=dict)
    _actor_units: dict[tuple[str, str], Unit] = field(default_factory=dict)

    @property
    def owner(self) -> Any:
        """A connection that bypasses row-level security, to set up and inspect rows."""
        return self.world.owner

    @classmethod
    async def create(
        cls, owner: Any, app: Any, client: httpx.AsyncClient, settings: Settings
    ) -> "AccessScenario":
        """All places, units, groups and logins."""
        scenario = cls(await World.create(owner, app.state.tokens), client, places={"VN": "VN"})
        for name, parent in (("P1", "VN"), ("P2", "VN"), ("C1", "P1"), ("C2", "P1"), ("C3", "P2")):
            level = "province" if parent == "VN" else "commune"
            scenario.places[name] = await scenario.world.place(level, scenario.places[parent])
        for cell in dict.fromkeys(PLACE_CELLS + GROUP_CELLS):
            scenario.units[cell] = await scenario.new_unit(cell)
            scenario.row_markers[str(scenario.units[cell].id)] = Marker(cell, Visibility.PLACED)
        for cell in GROUP_CELLS:
            scenario.groups[cell] = await scenario.new_group(cell)
            scenario.row_markers[str(scenario.groups[cell].id)] = Marker(cell, Visibility.GROUPED)
        for kind in VALID_ACTORS:
            scenario.logins[kind] = await scenario._login(
                kind, await scenario._actor_unit(kind.network, kind.organisation_place or kind.place)
            )
        for kind in INVALID_ACTORS:
            unit = await scenario.world.unit(
                kind.network, scenario.places[kind.place], level=_LEVELS[kind.place[0]]
            )
            scenario.logins[kind] = await scenario._invalidate(
                kind, await scenario._login(kind, unit), settings
            )
        return scenario

    async def new_unit(self, cell: Cell) -> Unit:
        """An organisation at the place of the cell; no actor works for it."""
        unit = await self.world.unit(cell.network, self.places[cell.place], level=_LEVELS[cell.place[0]])
        code = f"{Marker(cell, Visibility.PLACED).text}-{unit.code.rpartition('-')[2]}"
        await self.owner.execute(
            "update organisation set code = $2, name = $3 where id = $1", unit.id, code, f"Tổ chức {code}"
        )
        return Unit(unit.id, code, unit.network, unit.province, unit.commune)

    async def new_group(self, cell: Cell) -> GroupRef:
        """A group of the cell."""
        group = await self.world.group(self.units[cell], commune=self.places[cell.place])
        code = f"{Marker(cell, Visibility.GROUPED).text}-{group.code.rpartition('-')[2]}"
        await self.owner.execute(
            "update savings_group set code = $2, name = $3 where id = $1", group.id, code, f"Tổ {code}"
        )
        return GroupRef(group.id, code, group.unit, group.commune)

    def officer(self, cell: Cell) -> Login:
        """The login of an officer who may write in the cell."""
        role = Role.BHXH_OFFICER if cell.network == BHXH else Role.UNION_OFFICER
        return next(
            login
            for kind, login in self.logins.items()
            if kind.roles == (role,) and kind.network == cell.network and kind.covers(cell.place)
        )

    async def post(self, cell: Cell, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create a row of the cell over HTTP, as its officer."""
        headers = self.officer(cell).headers | {"Idempotency-Key": str(uuid7())}
        response = await self.client.post(path, json=body, headers=headers)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        row: dict[str, Any] = response.json()
        return row

    async def new_session(self, kind: ActorKind) -> Login:
        """Create another session of the same actor, for a request that ends it."""
        old = self.logins[kind]
        session = uuid7()
        holder = "user_id" if kind.roles else "client_id"
        await self.owner.execute(
            f"insert into auth_session (id, {holder}, expires_at) values ($1, $2, $3)",
            session, old.id, now() + timedelta(days=1),
        )  # fmt: skip
        await self._mark_limited(kind, session)
        token = await self.world.tokens.issue(session_id=session, subject=old.id)
        return Login(old.id, session, old.username, old.organisation_id, token)

    async def _actor_unit(self, network: str, place: str) -> Unit:
        """The organisation of the actors of a network at a place."""
        if (network, place) not in self._actor_units:
            self._actor_units[network, place] = await self.world.unit(
                network, self.places[place], level=_LEVELS[place[0]]
            )
        return self._actor_units[network, place]

    async def _login(self, kind: ActorKind, unit: Unit) -> Login:
        if kind.scopes:
            login = await self.world.partner(unit, *kind.scopes)
            await self.owner.execute(
                "update api_client set sandbox = $2, place_codes = $3 where id = $1",
                login.id, kind.sandbox, [self.places[kind.place]] if kind.organisation_place else None,
            )  # fmt: skip
            return login
        login = await self.world.user(
            unit, *kind.roles, groups=[self.groups[cell].id for cell in kind.groups]
        )
        await self.owner.execute(  # the tests take longer than a proof is good for
            "update auth_session set proven_at = now() + interval '1 day' where id = $1", login.session_id
        )
        await self._mark_limited(kind, login.session_id)
        return login

    async def _mark_limited(self, kind: ActorKind, session_id: UUID) -> None:
        """Let a session be one in which no second factor was shown, or that was begun with a password of another's."""
        if kind.initial:
            await self.owner.execute(
                "update auth_session set initial_until = now() + interval '1 day' where id = $1", session_id
            )
        if kind.unverified:
            await self.owner.execute(
                "update auth_session set second_factor = 'missing' where id = $1", session_id
            )

    async def _invalidate(self, kind: ActorKind, login: Login, settings: Settings) -> Login:
        """Invalidate a login as its kind says."""
        token = login.token
        match kind.invalid_reason:
            case "anonymous":
                token = ""
            case "expired token":
                signer = await make_server_signer(self.owner, settings, login)
                token = signer.with_claims(iat=signer.now - 60, exp=signer.now - 1)
            case "revoked device":
                device = uuid7()
                await self.owner.execute(
                    "insert into device (id, user_id, name, revoked_at) values ($1, $2, 'máy', now())",
                    device,
                    login.id,
                )
                await self.owner.execute(
                    "update auth_session set device_id = $2 where id = $1", login.session_id, device
                )
            case why:
                await self.owner.execute(*_INVALIDATIONS[why](login))
        return Login(login.id, login.session_id, login.username, login.organisation_id, token)


_INVALIDATIONS: dict[str, Any] = {
    "revoked session": lambda login: (
        "update auth_session set revoked_at = now() where id = $1", login.session_id),
    "expired session": lambda login: (
        "update auth_session set expires_at = now() - interval '1 second' where id = $1", login.session_id),
    "disabled user": lambda login: (
        "update app_user set disabled_at = now() where id = $1", login.id),
    "disabled client": lambda login: (
        "update api_client set disabled_at = now() where id = $1", login.id),
    "closed organisation": lambda login: (
        "update organisation set closed_on = current_date - 1 where id = $1", login.organisation_id),
}  # fmt: skip
