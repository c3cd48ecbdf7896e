"""The caller's own account: read it, log out, change the password."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.password_rules import PasswordWeakness, find_weakness, is_same_password
from app.auth.passwords import hash_password
from app.core.errors import Forbidden, InvalidInput
from app.core.values.ids import digest_session
from app.models.tenancy.client import Client
from app.models.tenancy.user import User
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices
from app.tenancy.logins.errors import PasswordUnchanged
from app.tenancy.logins.schemas import CoveredPlace, MeOut, MyOrganisation, PasswordIn, ProofIn
from app.tenancy.logins.second_factors.service import check_own_password

_WEAKNESS_MESSAGES: dict[PasswordWeakness, tuple[str, str]] = {
    PasswordWeakness.TOO_SHORT: (
        "Mật khẩu cần ít nhất 10 ký tự.",
        "A password needs at least 10 characters.",
    ),
    PasswordWeakness.TOO_LONG: ("Mật khẩu quá dài.", "The password is too long."),
    PasswordWeakness.IS_USERNAME: ("Mật khẩu trùng tên đăng nhập.", "The password is the user name."),
    PasswordWeakness.COMMON: ("Mật khẩu quá phổ biến, dễ đoán.", "The password is too common."),
    PasswordWeakness.DIGITS_ONLY: (
        "Dãy số này dễ đoán (ngày tháng, số điện thoại, căn cước, mã số BHXH) hoặc chưa đủ 12 ký tự; hãy thêm chữ.",
        "This number is easy to guess (a date, a phone, an identity or insurance number) or too short; add words.",
    ),
    PasswordWeakness.PHONE: (
        "Mật khẩu gần như chỉ là một số điện thoại; hãy chọn cách khác.",
        "The password is little more than a phone number.",
    ),
    PasswordWeakness.SEQUENCE: (
        "Mật khẩu là dãy liên tiếp trên bàn phím hoặc bảng chữ cái, dễ đoán.",
        "The password is a row of the keyboard, of the alphabet or of counting.",
    ),
    PasswordWeakness.REPEATED: (
        "Mật khẩu chỉ lặp lại một đoạn ngắn, dễ đoán.",
        "The password only repeats something short.",
    ),
    PasswordWeakness.CONTEXT_WORDS: (
        "Mật khẩu gần như chỉ là những từ ai cũng nghĩ đến (an sinh, bảo hiểm, phụ nữ…); hãy chọn cách khác.",
        "The password is little more than words that everybody here thinks of.",
    ),
    PasswordWeakness.OWN_NAME: (
        "Mật khẩu gần như chỉ là họ tên hoặc tên đăng nhập của bạn, dễ đoán.",
        "The password is little more than the user's own name.",
    ),
}


def check_password_strength(password: str, username: str, full_name: str, pointer: str) -> None:
    """Check a new password. Raises: InvalidInput at `pointer` if it is too weak."""
    problem = find_weakness(password, username, full_name)
    if problem:
        vi, en = _WEAKNESS_MESSAGES[problem]
        raise InvalidInput.at(pointer, problem.value, vi=vi, en=en)


async def read_me(db: AsyncSession, actor: Actor) -> MeOut:
    """Read who the actor is, what they may do, and where."""
    account = await queries.get_own_record(db, actor)
    organisation = await queries.get_own_organisation(db, actor)
    place_codes = account.place_codes if isinstance(account, Client) else None
    places = await queries.list_covered_places(db, actor, place_codes)
    return MeOut(
        kind="user" if actor.kind == "user" else "client",
        id=actor.id,
        name=actor.name,
        full_name=account.full_name if isinstance(account, User) else account.name,
        organisation=MyOrganisation(
            id=organisation.id, code=organisation.code, name=organisation.name, network=organisation.network
        ),
        roles=actor.own_roles,
        scopes=actor.own_scopes,
        sandbox=actor.sandbox,
        permissions=sorted(actor.permissions),
        nationwide=actor.nationwide,
        places=[CoveredPlace(code=place.code, level=place.level, name=place.name) for place in places],
        groups=None if actor.groups is None else list(actor.groups),
        session_id=actor.session_id,
        device_id=actor.device_id,
        second_factor_required=actor.unverified,
        password_change_required=actor.initial,
    )


async def log_out(db: AsyncSession, actor: Actor) -> None:
    """End the actor's session; its access token and its refresh tokens stop working at once."""
    await queries.revoke_sessions(db, "logged out", session_id=actor.session_id)
    fields = {"session": digest_session(actor.session_id)}
    await record_event(db, actor, Event.SESSION_ENDED, await queries.get_own_record(db, actor), fields)


async def prove(db: AsyncSession, services: AuthServices, actor: Actor, body: ProofIn) -> None:
    """Show the actor's own password again, which the session remembers for some minutes.

    Raises: Forbidden for a partner system, WrongPassword, TooManyLogins, PasswordsBusy.
    """
    if actor.kind != "user":
        raise Forbidden
    await check_own_password(db, services, actor, body.current_password)


async def change_password(db: AsyncSession, services: AuthServices, actor: Actor, body: PasswordIn) -> None:
    """Change the actor's own password; all other sessions of the user end, and this one is limited to it no longer.

    Raises: Forbidden for a partner system, WrongPassword, PasswordUnchanged, InvalidInput, TooManyLogins,
    PasswordsBusy.
    """
    if actor.kind != "user":
        raise Forbidden
    user = await queries.get_own_record(db, actor)
    full_name = user.full_name if isinstance(user, User) else ""
    check_password_strength(body.new_password, actor.name, full_name, "/new_password")
    await check_own_password(db, services, actor, body.current_password)
    if actor.initial and is_same_password(body.new_password, body.current_password):
        raise PasswordUnchanged
    await queries.store_password(db, actor.id, await hash_password(body.new_password), None)
    await queries.revoke_sessions(db, "password changed", user_id=actor.id, except_id=actor.session_id)
    fields = {"initial": True} if actor.initial else {}
    await record_event(db, actor, Event.PASSWORD_CHANGED, user, fields)
