"""Lines of one's own account and of places."""

from itertools import count

from app.auth.permissions import P
from tests.access.actors import SIBLING, SUBJECT, Cell, Kind
from tests.access.lines import Matrix, Reach, Sent
from tests.access.spots import Spot

lines = Matrix()
_names = count(1)


@lines.line("GET /v1/auth/me", P.SELF, Reach.OWN)
async def me(_at: Spot) -> Sent:
    return Sent()


@lines.line("POST /v1/auth/logout", P.SELF, Reach.OWN, spends=True)
async def log_out(_at: Spot) -> Sent:
    return Sent()


def _no_password(kind: Kind, _cell: Cell) -> int | None:
    """A partner system has secrets, no password; for people the new one here is too short, said after the guard."""
    return 403 if kind.scopes else 422


@lines.line("POST /v1/auth/password", P.SELF, Reach.OWN, but=(_no_password,))
async def change_password(_at: Spot) -> Sent:
    return Sent(body={"current_password": "một mật khẩu", "new_password": "ngắn"})


@lines.line("GET /v1/places", P.PLACE_READ, Reach.OWN)
async def list_places(at: Spot) -> Sent:
    return Sent(query={"parent_code": at.stage.places["P1"]})


@lines.line("GET /v1/places/{code}", P.PLACE_READ, Reach.OWN)
async def read_place(at: Spot) -> Sent:
    return Sent({"code": at.place})


@lines.line("GET /v1/places/{code}/history", P.PLACE_READ, Reach.OWN)
async def read_place_history(at: Spot) -> Sent:
    return Sent({"code": at.place})


@lines.line("POST /v1/places", P.PLACE_ADD, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def add_place(at: Spot) -> Sent:
    return Sent(body={"parent_code": at.place, "name": f"Xóm {next(_names)}", "kind": "thôn"})
