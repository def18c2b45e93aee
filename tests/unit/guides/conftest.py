"""The guides as they are shipped, and a folder of guides that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.guides.service import LibraryGuides, load_guides

DATA = Path(__file__).parents[3] / "data" / "guides"


@pytest.fixture(scope="session")
def guides() -> LibraryGuides:
    return load_guides(DATA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the lists that all guides share, with one small guide."""
    copy = tmp_path / "guides"
    (copy / "soce").mkdir(parents=True)
    for name in ("manuales.yml", "palabras.yml"):
        shutil.copy(DATA / name, copy / name)
    (copy / "soce" / "imprimir.yml").write_text(SMALL, encoding="utf-8")
    return copy


SMALL = """
titulo: Imprimir la lista de usuarios
para_que: Tener la lista en papel.
quien: El administrador.
tenga_a_mano: [Una impresora]
intencion: imprimir_lista
pasos:
  - id: abrir
    titulo: Abra la tabla
    haga: Vaya a la tabla de usuarios.
    vera: La tabla.
    de_otra_forma: Es la misma tabla de siempre.
    fuente: {manual: soce, donde: sección 4}
    si_falla:
      - id: vacia
        problema: La tabla sale vacía
        palabras: [vacía, sin nadie]
        solucion: Cree primero un usuario.
  - id: imprimir
    titulo: Pulse «Imprimir»
    haga: Pulse «Imprimir».
    vera: El papel.
    de_otra_forma: El botón está arriba.
    palabras: [botón imprimir]
    fuente: {manual: soce, donde: sección 4}
    dibujo:
      ventana: Usuarios
      contenido:
        - botones: [Guardar, (1) Imprimir]
datos:
  - id: papel
    preguntas:
      - ¿en qué papel se imprime la lista?
    respuesta: En papel carta.
    fuente: {manual: soce, donde: sección 4}
"""
