"""Passwords are noticed in the ways people give them away, and ordinary sentences are left alone."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.channels.telegram.passwords import carries_password
from bot.settings import ROOT

PASSWORDS = [
    "mi clave es Peru2020",
    "mi clave es peru2020 y no entra",
    "Mi contraseña es: Lima*2024",
    "mi contraseña es pedrito",
    "Contraseña: pedrito",
    "contraseña:Quito2023",
    "CLAVE=quito_2023x",
    "clave : 12345678",
    "mi clave era 1234",
    "la contraseña que me dieron es xK9mPq2w",
    "la clave que tengo para entrar al seace es Huancayo77",
    "mi clave del SECOP II es bogota#1",
    "mi nueva clave será Cali.2025",
    "mi usuario es jperez y mi clave es Jp3r3z!!",
    "usuario jperez\nclave Jperez77",
    "user: jperez pass: Jperez77",
    "usuario jperez, contraseña Jperez*",
    "mi clave Peru2020 no funciona",
    "la contraseña es la siguiente: Tarma2021",
    'mi password es "rosita"',
    "mi contraseña es «rosita»",
    "mi pin es 4821",
    "mi contraseña es abc 123x? no: mi clave es Abc123x",
    "Peru2020*",
    "xK9$mPq2w",
    "Tarma2021!",
    "clave123*",
    "P@ssw0rd2024",
]

ORDINARY = [
    "",
    "hola",
    "Olvidé mi contraseña",
    "olvide mi clave 45678912",
    "olvidé mi contraseña, mi código es 001952_56989 y mi correo ana@muni.example.org",
    "no recuerdo mi contraseña del SECOP2",
    "mi contraseña es incorrecta",
    "dice que mi contraseña es incorrecta pero la escribo bien",
    "mi clave es muy vieja",
    "mi contraseña es la misma",
    "mi contraseña no funciona",
    "mi clave es personal",
    "¿mi contraseña es segura?",
    "¿cuál es mi contraseña?",
    "mi contraseña es de 8 caracteres",
    "la contraseña es obligatoria?",
    "la contraseña es sensible a mayúsculas",
    "¿la clave es temporal?",
    "la contraseña debe tener 8 caracteres",
    "la contraseña venció el 12/03/2024",
    "no me llega la contraseña al correo: ana@muni.example.org",
    "quiero cambiar mi contraseña: 001952_56989",
    "recuperar contraseña: gongoragabriela",
    "recuperar contraseña usuario gongoragabriela",
    "contraseña para el usuario gongora1978",
    "mi contraseña está bloqueada",
    "mi contraseña caducó hace 4 meses",
    "mi usuario es jperez01",
    "mi código es e_md_lloque2",
    "001952_56989",
    "20100123456",
    "1.032.000.457",
    "16/11/1978",
    "gongoragabriela",
    "GongoraGabriela1978",
    "ana.quispe2@muni.example.org",
    "ana@muni",
    "SECOP2!!",
    "¡SECOP2!",
    "#seace2024",
    "https://www.seace.gob.pe/portal?x=1",
    "+51987654321",
    "ayuda!!!!",
    "¿contraseña?",
    "contraseña",
    "clave",
    "clave: no la recuerdo",
    "mi problema es la contraseña",
    "el pin",
    "la clave es que no puedo entrar",
    "mi clave es correcta y no entra",
    "cambio de contraseña es igual a recuperar?",
    "la nueva contraseña es enviada al correo",
    "mi contraseña fue bloqueada",
    "se me pasó la fecha",
    "contra el proveedor",
    "mi clave es rechazada",
    "Mi clave no es válida",
    "no sé cuál es mi clave de SEACE",
    "dónde pongo mi contraseña en el SECOP II",
    "Código de usuario: 001952_56989",
    "mi usuario: jperez y mi correo: jperez@muni.example.org",
    "pass",
    "x" * 9_000,
    "clave " * 1_500,
]


@pytest.mark.parametrize("text", PASSWORDS)
def test_a_password_is_noticed(text: str) -> None:
    assert carries_password(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_message_is_left_alone(text: str) -> None:
    assert not carries_password(text)


def test_hardly_any_training_message_raises_an_alarm() -> None:
    texts = [
        line.lstrip("- ").strip()
        for file in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for item in YAML(typ="safe").load(file.read_text("utf-8"))["nlu"]
        for line in str(item.get("examples", "")).splitlines()
    ]
    assert len(texts) > 5_000
    assert sum(carries_password(text) for text in texts) <= len(texts) / 2_000
