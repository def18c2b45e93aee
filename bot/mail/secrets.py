"""The key that keeps undelivered mail unreadable at rest."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet

from bot.errors import SettingsError

KEY_FILE = "secret.key"


def load_key(home: Path) -> bytes:
    """The installation's key, created at the first call in ``home/secret.key``, readable by its owner alone.

    Replicas on several machines share one key: the operator copies the file to each of them.

    Raises:
        SettingsError: the file is there but holds no key.
    """
    path = home / KEY_FILE
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _create(path)
    key = path.read_bytes().strip()
    try:
        Fernet(key)
    except ValueError as error:
        raise SettingsError("VENTANILLA_HOME", f"a folder whose {KEY_FILE} holds a Fernet key") from error
    return key


def _create(path: Path) -> None:
    """Writes a new key beside the file and links it in place: two processes that start at once end with one key."""
    draft = path.with_name(f"{KEY_FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
