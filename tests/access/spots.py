"""A spot: rows of one cell, each made when it is first asked for."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from tests.access.actors import SUBJECT, Cell, Kind, Sight
from tests.access.marks import Mark
from tests.access.stage import Stage


class Spot:
    """Rows of a cell. The standing spot is the witness of all refused attempts; a fresh one is spent by one.

    Rows of people and money lie in the cell's one group, because treasurers are appointed to that.
    kind: who is about to make a request; None while the rows are laid out.
    """

    def __init__(self, stage: Stage, cell: Cell, *, standing: bool = False) -> None:
        self.stage = stage
        self.cell = cell
        self.standing = standing
        self.kind: Kind | None = None
        self._made: dict[str, Any] = {}

    @property
    def place(self) -> str:
        """The code of the cell's place."""
        return self.stage.places[self.cell.place]

    @property
    def own_place(self) -> str:
        """The code of a commune where whoever makes the request works."""
        return self.stage.places[self._home().place]

    @property
    def own_group(self) -> str:
        """The group of whoever makes the request, or of their commune."""
        home = self._home()
        return str(self.stage.groups.get(home, self.stage.groups[SUBJECT]).id)

    def _home(self) -> Cell:
        return self.cell if self.kind is None else self.kind.home(self.cell)

    def name(self, sight: Sight = Sight.PLACED) -> str:
        """A name that gives the cell away."""
        return f"Tên {Mark(self.cell, sight).text}"

    async def once(self, what: str, make: Callable[[], Awaitable[Any]]) -> Any:
        """The row *what* of this spot."""
        if what not in self._made:
            self._made[what] = await make()
        return self._made[what]

    async def row(self, what: str, make: Callable[[], Awaitable[Any]], *, sight: Sight = Sight.PLACED) -> str:
        """The id of the row *what* of this spot; that of a standing one gives the cell away in any answer."""
        id_ = str(await self.once(what, make))
        if self.standing:
            self.stage.rows[id_] = Mark(self.cell, sight)
        return id_

    async def posted(self, what: str, path: str, body: dict[str, Any], *, sight: Sight = Sight.PLACED) -> str:
        """The id of a row that is made over HTTP, by an officer of the cell."""

        async def make() -> Any:
            return (await self.stage.post(self.cell, path, body))["id"]

        return await self.row(what, make, sight=sight)

    async def group(self) -> str:
        """The cell's group (tổ)."""
        return str(self.stage.groups[self.cell].id)

    async def group_code(self) -> str:
        return self.stage.groups[self.cell].code

    async def unit(self) -> str:
        """The cell's organisation."""
        return str(self.stage.units[self.cell].id)


class Nowhere(Spot):
    """Where nothing exists: every id is made up."""

    async def once(self, what: str, make: Callable[[], Awaitable[Any]]) -> Any:
        return self._made.setdefault(what, uuid4())

    async def row(self, what: str, make: Callable[[], Awaitable[Any]], *, sight: Sight = Sight.PLACED) -> str:
        return str(await self.once(what, make))

    async def posted(self, what: str, path: str, body: dict[str, Any], *, sight: Sight = Sight.PLACED) -> str:
        return await self.row(what, self._nothing)

    async def group(self) -> str:
        return await self.row("group", self._nothing)

    async def group_code(self) -> str:
        return "khong-co-to-nay"

    async def unit(self) -> str:
        return await self.row("unit", self._nothing)

    async def _nothing(self) -> None: ...
