"""The plan of the house: who may import whom, where Spanish may stand, and that importing does nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(p for folder in ("bot", "actions") for p in (ROOT / folder).rglob("*.py"))
ONLY_IN = {
    "rasa": ("bot/brain/", "bot/studio/"),
    "rasa_sdk": ("actions/", "bot/brain/"),
    "telegram": ("bot/channels/",),
    "aiosmtplib": ("bot/mail/",),
    "tensorflow": (),
}
FEATURES = {"accounts", "guides", "conversations", "desk", "studio", "mail", "tasks"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    strays = [
        place(path)
        for path in CODE
        if not place(path).startswith(ONLY_IN[library] or ("\0",))
        and any(name.partition(".")[0] == library for name in imports(path))
    ]
    assert strays == []


def test_sql_is_spoken_only_in_the_database_folder_and_in_stores() -> None:
    strays = [
        place(path)
        for path in CODE
        if not place(path).startswith("bot/db/")
        and not path.stem.endswith("store")
        and any(name.partition(".")[0] == "sqlalchemy" for name in imports(path))
    ]
    assert strays == []


def test_a_feature_uses_another_only_through_its_interfaces() -> None:
    strays = []
    for path in CODE:
        parts = place(path).split("/")
        if parts[0] != "bot" or parts[1] not in FEATURES:
            continue
        for name in imports(path):
            target = name.split(".")
            if (
                target[0] == "bot"
                and len(target) > 1
                and target[1] in FEATURES - {parts[1]}
                and target[2:] != ["interfaces"]
            ):
                strays.append(f"{place(path)} imports {name}")
    assert strays == []


def test_no_sentence_that_people_read_is_in_python() -> None:
    spanish = re.compile(r"[¿¡]\w|\b(usted|contraseña|código|correo|gracias)\b.*\s", re.IGNORECASE)
    strays = []
    for path in CODE:
        # These hold words that people say, for recognising them.
        if place(path).startswith(("bot/brain/nlu/", "bot/channels/telegram/passwords.py")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docs:
                continue
            if spanish.search(node.value) and "ventanilla " not in node.value:
                strays.append(f"{place(path)}:{node.lineno}: {node.value[:60]}")
    assert strays == []


def test_importing_connects_to_nothing_and_reads_no_data() -> None:
    modules = [place(p)[:-3].replace("/", ".") for p in CODE if "migrations" not in place(p) and p.stem != "__main__"]
    program = f"""
import sys
from bot.brain.rasa_bends import bend_rasa
bend_rasa()
import rasa.core.agent
def watch(event, args):
    if event in ("socket.connect", "sqlite3.connect", "socket.bind"):
        raise SystemExit(event)
    if event == "open" and isinstance(args[0], str) and {str(ROOT / "data")!r} in args[0]:
        raise SystemExit("open " + args[0])
sys.addaudithook(watch)
import importlib
for name in {modules!r}:
    importlib.import_module(name)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
