"""Every kind of mail, with facts as they are and with facts that somebody made to do harm."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.mail.templating import MailTemplates

REALISTIC: dict[str, dict[str, Any]] = {
    "seace_new_password": {"full_name": "Ana Quispe", "login": "001952_56989", "password": "Zorro-48", "expired": True},
    "soce_temporary_password": {
        "full_name": "Julia Rosero Paz",
        "login": "entidadjr",
        "ruc": "1790000001001",
        "entity": "Gobierno Parroquial de Prueba",
        "password": "Ab3$xyZ9",
        "reason": "No recuerdo la contraseña",
        "id_document": "1700000001",
        "date": date(2026, 4, 6),
    },
    "soce_not_administrator": {"full_name": "Luis Mora", "entity": "Gobierno Parroquial de Prueba"},
    "soce_delegate_request": {"delegate_login": "lmora2024", "delegate_name": "Luis Mora", "entity": "GAD de Prueba"},
    "soce_delegate_password": {
        "full_name": "Luis Mora",
        "login": "lmora2024",
        "password": "Ab3$xyZ9",
        "ruc": "1790000001001",
        "entity": "GAD de Prueba",
    },
    "soce_delegate_notice": {"delegate_login": "lmora2024", "entity": "GAD de Prueba"},
    "secop2_reset_link": {
        "full_name": "Gabriela Soto",
        "login": "sotogabriela",
        "link": "https://ayuda.example.org/r/abc?x=1&y=2",
        "minutes": 30,
    },
    "user_name": {"accounts": [{"login": "sotogabriela", "platform_name": "SECOP II"}]},
    "registered_email": {"login": "sotogabriela", "email": "gabriela@example.org"},
    "account_inactive": {"full_name": "Ana Quispe", "login": "001952_56989"},
    "password_changed": {"full_name": "Gabriela Soto", "login": "sotogabriela"},
    "transcript": {
        "lines": [{"who": "Usted", "text": "hola\n¿me ayuda?", "at": datetime(2026, 4, 6, 10, tzinfo=timezone.utc)}]
    },
    "guide": {
        "title": "Cómo registrar un contacto",
        "purpose": "Dejar a una persona como contacto de la entidad.",
        "at_hand": ["La cédula de la persona"],
        "link": "https://ayuda.example.org/guias/soce/registrar-contacto",
        "steps": [{"number": 1, "title": "Abra Contactos", "do": ["Pulse Administración."], "see": ["La tabla."]}],
        "sources": ["Manual de usuario SOCE, sección 3"],
    },
    "agent_invitation": {"name": "Rosa", "link": "https://ayuda.example.org/mesa/invitacion/abc"},
    "case_opened": {
        "number": "VEN-000123",
        "answer_by": "lunes 23 de noviembre a las 16:30",
        "link": "https://ayuda.example.org/caso/abc?x=1&y=2",
        "can_reply": False,
        "megabytes": 5,
    },
    "case_answer": {
        "number": "VEN-000123",
        "agent": "Rosa",
        "text": "Buen día. Su usuario ya está activo.",
        "link": "https://ayuda.example.org/caso/abc",
        "can_reply": True,
        "megabytes": 5,
    },
    "case_closed": {
        "number": "VEN-000123",
        "link": "https://ayuda.example.org/caso/abc",
        "can_reply": False,
        "megabytes": 5,
    },
    "case_out": {
        "number": "VEN-000123",
        "what": "abierto",
        "topic": "Recuperar mi contraseña",
        "reason": "pidió una persona",
        "guide": "",
        "said": "Buen día",
        "email": "ana@example.org",
        "link": "https://ayuda.example.org/mesa/casos/123",
        "can_reply": True,
    },
}
PLATFORMS = ("SEACE", "SOCE", "SECOP II", "Otra")
WITH_PASSWORD = [kind for kind, facts in REALISTIC.items() if "password" in facts]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\r\nBcc: eva@example.org\x00\u202e' + "A" * 3000


@pytest.fixture(scope="module")
def templates() -> MailTemplates:
    return MailTemplates()


class Page(HTMLParser):
    """Collects what the tests look for in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile(value: Any) -> Any:
    if isinstance(value, str):
        return HOSTILE if not value.startswith("https://") else value + HOSTILE
    if isinstance(value, (date, datetime)):
        return HOSTILE
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    return [hostile(item) for item in value] if isinstance(value, list) else value


def test_every_kind_is_tested(templates: MailTemplates) -> None:
    assert templates.kinds() == sorted(REALISTIC)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("kind", sorted(REALISTIC))
def test_both_forms_say_every_fact(templates: MailTemplates, kind: str, platform: str) -> None:
    mail = templates.render(kind, {**REALISTIC[kind], "platform_name": platform})
    page = Page(mail.html)
    for name, value in REALISTIC[kind].items():
        if isinstance(value, str) and name != "link":
            assert value in mail.text or value in mail.subject
            assert value in page.text
    assert mail.subject and "\n" not in mail.subject and len(mail.subject) < 100
    assert "Nunca le pediremos su contraseña" in mail.text and "Nunca le pediremos su contraseña" in page.text
    assert not re.search(r"\{[{%]|\bNone\b|\bTrue\b| {2}\w+\.\n\n\n", mail.text + mail.html)


@pytest.mark.parametrize("kind", sorted(REALISTIC))
def test_hostile_facts_stay_text(templates: MailTemplates, kind: str) -> None:
    mail = templates.render(kind, {**hostile(REALISTIC[kind]), "platform_name": HOSTILE})
    page = Page(mail.html)
    assert not {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not re.search("[\x00\x07\u202e]", mail.subject + mail.text + mail.html)
    assert not mail.text.startswith("Bcc:") and "\nBcc:" not in mail.text.replace("\n    Bcc:", "")
    assert "\n" not in mail.subject and len(mail.subject) <= 150


@pytest.mark.parametrize("kind", sorted(REALISTIC))
def test_a_mail_loads_nothing_from_elsewhere(templates: MailTemplates, kind: str) -> None:
    mail = templates.render(kind, {**REALISTIC[kind], "platform_name": "SECOP II"})
    assert not re.search(r"src=|@import|url\(|<link|background=", mail.html)
    links = [attributes["href"] for tag, attributes in Page(mail.html).tags if tag == "a"]
    assert links == ([REALISTIC[kind]["link"]] if "link" in REALISTIC[kind] else [])


@pytest.mark.parametrize("kind", WITH_PASSWORD)
def test_a_password_mail_advises_to_change_it_and_to_share_it_with_nobody(templates: MailTemplates, kind: str) -> None:
    mail = templates.render(kind, {**REALISTIC[kind], "platform_name": "SOCE"})
    for form in (mail.text, Page(mail.html).text):
        assert "Cámbiela" in form and "No la comparta con nadie" in form
        assert "¿No lo solicitó usted?" in form or "¿No esperaba este correo?" in form


def test_the_request_letter_says_who_asks_why_and_under_which_conditions(templates: MailTemplates) -> None:
    mail = templates.render(
        "soce_temporary_password", {**REALISTIC["soce_temporary_password"], "platform_name": "SOCE"}
    )
    for form in (mail.text, Page(mail.html).text):
        for part in ("lunes, 6 de abril de 2026", "1700000001", "No recuerdo la contraseña", "solidaria", "24 horas"):
            assert part in form


@pytest.mark.parametrize(
    ("platform", "remedy"),
    [
        ("SEACE", "Formulario de Creación y/o Desactivación de Cuenta Usuario-Funcionario"),
        ("SOCE", "Activar Usuario"),
        ("SECOP II", "Mesa de Servicio"),
        ("Otra", "mesa de ayuda de su plataforma"),
    ],
)
def test_an_inactive_account_is_told_its_platforms_remedy(templates: MailTemplates, platform: str, remedy: str) -> None:
    mail = templates.render("account_inactive", {**REALISTIC["account_inactive"], "platform_name": platform})
    assert remedy in mail.text and remedy in Page(mail.html).text


def test_a_missing_fact_is_an_error(templates: MailTemplates) -> None:
    with pytest.raises(UndefinedError):
        templates.render("seace_new_password", {"platform_name": "SEACE", "login": "1_2"})


def test_a_link_that_opens_no_page_is_an_error(templates: MailTemplates) -> None:
    facts = {**REALISTIC["secop2_reset_link"], "platform_name": "SECOP II", "link": "javascript:alert(1)"}
    with pytest.raises(ValueError, match="http"):
        templates.render("secop2_reset_link", facts)


@given(name=st.text(max_size=200))
def test_no_name_breaks_a_mail(name: str) -> None:
    mail = TEMPLATES.render("password_changed", {"full_name": name, "login": name, "platform_name": name})
    assert "\n" not in mail.subject
    mail.text.encode(), mail.html.encode()


TEMPLATES = MailTemplates()
