"""Errors of savings models."""

from app.core.errors import DomainError


class ModelCodeTaken(DomainError):
    """Another model of the network has the code."""

    status, code = 409, "model_code_taken"
    vi = "Mã mô hình này đã được dùng."
    en = "Another savings model already has this code."
