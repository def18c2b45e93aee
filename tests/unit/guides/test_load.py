"""A guide's file is read whole, and what is wrong with it is said in plain Spanish with file, step and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.guides.check import check
from bot.guides.current import FreshGuides
from bot.guides.load import load_library
from bot.guides.problems import GuidesInvalid

from .conftest import DATA


def change(folder: Path, old: str, new: str) -> list[str]:
    """What the checker says after a text of the small guide was replaced."""
    path = folder / "soce" / "imprimir.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return list(check(folder))


def test_the_shipped_guides_have_nothing_to_correct() -> None:
    project = DATA.parents[1]
    yaml = YAML(typ="safe", pure=True)
    tasks = yaml.load((DATA.parent / "tasks.yml").read_text(encoding="utf-8"))["tasks"]
    intents = yaml.load((project / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert check(DATA, tasks=set(tasks), intents=set(intents)) == []


def test_no_guide_is_taken_for_training_data() -> None:
    yaml = YAML(typ="base")
    for path in DATA.rglob("*.yml"):
        assert not {"nlu", "responses", "stories", "rules"} & set(yaml.load(path.read_text(encoding="utf-8"))), path


def test_the_small_guide_is_right(folder: Path) -> None:
    assert check(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("quien: El administrador.", "", "soce/imprimir.yml: falta la clave «quien»"),
        ("quien: El administrador.", "quien:", "soce/imprimir.yml: la clave «quien» está vacía"),
        ("quien: El administrador.", "quien: [a, b]", "la clave «quien» debe ser un texto"),
        ("    vera: El papel.", "", "soce/imprimir.yml, paso «imprimir»: falta la clave «vera»"),
        ("    vera: El papel.", "    ver: El papel.", "no se conoce la clave «ver»; ¿quiso escribir «vera»?"),
        ("id: imprimir\n", "id: Imprimir ya\n", "el «id» «Imprimir ya» solo puede tener letras minúsculas"),
        ("id: imprimir\n", "id: abrir\n", "el «id» «abrir» está repetido"),
        ("{manual: soce, donde: sección 4}", "{manual: sose, donde: x}", "el manual «sose» no está en manuales.yml"),
        ("{manual: soce, donde: sección 4}", "{manual: soce}", "paso «abrir»: falta la clave «donde»"),
        ("botones:", "botonos:", "paso «imprimir»: en «dibujo» no se conoce el elemento «botonos»"),
        ("ventana: Usuarios", "ventona: Usuarios", "«dibujo» necesita una de estas claves: ventana, correo o aviso"),
        ("(1) Imprimir", "Imprimir", "en «dibujo» nada está marcado"),
        (
            "- botones: [Guardar, (1) Imprimir]",
            "- tabla: {columnas: [(1) A, B], filas: [[x]]}",
            "una fila de la tabla tiene 1 celdas y las columnas son 2",
        ),
        (
            "- botones: [Guardar, (1) Imprimir]",
            "- campo: (1) A\n          tipo: mapa",
            "la clave «dibujo.tipo» debe ser una de estas: texto, lista, clave, fecha",
        ),
        ("(1) Imprimir", "(1) " + "Imprimiiiiir" * 6, "el dibujo no cabe"),
        ("respuesta: En papel carta.", "", "soce/imprimir.yml, dato «papel»: falta la clave «respuesta»"),
        ("respuesta: En papel carta.", "respuesta: a\n    paso: nada", "el paso «nada» no existe en esta guía"),
        ("datos:", "relacionadas: [soce/otra]\ndatos:", "la guía «soce/otra» de «relacionadas» no existe"),
        ("titulo: Imprimir la lista", "rules: x\ntitulo: Imprimir la lista", "«rules» no puede estar en una guía"),
        ("titulo: Imprimir la lista", "titulo: [Imprimir", "cerca de la línea 3 hay algo mal escrito"),
        ("haga: Pulse «Imprimir».", "haga: " + "largo " * 100, "use como máximo 420"),
        ("para_que:", "orden: pronto\npara_que:", "debe ser un número entero"),
    ],
)
def test_a_mistake_is_named_with_its_place(folder: Path, old: str, new: str, said: str) -> None:
    messages = change(folder, old, new)
    assert any(said in message for message in messages), messages


def test_a_wrong_folder_name_and_a_wrong_file_name_are_named(folder: Path) -> None:
    guide = folder / "soce" / "imprimir.yml"
    (folder / "suce").mkdir()
    (folder / "suce" / "a.yml").write_text(guide.read_text(encoding="utf-8"), encoding="utf-8")
    guide.rename(folder / "soce" / "Imprimir Todo.yml")
    messages = " ".join(check(folder))
    assert "suce/a.yml: la carpeta debe llamarse como una plataforma: seace, soce, secop2" in messages
    assert "soce/Imprimir Todo.yml: el nombre del archivo solo puede tener" in messages


def test_unknown_tasks_and_intents_and_an_intent_used_twice_are_named(folder: Path) -> None:
    path = folder / "soce" / "imprimir.yml"
    text = path.read_text(encoding="utf-8").replace("pasos:", "el_bot_puede: volar\npasos:", 1)
    path.write_text(text, encoding="utf-8")
    (folder / "soce" / "otra.yml").write_text(text, encoding="utf-8")
    messages = " ".join(check(folder, tasks={"recuperar_contrasena"}, intents={"saludar"}))
    assert "la tarea «volar» de «el_bot_puede» no existe" in messages
    assert "la intención «imprimir_lista» no existe" in messages
    assert "la intención «imprimir_lista» ya la usa la guía" in messages


def test_an_empty_or_missing_folder_is_said_to_be_so(tmp_path: Path) -> None:
    assert "no hay ninguna guía" in check(tmp_path)[0]
    assert "la carpeta de guías no existe" in check(tmp_path / "nada")[0]


def test_loading_refuses_a_folder_with_problems(folder: Path) -> None:
    change(folder, "quien: El administrador.", "")
    with pytest.raises(GuidesInvalid) as caught:
        load_library(folder)
    assert [problem.code for problem in caught.value.problems] == ["missing"]


def test_guides_are_read_again_only_when_a_file_changed(folder: Path) -> None:
    fresh = FreshGuides(folder)
    first = fresh.read()
    assert fresh.read() is first
    file = folder / "soce" / "imprimir.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("titulo: ", "titulo: Ya no ", 1), encoding="utf-8")
    assert fresh.read().all()[0].title != first.all()[0].title


def test_values_stay_as_they_were_written(folder: Path) -> None:
    change(folder, "respuesta: En papel carta.", "respuesta: 001952_56989")
    assert load_library(folder).guides["soce/imprimir"].facts[0].answer == "001952_56989"
