"""Networks (hệ thống hội, ngành): the tenants."""

from sqlmodel import SQLModel

from app.models.columns import text


class Network(SQLModel, table=True):
    """One network; `sees_all` is BHXH alone."""

    code: str = text(primary_key=True)
    name_vi: str = text()
    name_en: str = text()
    sees_all: bool = False
