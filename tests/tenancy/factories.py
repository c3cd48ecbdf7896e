"""Factory for actors, without a database."""

from typing import Any

from app.auth.actor import Actor
from app.auth.permissions import Role, permissions_of
from app.core.values.ids import uuid7


def make_actor(*roles: Role, **changes: Any) -> Actor:
    """A user of the Women's Union of the province P with these roles."""
    values: dict[str, Any] = {
        "session_id": uuid7(),
        "kind": "user",
        "id": uuid7(),
        "name": "someone",
        "organisation_id": uuid7(),
        "network": "womens_union",
        "all_networks": False,
        "roles": roles,
        "scopes": (),
        "nationwide": False,
        "provinces": ("P",),
        "communes": (),
        "groups": None,
        "device_id": None,
        "permissions": permissions_of(roles, ()),
    }
    return Actor(**values | changes)
