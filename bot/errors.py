"""The root of every error that a caller of Ventanilla may want to catch.

Each feature declares its own errors beside its interface; all of them derive from
:class:`VentanillaError`, carry their facts as fields and never a secret or personal data.
"""

from __future__ import annotations


class VentanillaError(Exception):
    """Something that Ventanilla foresaw went wrong."""


class SettingsError(VentanillaError):
    """A setting has a value that cannot be used.

    Attributes:
        name: the environment variable.
        expected: what it should hold, as a phrase for the operator.
    """

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: expected {expected}")
        self.name = name
        self.expected = expected


class DatabaseUnavailable(VentanillaError):
    """The database does not answer.

    Attributes:
        where: the database's address without credentials.
    """

    def __init__(self, where: str) -> None:
        super().__init__(f"the database at {where} does not answer")
        self.where = where


class ModelMissing(VentanillaError):
    """No trained model was found.

    Attributes:
        folder: where a model was looked for.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(f"no trained model in {folder}; run `ventanilla train`")
        self.folder = folder


class PortInUse(VentanillaError):
    """Another program listens on the address that the service was given."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port} is already in use; choose another with --port")
        self.host = host
        self.port = port
