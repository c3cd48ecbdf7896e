"""Refuse to start outside demo mode with the demonstration password, which is public."""

from typing import Any

from app.auth.passwords import verify_password
from app.core.halt import FatalError
from app.demo.logins import DEMO_CLIENT, DEMO_LOGINS, DEMO_PASSWORD

_PASSWORDS = """
select u.username as name, p.password_hash as stored from app_user u join user_password p on p.user_id = u.id
 where u.username = any($1::text[])
union all
select c.client_id, s.secret_hash from api_client c join client_secret s on s.client_id = c.id
 where c.client_id = $2 and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
 order by 1
"""


class DemoAccountsPresent(FatalError):
    """The database has logins whose password everybody knows."""


async def refuse_demo_accounts(connection: Any) -> None:
    """Refuse a database whose demonstration logins or client still have the public password.

    connection: of the tables' owner. Raises: DemoAccountsPresent.
    """
    rows = await connection.fetch(_PASSWORDS, list(DEMO_LOGINS), DEMO_CLIENT)
    matches = [row["name"] for row in rows if (await verify_password(DEMO_PASSWORD, row["stored"])).ok]
    if matches:
        names = ", ".join(matches)
        raise DemoAccountsPresent(
            f"Cơ sở dữ liệu có tài khoản thử với mật khẩu công khai: {names}."
            " Hãy dùng cơ sở dữ liệu khác, hoặc chạy với --demo và đổi các mật khẩu đó trước."
            f" / The database has demonstration accounts with the public password: {names}."
            " Use another database, or run with --demo and change these passwords first."
        )
