"""The stage: places, one actor of every kind, and an organisation and a group in every cell."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from app.auth.permissions import Role
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.time import now
from tests.access.actors import BHXH, BROKEN, COMMUNAL, LIVING, PLACED, Cell, Kind, Sight
from tests.access.marks import Mark
from tests.auth.logins import server_signer
from tests.world import GroupOf, Login, Unit, World

_LEVELS = {"V": "national", "P": "province", "C": "commune"}


@dataclass
class Stage:
    """Everything that the attempts need; made once for a worker.

    places: the code of each place of `actors.COVERS`. units: the organisation of a cell's rows. groups: the group
    of a cell. logins: who acts, by kind. rows: whose the standing rows are, by id.
    """

    world: World
    client: httpx.AsyncClient
    places: dict[str, str] = field(default_factory=dict)
    units: dict[Cell, Unit] = field(default_factory=dict)
    groups: dict[Cell, GroupOf] = field(default_factory=dict)
    logins: dict[Kind, Login] = field(default_factory=dict)
    rows: dict[str, Mark] = field(default_factory=dict)
    _seats: dict[tuple[str, str], Unit] = field(default_factory=dict)

    @property
    def owner(self) -> Any:
        """A connection past row-level security, for arranging and for looking."""
        return self.world.owner

    @classmethod
    async def create(cls, owner: Any, app: Any, client: httpx.AsyncClient, settings: Settings) -> "Stage":
        """All places, units, groups and logins."""
        stage = cls(await World.create(owner, app.state.tokens), client, places={"VN": "VN"})
        for name, parent in (("P1", "VN"), ("P2", "VN"), ("C1", "P1"), ("C2", "P1"), ("C3", "P2")):
            level = "province" if parent == "VN" else "commune"
            stage.places[name] = await stage.world.place(level, stage.places[parent])
        for cell in dict.fromkeys(PLACED + COMMUNAL):
            stage.units[cell] = await stage.new_unit(cell)
            stage.rows[str(stage.units[cell].id)] = Mark(cell, Sight.PLACED)
        for cell in COMMUNAL:
            stage.groups[cell] = await stage.new_group(cell)
            stage.rows[str(stage.groups[cell].id)] = Mark(cell, Sight.GROUPED)
        for kind in LIVING:
            stage.logins[kind] = await stage._login(
                kind, await stage._seat(kind.network, kind.seat or kind.place)
            )
        for kind in BROKEN:
            unit = await stage.world.unit(
                kind.network, stage.places[kind.place], level=_LEVELS[kind.place[0]]
            )
            stage.logins[kind] = await stage._broken(kind, await stage._login(kind, unit), settings)
        return stage

    async def new_unit(self, cell: Cell) -> Unit:
        """An organisation that sits in the cell; nobody who acts is its staff."""
        unit = await self.world.unit(cell.network, self.places[cell.place], level=_LEVELS[cell.place[0]])
        code = f"{Mark(cell, Sight.PLACED).text}-{unit.code.rpartition('-')[2]}"
        await self.owner.execute(
            "update organisation set code = $2, name = $3 where id = $1", unit.id, code, f"Tổ chức {code}"
        )
        return Unit(unit.id, code, unit.network, unit.province, unit.commune)

    async def new_group(self, cell: Cell) -> GroupOf:
        """A group of the cell."""
        group = await self.world.group(self.units[cell], commune=self.places[cell.place])
        code = f"{Mark(cell, Sight.GROUPED).text}-{group.code.rpartition('-')[2]}"
        await self.owner.execute(
            "update savings_group set code = $2, name = $3 where id = $1", group.id, code, f"Tổ {code}"
        )
        return GroupOf(group.id, code, group.unit, group.commune)

    def officer(self, cell: Cell) -> Login:
        """Somebody who may write into the cell as its own."""
        wanted = Role.BHXH_OFFICER if cell.network == BHXH else Role.UNION_OFFICER
        return next(
            login
            for kind, login in self.logins.items()
            if kind.roles == (wanted,) and kind.network == cell.network and kind.covers(cell.place)
        )

    async def post(self, cell: Cell, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a row of the cell over HTTP, as its officer."""
        headers = self.officer(cell).headers | {"Idempotency-Key": str(uuid7())}
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        made: dict[str, Any] = answer.json()
        return made

    async def again(self, kind: Kind) -> Login:
        """Another session of the same actor, to be spent."""
        old = self.logins[kind]
        session = uuid7()
        holder = "user_id" if kind.roles else "client_id"
        await self.owner.execute(
            f"insert into auth_session (id, {holder}, expires_at) values ($1, $2, $3)",
            session, old.id, now() + timedelta(days=1),
        )  # fmt: skip
        token = await self.world.tokens.issue(session_id=session, subject=old.id)
        return Login(old.id, session, old.username, old.organisation_id, token)

    async def _seat(self, network: str, place: str) -> Unit:
        """The organisation of the actors of a network at a place."""
        if (network, place) not in self._seats:
            self._seats[network, place] = await self.world.unit(
                network, self.places[place], level=_LEVELS[place[0]]
            )
        return self._seats[network, place]

    async def _login(self, kind: Kind, unit: Unit) -> Login:
        if kind.scopes:
            login = await self.world.partner(unit, *kind.scopes)
            await self.owner.execute(
                "update api_client set sandbox = $2, place_codes = $3 where id = $1",
                login.id, kind.sandbox, [self.places[kind.place]] if kind.seat else None,
            )  # fmt: skip
            return login
        return await self.world.user(unit, *kind.roles, groups=[self.groups[cell].id for cell in kind.groups])

    async def _broken(self, kind: Kind, login: Login, settings: Settings) -> Login:
        """The same login once it is no longer believed."""
        token = login.token
        match kind.broken:
            case "anonymous":
                token = ""
            case "expired token":
                signer = await server_signer(self.owner, settings, login)
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
                await self.owner.execute(*_ENDINGS[why](login))
        return Login(login.id, login.session_id, login.username, login.organisation_id, token)


_ENDINGS: dict[str, Any] = {
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
