"""Whoever writes a story is told in plain Spanish, with file and line, what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.stories import story as kinds
from bot.stories.expect import fill_sum
from bot.stories.reader import Reader, StoryInvalid
from bot.stories.responses import Responses
from bot.tasks.responses import load_responses
from tests.conversations.test_historias import STORIES

HEAD = "- historia: Una\n  camino: directo\n  pasos:\n"


def read(tmp_path: Path, text: str) -> list[kinds.Story]:
    file = tmp_path / "prueba.yml"
    file.write_text(text, encoding="utf-8")
    return Reader({"utter_saludar"}).file(file)


def step(tmp_path: Path, text: str) -> kinds.Step:
    return read(tmp_path, f"{HEAD}    - usuario: hola\n    - {text}\n")[0].steps[1]


def test_codes_and_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    steps = read(tmp_path, f"{HEAD}    - usuario: 001952_56989\n    - usuario: no\n    - usuario: 1e5\n")[0].steps
    assert [each.text for each in steps if isinstance(each, kinds.Say)] == ["001952_56989", "no", "1e5"]


def test_every_kind_of_step_is_read(tmp_path: Path) -> None:
    assert step(tmp_path, "pulsa: Acepto") == kinds.Press(5, "Acepto")
    assert step(tmp_path, "pulsa: {titulo: Acepto, anterior: sí}") == kinds.Press(5, "Acepto", True)
    assert step(tmp_path, "pasa: 31 minutos") == kinds.Wait(5, timedelta(minutes=31))
    assert step(tmp_path, "pasa: 1 día") == kinds.Wait(5, timedelta(days=1))
    assert step(tmp_path, "correo: ninguno") == kinds.Mails(5, "", 0)
    assert step(tmp_path, "bot: {respuesta: utter_saludar}") == kinds.Answer(5, ("utter_saludar",))
    assert step(tmp_path, "usuario: {texto: ja, veces: 3}") == kinds.Say(5, "jajaja")
    used = kinds.Link(5, "a@example.org", 2, "password", "cambiada", "X")
    assert step(tmp_path, "enlace: {para: a@example.org, numero: 2, contraseña: X, resultado: cambiada}") == used
    account = kinds.AccountState(5, "seace", "1_2", "inactive", "old", False)
    text = "cuenta: {plataforma: seace, usuario: 1_2, estado: inactiva, contraseña: anterior, debe_cambiarla: no}"
    assert step(tmp_path, text) == account


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "vacío"),
        ("historia: Una\n", 1, "lista de historias"),
        ("- historia: Una\n  pasos: []\n", 1, "falta la clave «camino»"),
        ("- historia: Una\n  camino: fácil\n  pasos: []\n", 2, "directo, con tropiezos"),
        ("- historia: Una\n  camino: directo\n  pasos: hola\n", 3, "lista"),
        ("- historia: Una\n  historia: Dos\n", 2, "dos veces"),
        ("- historia: 'Una\n", 2, "YAML"),
        (f"{HEAD}    - usario: hola\n", 4, "«usario» no existe"),
        (f"{HEAD}    - usuario: hola\n      bot: {{contiene: x}}\n", 4, "una sola clave"),
        (f"{HEAD}    - bot: {{contiene: x}}\n", 4, "empieza con algo que hace la persona"),
        (f"{HEAD}    - usuario: ''\n", 4, "vacío"),
        (f"{HEAD}    - usuario: hola\n    - bot: {{respuesta: utter_nada}}\n", 5, "utter_nada"),
        (f"{HEAD}    - usuario: hola\n    - bot: {{}}\n", 5, "nada que comprobar"),
        (f"{HEAD}    - usuario: hola\n    - pasa: un rato\n", 5, "31 minutos"),
        (f"{HEAD}    - usuario: hola\n    - correo: {{para: a@example.org, cantidad: dos}}\n", 5, "número entero"),
        (f"{HEAD}    - usuario: hola\n    - enlace: {{para: a@example.org}}\n", 5, "abre"),
        (f"{HEAD}    - usuario: hola\n    - cuenta: {{plataforma: seasa, usuario: x, estado: activa}}\n", 5, "seace"),
        (f"{HEAD}    - usuario: hola\n{HEAD}    - usuario: hola\n", 5, "prueba.yml:1"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(StoryInvalid) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(f"prueba.yml:{line}: ")
    assert words in str(raised.value)


def test_a_sum_is_answered_from_the_question() -> None:
    assert fill_sum("son {suma}", "¿cuánto es 7 más 5?") == "son 12"
    assert fill_sum("{otra_suma}", "¿cuánto es 7 más 5?") == "13"


def test_a_response_is_known_by_its_words_whatever_its_facts() -> None:
    responses = Responses(load_responses(ROOT / "data" / "responses"))
    text = "Se hicieron demasiados intentos. Por seguridad, espere 12 min y vuelva a probar."
    assert responses.is_one("utter_result_limited", text)
    assert responses.name_of(text) == "utter_result_limited"
    assert not responses.is_one("utter_saludar", text)


def test_there_are_many_stories_and_half_of_them_are_bumpy() -> None:
    assert len(STORIES) >= 110
    assert sum(story.bumpy for story in STORIES) * 2 >= len(STORIES)


def test_no_story_repeats_a_training_message_or_one_of_the_sample() -> None:
    lines = (ROOT / "tests" / "nlu" / "sample.jsonl").read_text("utf-8").splitlines()
    known = {_bare(match[1]) for line in lines if (match := re.search(r'"text":\s*"((?:[^"\\]|\\.)*)"', line))}
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        known |= {_bare(line[6:]) for line in file.read_text("utf-8").splitlines() if line.startswith("    - ")}
    said = [(story, each) for story in STORIES for each in story.steps if isinstance(each, kinds.Say)]
    # Short answers («sí», «gracias», «cancelar») cannot be said in other words.
    repeated = [
        f"{story.file.name}:{each.line}: {each.text}"
        for story, each in said
        if len(each.text.split()) > 4 and _bare(each.text) in known
    ]
    assert not repeated


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in decomposed if not unicodedata.combining(c))))
