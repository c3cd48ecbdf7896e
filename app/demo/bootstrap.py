"""The national organisation of BHXH and its administrator, which must exist before anybody can act."""

from typing import Any, Final

from app.auth.passwords import hash_password
from app.demo.context import demo_id
from app.demo.logins import DEMO_PASSWORD

NATIONAL_ADMIN: Final = "bhxh.vn"
BHXH: Final = "BHXH-VN"

_ORGANISATION = """
insert into organisation (id, code, network, level, name) values ($1, $2, 'bhxh', 'national', $3)
on conflict do nothing
"""
_COVERAGE = """
insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)
select $1, 'VN', '2025-07-01', provinces, communes, nationwide from expand_place('VN')
on conflict do nothing
"""
_ADMIN = """
insert into app_user (id, username, network, organisation_id, full_name, roles)
values ($1, $2, 'bhxh', $3, 'Quản trị BHXH Việt Nam (tài khoản thử)', '{bhxh_admin}')
on conflict do nothing
"""
_PASSWORD = "insert into user_password (user_id, password_hash) values ($1, $2) on conflict do nothing"  # noqa: S105


async def create_first_administrator(owner: Any) -> None:
    """Create BHXH-VN and `bhxh.vn` as the owner of the tables; all the rest is created by people who may."""
    organisation, admin = demo_id("organisation", BHXH), demo_id("user", NATIONAL_ADMIN)
    hashed = await hash_password(DEMO_PASSWORD)
    async with owner.transaction():
        await owner.execute(_ORGANISATION, organisation, BHXH, "Bảo hiểm xã hội Việt Nam")
        await owner.execute(_COVERAGE, organisation)
        await owner.execute(_ADMIN, admin, NATIONAL_ADMIN, organisation)
        await owner.execute(_PASSWORD, admin, hashed)
