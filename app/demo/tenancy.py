"""The organisations of the cases, their people, and the partner system."""

import secrets
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from app.auth.actor import Actor
from app.auth.passwords import hash_password
from app.auth.permissions import Role
from app.core.settings import get_settings
from app.demo.bootstrap import BHXH, NATIONAL_ADMIN
from app.demo.context import DemoContext, demo_id
from app.demo.logins import DEMO_CLIENT, DEMO_LOGINS, DEMO_PASSWORD
from app.tenancy.clients.limits import MaxClientLimits
from app.tenancy.clients.queries import read_client_secrets, replace_secret_hash
from app.tenancy.clients.schemas import ClientIn
from app.tenancy.clients.service import create_client
from app.tenancy.grants import allowed_client_scopes
from app.tenancy.logins.queries import store_password
from app.tenancy.organisations.schemas import OrganisationIn
from app.tenancy.organisations.service import create_organisation
from app.tenancy.users.schemas import UserIn
from app.tenancy.users.service import create_user

_SINCE: Final = date(2025, 7, 1)
"""First day of today's units; what they cover includes their predecessors."""

WOMEN, FARMERS, FRONT = "phunu.vn", "nongdan.vn", "mattran.maihoa"
"""Administrators of the unions, each appointed by BHXH; their passwords are random."""


class Unit(NamedTuple):
    """An organisation. parent: its code, in the same network; without a parent, network is given."""

    code: str
    level: str
    name: str
    place: str
    parent: str | None
    network: str | None = None


class Person(NamedTuple):
    """A user of an organisation."""

    username: str
    full_name: str
    role: Role
    organisation: str


_BY_BHXH: Final = (
    Unit("BHXH-42", "province", "Bảo hiểm xã hội tỉnh Hà Tĩnh", "42", BHXH),
    Unit("HPN-VN", "national", "Trung ương Hội Liên hiệp Phụ nữ Việt Nam", "VN", None, "womens_union"),
    Unit("HND-VN", "national", "Trung ương Hội Nông dân Việt Nam", "VN", None, "farmers_association"),
    Unit("MTTQ-18322", "commune", "Ủy ban Mặt trận Tổ quốc xã Mai Hoa", "18322", None, "fatherland_front"),
)
_PEOPLE_OF_BHXH: Final = (
    Person("bhxh.hatinh", "Cán bộ BHXH Hà Tĩnh (tài khoản thử)", Role.BHXH_OFFICER, "BHXH-42"),
    Person("xem.vn", "Người xem toàn quốc (tài khoản thử)", Role.VIEWER, BHXH),
    Person(WOMEN, "Quản trị Hội Phụ nữ (tài khoản thử)", Role.UNION_ADMIN, "HPN-VN"),
    Person(FARMERS, "Quản trị Hội Nông dân (tài khoản thử)", Role.UNION_ADMIN, "HND-VN"),
    Person(FRONT, "Quản trị Mặt trận xã Mai Hoa (tài khoản thử)", Role.UNION_ADMIN, "MTTQ-18322"),
)
_BY_WOMEN: Final = (
    Unit("HPN-42", "province", "Hội Liên hiệp Phụ nữ tỉnh Hà Tĩnh", "42", "HPN-VN"),
    Unit("HPN-18628", "commune", "Hội Liên hiệp Phụ nữ xã Thạch Lạc", "18628", "HPN-42"),
    Unit("HPN-80", "province", "Hội Liên hiệp Phụ nữ tỉnh Tây Ninh", "80", "HPN-VN"),
    Unit("HPN-86", "province", "Hội Liên hiệp Phụ nữ tỉnh Vĩnh Long", "86", "HPN-VN"),
    Unit("HPN-66", "province", "Hội Liên hiệp Phụ nữ tỉnh Đắk Lắk", "66", "HPN-VN"),
    Unit("HPN-91", "province", "Hội Liên hiệp Phụ nữ tỉnh An Giang", "91", "HPN-VN"),
)
_PEOPLE_OF_WOMEN: Final = (
    Person("quantri.hatinh", "Quản trị Hội Phụ nữ Hà Tĩnh (tài khoản thử)", Role.UNION_ADMIN, "HPN-42"),
    Person("phunu.hatinh", "Cán bộ Hội Phụ nữ Hà Tĩnh (tài khoản thử)", Role.UNION_OFFICER, "HPN-42"),
    Person("phunu.tayninh", "Cán bộ Hội Phụ nữ Tây Ninh (tài khoản thử)", Role.UNION_OFFICER, "HPN-80"),
    Person("phunu.vinhlong", "Cán bộ Hội Phụ nữ Vĩnh Long (tài khoản thử)", Role.UNION_OFFICER, "HPN-86"),
    Person("totruong.demo", "Tổ trưởng kiêm thủ quỹ (tài khoản thử)", Role.TREASURER, "HPN-18628"),
)
_BY_FARMERS: Final = (
    Unit("HND-42", "province", "Hội Nông dân tỉnh Hà Tĩnh", "42", "HND-VN"),
    Unit("HND-18832", "commune", "Hội Nông dân phường Hoành Sơn", "18832", "HND-42"),
    Unit("HND-18547", "commune", "Hội Nông dân xã Phúc Trạch", "18547", "HND-42"),
)
_PEOPLE_OF_FARMERS: Final = (
    Person("nongdan.hatinh", "Cán bộ Hội Nông dân Hà Tĩnh (tài khoản thử)", Role.UNION_OFFICER, "HND-42"),
)


async def load_networks(context: DemoContext) -> None:
    """Load BHXH's own units and people, and the first unit and administrator of each union."""
    await _create_units_and_people(context, await context.act_as(NATIONAL_ADMIN), _BY_BHXH, _PEOPLE_OF_BHXH)


async def load_unions(context: DemoContext) -> None:
    """Load the unions' own units and people, created by their administrators."""
    actor = await context.act_as(WOMEN)
    await _create_units_and_people(context, actor, _BY_WOMEN, _PEOPLE_OF_WOMEN)
    await _create_client(context, actor)
    await _create_units_and_people(context, await context.act_as(FARMERS), _BY_FARMERS, _PEOPLE_OF_FARMERS)


async def _create_units_and_people(
    context: DemoContext, actor: Actor, units: tuple[Unit, ...], people: tuple[Person, ...]
) -> None:
    for unit in units:
        body: dict[str, Any] = {
            "id": demo_id("organisation", unit.code),
            "code": unit.code,
            "network": unit.network,
            "level": unit.level,
            "name": unit.name,
            "place_codes": [unit.place],
            "parent_code": unit.parent,
            "valid_from": _SINCE,
        }
        await create_organisation(context.db, actor, OrganisationIn(**body))
    for person in people:
        await _create_user(context, actor, person)


async def _create_user(context: DemoContext, actor: Actor, person: Person) -> None:
    """Create a user; the public password of the demonstration logins bypasses the policy for new passwords,
    and nobody is asked to change it."""
    user = UserIn(
        id=demo_id("user", person.username),
        username=person.username,
        password=secrets.token_urlsafe(32),
        full_name=person.full_name,
        roles=[person.role],
        organisation_code=person.organisation,
    )
    life = timedelta(days=get_settings().initial_password_days)
    created = await create_user(context.db, actor, user, life)
    if person.username in DEMO_LOGINS:
        hashed = await hash_password(DEMO_PASSWORD)
        await store_password(context.db, created.id, hashed, None)


async def _create_client(context: DemoContext, actor: Actor) -> None:
    """Create the partner system of Hà Tĩnh's Women's Union, its first secret replaced by the public one."""
    client = ClientIn(
        id=demo_id("client", DEMO_CLIENT),
        client_id=DEMO_CLIENT,
        name="Phần mềm của Hội Phụ nữ Hà Tĩnh (thử)",
        scopes=sorted(allowed_client_scopes(sees_all=False)),
        organisation_code="HPN-42",
    )
    created = await create_client(context.db, actor, client, MaxClientLimits.from_settings(get_settings()))
    (secret,) = await read_client_secrets(context.db, [created.id])
    await replace_secret_hash(context.db, secret, await hash_password(DEMO_PASSWORD))
