"""Networks (hệ thống hội, ngành): the tenants."""

from sqlmodel import SQLModel

from app.models.columns import text_column


class Network(SQLModel, table=True):
    """One network; `sees_all` is BHXH alone."""

    code: str = text_column(primary_key=True)
    name_vi: str = text_column()
    name_en: str = text_column()
    sees_all: bool = False
