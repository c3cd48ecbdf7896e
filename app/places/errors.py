"""Errors of places."""

from app.core.errors import DomainError


class PlaceExists(DomainError):
    """A place of this name or code exists there already."""

    status, code = 409, "place_exists"
    vi = "Đã có địa danh cùng tên hoặc cùng mã tại đây."
    en = "A place of this name or code exists there already."
