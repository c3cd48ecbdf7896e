"""Rows of one cell, each created when it is first asked for."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from tests.access.scenario.actors import SUBJECT, ActorKind, Cell, Visibility
from tests.access.scenario.markers import Marker
from tests.access.scenario.scenario import AccessScenario


class CellData:
    """Rows of a cell. Shared rows serve all refused attempts; fresh ones are used by one attempt.

    Rows of people and money lie in the cell's one group, because treasurers are appointed to that.
    actor: who is about to make a request; None while the shared rows are created.
    """

    def __init__(self, scenario: AccessScenario, cell: Cell, *, shared: bool = False) -> None:
        self.scenario = scenario
        self.cell = cell
        self.shared = shared
        self.actor: ActorKind | None = None
        self._created: dict[str, Any] = {}

    @property
    def place(self) -> str:
        """The code of the cell's place."""
        return self.scenario.places[self.cell.place]

    @property
    def own_place(self) -> str:
        """The code of a commune where whoever makes the request works."""
        return self.scenario.places[self._own_cell().place]

    @property
    def own_group(self) -> str:
        """The group of whoever makes the request, or of their commune."""
        cell = self._own_cell()
        return str(self.scenario.groups.get(cell, self.scenario.groups[SUBJECT]).id)

    def _own_cell(self) -> Cell:
        return self.cell if self.actor is None else self.actor.own_cell(self.cell)

    def marked_name(self, sight: Visibility = Visibility.PLACED) -> str:
        """A name that contains the cell's marker."""
        return f"Tên {Marker(self.cell, sight).text}"

    async def get_or_create(self, key: str, make: Callable[[], Awaitable[Any]]) -> Any:
        """Get the value of this key; create it when it is first asked for."""
        if key not in self._created:
            self._created[key] = await make()
        return self._created[key]

    async def row_id(
        self, key: str, make: Callable[[], Awaitable[Any]], *, sight: Visibility = Visibility.PLACED
    ) -> str:
        """The id of the row of this key; that of a shared row counts as a marker in any response."""
        id_ = str(await self.get_or_create(key, make))
        if self.shared:
            self.scenario.row_markers[id_] = Marker(self.cell, sight)
        return id_

    async def post_row(
        self, key: str, path: str, body: dict[str, Any], *, sight: Visibility = Visibility.PLACED
    ) -> str:
        """The id of a row that is created over HTTP by an officer of the cell."""

        async def make() -> Any:
            return (await self.scenario.post(self.cell, path, body))["id"]

        return await self.row_id(key, make, sight=sight)

    async def group(self) -> str:
        """The cell's group (tổ)."""
        return str(self.scenario.groups[self.cell].id)

    async def group_code(self) -> str:
        return self.scenario.groups[self.cell].code

    async def unit(self) -> str:
        """The cell's organisation."""
        return str(self.scenario.units[self.cell].id)


class MissingCellData(CellData):
    """A cell where nothing exists: every id is made up."""

    async def get_or_create(self, key: str, make: Callable[[], Awaitable[Any]]) -> Any:
        return self._created.setdefault(key, uuid4())

    async def row_id(
        self, key: str, make: Callable[[], Awaitable[Any]], *, sight: Visibility = Visibility.PLACED
    ) -> str:
        return str(await self.get_or_create(key, make))

    async def post_row(
        self, key: str, path: str, body: dict[str, Any], *, sight: Visibility = Visibility.PLACED
    ) -> str:
        return await self.row_id(key, self._no_row)

    async def group(self) -> str:
        return await self.row_id("group", self._no_row)

    async def group_code(self) -> str:
        return "khong-co-to-nay"

    async def unit(self) -> str:
        return await self.row_id("unit", self._no_row)

    async def _no_row(self) -> None: ...
