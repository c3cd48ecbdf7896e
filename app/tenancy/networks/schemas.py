"""Wire shapes of networks."""

from pydantic import BaseModel


class NetworkOut(BaseModel):
    """A network (hệ thống hội, ngành): Women's Union, Farmers' Association, BHXH and others."""

    code: str
    name_vi: str
    name_en: str
