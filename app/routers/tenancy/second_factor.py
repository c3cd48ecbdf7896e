"""The second factor of one's own account (xác thực hai lớp)."""

from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.routers.actors import AnyActor, AnyUnverifiedActor
from app.routers.dependencies import AuthServicesDep
from app.tenancy.logins.schemas import (
    FactorCodeIn,
    FactorIn,
    FactorOut,
    FactorProofIn,
    NewFactorOut,
    RecoveryCodesOut,
)
from app.tenancy.logins.second_factors import service

router = StrictRouter(prefix="/v1/auth/second-factor", tags=["auth"])


@router.get("", summary="Xác thực hai lớp của tôi")
async def read_factor(actor: AnyUnverifiedActor, db: Db) -> FactorOut:
    """Whether you have a second factor, whether your roles need one, and how many recovery codes are left."""
    return await service.read_factor(db, actor)


@router.post("", status_code=201, summary="Bắt đầu thiết lập xác thực hai lớp")
async def start_factor(
    body: FactorIn, actor: AnyUnverifiedActor, db: Db, services: AuthServicesDep
) -> NewFactorOut:
    """Get a secret for an authenticator app. It counts once its first code is confirmed."""
    return await service.start_factor(db, services, actor, body.current_password)


@router.post("/confirm", summary="Xác nhận bằng mã đầu tiên; nhận mã khôi phục")
async def confirm_factor(
    body: FactorCodeIn, actor: AnyUnverifiedActor, db: Db, services: AuthServicesDep
) -> RecoveryCodesOut:
    """Show the first code. From now on a login needs one; your other sessions end. Keep the recovery codes on paper."""
    return await service.confirm_factor(db, services, actor, body.code)


@router.post("/recovery-codes", summary="Đổi mã khôi phục")
async def renew_recovery_codes(
    body: FactorProofIn, actor: AnyActor, db: Db, services: AuthServicesDep
) -> RecoveryCodesOut:
    """Get new recovery codes; the old ones open nothing any more."""
    return await service.renew_recovery_codes(db, services, actor, body)


@router.post("/remove", status_code=204, summary="Gỡ xác thực hai lớp (để đổi điện thoại)")
async def remove_factor(body: FactorProofIn, actor: AnyActor, db: Db, services: AuthServicesDep) -> None:
    """Remove your second factor, for example to set it up on another phone."""
    await service.remove_factor(db, services, actor, body)
