"""The path that a request asks for, below the place where the application is mounted."""

from starlette.types import Scope


def get_request_path(scope: Scope) -> str:
    """The path of an ASGI scope without its `root_path`, which is what the routes are matched with."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    rest = path.removeprefix(root)
    return rest if rest == "" or rest[0] == "/" else path
