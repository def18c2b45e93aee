"""The platforms' files hold the manuals' facts, and a mistake in one is named in plain words."""

from __future__ import annotations

import shutil
from datetime import time
from pathlib import Path

import pytest

from bot.platforms import CodeForm, Disclosure, Platform, PlatformFileError, load_platforms

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("platforms", "words"):
        shutil.copytree(DATA / folder, tmp_path / folder)
    return tmp_path


def change(data: Path, old: str, new: str, platform: str = "secop2") -> None:
    path = data / "platforms" / f"{platform}.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_shipped_files_say_what_the_manuals_say() -> None:
    platforms = load_platforms(DATA)
    seace, soce, secop2 = (platforms[each] for each in Platform)
    assert (seace.code.form, seace.expiry_months, seace.disclosure) == (CodeForm.DIGITS_DIGITS, 4, Disclosure.MAIL)
    assert (soce.password.min_length, soce.password.max_length) == (8, 20)
    assert soce.password.rules == {"upper", "lower", "digit", "special", "common"}
    assert secop2.disclosure is Disclosure.MASKED
    assert secop2.mail_senders == ("registro@secop.gov.co",)
    assert {contact.value for contact in secop2.contacts if contact.kind == "telefono"} == {"745 6788", "018000 520808"}


def test_secop2_answers_on_weekdays_and_on_saturday_morning() -> None:
    hours = load_platforms(DATA)[Platform.SECOP2].hours
    assert [opening.weekday for opening in hours] == [0, 1, 2, 3, 4, 5]
    assert (hours[5].opens, hours[5].closes) == (time(8), time(12))


def test_sercop_publishes_no_phone() -> None:
    assert all(contact.kind != "telefono" for contact in load_platforms(DATA)[Platform.SOCE].contacts)


def test_every_part_names_its_source() -> None:
    for facts in load_platforms(DATA).values():
        assert {"identidad", "contactos", "horario", "codigo", "contrasena", "divulgacion"} <= facts.sources.keys()


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("  nombre: SECOP II\n", "", "identidad.nombre", "falta"),
        ("politica: masked", "politica: todo", "divulgacion.politica", "valor"),
        ("minimo: 3", "minimo: tres", "codigo.minimo", "tipo"),
        ("minimo: 3", "minimo: 0", "codigo.minimo", "tipo"),
        ("America/Bogota", "America/Macondo", "lugar.zona_horaria", "tipo"),
        ('lunes: [["07:00", "19:00"]]', 'lunes: [["19:00", "07:00"]]', "horario.lunes", "tipo"),
        ('lunes: [["07:00", "19:00"]]', "lunes: de siete a siete", "horario.lunes", "tipo"),
        ("lunes:", "monday:", "horario.monday", "valor"),
        ("reglas: [letter, digit]", "reglas: [letra]", "contrasena.reglas", "valor"),
        ('{tipo: telefono, valor: "745 6788"', '{tipo: fax, valor: "745 6788"', "contactos[1].tipo", "valor"),
        ("sitio:", "sitios:", "sitios", "sobra"),
        ("plataforma: secop2", "plataforma: seace", "plataforma", "valor"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(copy: Path, old: str, new: str, key: str, reason: str) -> None:
    change(copy, old, new)
    with pytest.raises(PlatformFileError) as caught:
        load_platforms(copy)
    assert (caught.value.file, caught.value.key, caught.value.reason) == ("platforms/secop2.yml", key, reason)
    assert "platforms/secop2.yml" in caught.value.sentence and key in caught.value.sentence


def test_broken_yaml_is_named_by_its_line(copy: Path) -> None:
    change(copy, "identidad:", "identidad: [")
    with pytest.raises(PlatformFileError, match=r"platforms/secop2\.yml.*línea \d+"):
        load_platforms(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "platforms" / "soce.yml").unlink()
    with pytest.raises(PlatformFileError, match=r"Falta el archivo platforms/soce\.yml"):
        load_platforms(copy)
