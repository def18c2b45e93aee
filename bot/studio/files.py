"""The project's data files as a draft sees them: what is on disk, with the draft's changes on top."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

DATA = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")
"""Files of the project's root that belong to its data."""

CODE = ("bot", "actions")
"""Folders that a copy of the project only points to: a model's fingerprint counts the pipeline's code, too."""


class Workspace:
    """Texts by their paths in the project; read from disk at first use, changed in memory alone.

    Args:
        project: the project's root.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self._texts: dict[str, str] = {}
        self._on_disk: dict[str, str | None] = {}

    def copy(self) -> Workspace:
        """Another one that begins where this one is."""
        made = Workspace(self.project)
        made._texts, made._on_disk = dict(self._texts), dict(self._on_disk)
        return made

    def read(self, path: str) -> str:
        """A file as the draft has it; empty when there is none."""
        if path not in self._texts:
            self._texts[path] = self.original(path) or ""
        return self._texts[path]

    def write(self, path: str, text: str) -> None:
        """Changes a file in the draft; an empty text takes the file away."""
        self.read(path)
        self._texts[path] = text

    def original(self, path: str) -> str | None:
        """A file as it is on disk; None when there is none."""
        if path not in self._on_disk:
            file = self.project / path
            # Bytes, so that line ends stay what they are.
            self._on_disk[path] = file.read_bytes().decode("utf-8") if file.is_file() else None
        return self._on_disk[path]

    def changed(self) -> dict[str, tuple[str, str]]:
        """Path to text before and after, of what differs from the disk."""
        return {
            path: (self._on_disk.get(path) or "", text)
            for path, text in sorted(self._texts.items())
            if text != (self._on_disk.get(path) or "")
        }

    def list(self, folder: str, pattern: str = "*.yml") -> list[str]:
        """The paths of a folder's files, those that the draft adds included, in order."""
        found = {path.relative_to(self.project).as_posix() for path in (self.project / folder).rglob(pattern)}
        found |= {path for path, text in self._texts.items() if path.startswith(f"{folder}/") and text}
        return sorted(path for path in found if path not in self._texts or self._texts[path])

    def copy_to(self, folder: Path) -> None:
        """Writes a whole project with the draft's data into an empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in DATA:
            if (self.project / name).is_file():
                shutil.copy(self.project / name, folder / name)
        shutil.copytree(self.project / "data", folder / "data", dirs_exist_ok=True)
        if (self.project / "tests" / "nlu").is_dir():
            shutil.copytree(self.project / "tests" / "nlu", folder / "tests" / "nlu", dirs_exist_ok=True)
        stories = self.project / "tests" / "conversations" / "historias"
        if stories.is_dir():
            shutil.copytree(stories, folder / "tests" / "conversations" / "historias", dirs_exist_ok=True)
        for name in CODE:
            if (self.project / name).is_dir() and not (folder / name).exists():
                (folder / name).symlink_to((self.project / name).resolve(), target_is_directory=True)
        write_all(folder, {path: after for path, (_before, after) in self.changed().items()})


def stamp(project: Path) -> object:
    """Changes whenever one of the project's data files does."""
    files = [project / name for name in DATA]
    for folder in ("data", "tests/nlu", "tests/conversations/historias"):
        files += sorted((project / folder).rglob("*.*"))
    return [(str(file), (found := file.stat()).st_mtime_ns, found.st_size) for file in files if file.is_file()]


def write_all(root: Path, texts: Mapping[str, str]) -> None:
    """Writes files so that nobody ever reads half of one; an empty text takes the file away.

    Every new content is on disk before the first file is replaced: a full disk changes nothing.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            if text:
                ready.append((_beside(root / path, text), root / path))
    except OSError:
        for temporary, _target in ready:
            temporary.unlink(missing_ok=True)
        raise
    for temporary, target in ready:
        os.replace(temporary, target)
    for path, text in texts.items():
        if not text:
            (root / path).unlink(missing_ok=True)


def _beside(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        shutil.copymode(target, temporary)
    return temporary


def diff_lines(before: str, after: str, context: int = 2) -> Iterator[tuple[str, str]]:
    """Lines of a comparison: a mark (``+``, ``-``, blank or ``@``) and the text."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=context)
    for number, line in enumerate(lines):
        if number < 2:
            continue
        yield (line[0], line[1:]) if not line.startswith("@@") else ("@", line)
