"""Who sends the canaries: a union's officer of all duties, BHXH, a partner system, somebody with a password, nobody."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.auth.permissions import SCOPE_PERMISSIONS, Role
from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.auth.login_helpers import add_client_secret, set_password
from tests.canaries.values import MARK, PASSWORD
from tests.started_world import StartedWorld
from tests.world import Login, Unit

CLIENT_SECRET = f"{MARK}-bi-mat-cua-doi-tac"


@dataclass(frozen=True)
class Senders:
    """known: the ids and codes of records that they may use, by the names of fields and of parts of a path. unit: the
    union's organisation."""

    unit: Unit
    union: Login
    bhxh: Login
    partner: Login
    person: Login
    known: dict[str, str]

    @classmethod
    async def create(cls, data_dir: Path) -> "Senders":
        """Make them, and what they may use, in the database of a started server."""
        async with StartedWorld.open(data_dir) as started:
            world = started.world
            unit = await world.unit("womens_union")
            group = await world.group(unit, members=3)
            roles = (Role.UNION_ADMIN, Role.UNION_OFFICER, Role.TREASURER, Role.COLLECTOR)
            union = await world.user(unit, *roles, groups=[group.id])
            bhxh = await world.user(await world.national("bhxh"), Role.BHXH_ADMIN, Role.BHXH_OFFICER)
            partner = await world.partner(unit, *SCOPE_PERMISSIONS)
            person, other = await world.user(unit, Role.VIEWER), await world.user(unit, Role.VIEWER)
            await set_password(started.owner, person, PASSWORD)
            await add_client_secret(started.owner, partner, CLIENT_SECRET)
            below = await world.unit("womens_union", parent=unit, level="commune", place=world.commune)
            asker, access = await world.user(below, Role.UNION_ADMIN), uuid7()
            await started.owner.execute(
                "insert into emergency_access (id, network, organisation_id, place_code, province_code, provinces, communes,"
                " requested_by, reason_kind, reason, minutes) values ($1, 'womens_union', $2, $3, $3, '{}', '{}', $4, 'other',"
                " 'Vì một việc gấp trong đêm', 60)",
                access, below.id, world.province, asker.id,
            )  # fmt: skip
            known: dict[str, Any] = {
                "access_id": access,
                "today": today(),
                "group_id": group.id, "group_member_id": group.members[0], "group_code": group.code, "member_id": group.members[0],
                "commune_code": world.commune, "province_code": world.province, "place_code": world.commune,
                "place": world.province, "organisation_id": below.id, "organisation_code": below.code,
                "parent_code": unit.code, "network": "womens_union", "user_id": other.id,
                "referrer_id": group.members[1], "client_id": partner.id,
            }  # fmt: skip
            return cls(
                unit, union, bhxh, partner, person, {name: str(value) for name, value in known.items()}
            )
