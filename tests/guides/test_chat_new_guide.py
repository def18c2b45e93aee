"""Adding a guide needs no programming: one YAML file in a copy of the project, and it is walked in the chat."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from bot.settings import ROOT
from tests.guides.talk import FINISH, NEXT, TROUBLE, Talk
from tests.support.product import Product

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW = """
titulo: Imprimir la lista de usuarios del SOCE
para_que: Tener en papel quiénes entran a nombre de la entidad.
quien: El administrador del sistema de la entidad.
tenga_a_mano: [Una impresora]
palabras: [imprimir usuarios, lista en papel]
pasos:
  - id: abrir
    titulo: Abra la tabla de usuarios
    haga: Entre a «Administración», «Usuarios».
    vera: La tabla de usuarios.
    de_otra_forma: Es la misma tabla donde se crean los usuarios.
    fuente: {manual: soce, donde: sección 4}
    si_falla:
      - id: vacia
        problema: La tabla sale vacía
        palabras: [vacía, sin nadie]
        solucion: Cree primero un usuario.
  - id: imprimir
    titulo: Pulse «Imprimir lista»
    haga: Pulse «Imprimir lista».
    vera: La hoja impresa.
    de_otra_forma: El botón está arriba de la tabla.
    palabras: [botón imprimir lista]
    fuente: {manual: soce, donde: sección 4}
    dibujo:
      ventana: Usuarios
      contenido:
        - botones: [Guardar, (1) Imprimir lista]
datos:
  - id: papel
    preguntas:
      - ¿en qué tamaño de papel se imprime la lista de usuarios?
    respuesta: La lista sale en papel carta.
    fuente: {manual: soce, donde: sección 4}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory, template: Path, brain: RasaBrain) -> AsyncIterator[Product]:
    """A service on a copy of the project that has one guide more; the model in use stays as it is."""
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data", project / "data", ignore=shutil.ignore_patterns("nlu"))
    (project / "data" / "guides" / "soce" / "imprimir-lista.yml").write_text(NEW, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    async with Product(home, template, brain, project=project, VENTANILLA_RATE_LIMITS="off").running() as running:
        yield running


@pytest.mark.parametrize(
    "text",
    [
        "quiero la guía para imprimir la lista de usuarios del SOCE",
        "¿cómo imprimo la lista de usuarios del SOCE?",
    ],
)
async def test_the_new_guide_is_found_and_walked(talk: Talk, http: httpx.AsyncClient, text: str) -> None:
    await talk.say(text)
    if not talk.card:
        await talk.press("Imprimir la lista de usuarios del SOCE")
    assert (talk.card["guide"], talk.card["number"], talk.card["total"]) == ("soce/imprimir-lista", 1, 2)
    await talk.press(TROUBLE)
    await talk.press("La tabla sale vacía")
    assert "Cree primero un usuario." in talk.said
    await talk.press(NEXT)
    assert talk.image is not None
    assert (await http.get(talk.image["src"])).status_code == 200
    await talk.press(FINISH)
    assert "todos los pasos" in talk.said


async def test_its_facts_are_told(talk: Talk) -> None:
    await talk.say("soce")
    await talk.say("¿en qué tamaño de papel se imprime la lista de usuarios?")
    assert "La lista sale en papel carta." in talk.said


async def test_it_has_a_page(http: httpx.AsyncClient) -> None:
    answer = await http.get("/guias/soce/imprimir-lista")
    assert answer.status_code == 200
    assert "Imprimir la lista de usuarios" in answer.text


async def test_words_on_its_screen_lead_to_its_step(talk: Talk) -> None:
    await talk.say("soce")
    await talk.say("¿dónde está el botón imprimir lista?")
    assert (talk.card["guide"], talk.card["number"]) == ("soce/imprimir-lista", 2)
