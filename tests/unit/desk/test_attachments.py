"""Which files of a mail are kept, by their content, and under what name."""

from __future__ import annotations

import io
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.attachments import LONGEST_NAME, FileTerms, arrived, clean_name, is_plain
from bot.desk.policy import load_desk_settings

TERMS: FileTerms = load_desk_settings(Path(__file__).parents[3] / "data").files
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20_000
PDF = b"%PDF-1.7\n..."


def archive(*names: str, mimetype: bytes = b"") -> bytes:
    """A zip file with these entries, the same at any time: it is part of a test's name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        if mimetype:
            file.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            file.writestr(zipfile.ZipInfo(name), b"x")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
ODT = archive("content.xml", mimetype=b"application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("constancia.pdf", PDF),
        ("FOTO.PNG", PNG),
        ("foto.jpeg", b"\xff\xd8\xff\xe0x"),
        ("captura.gif", b"GIF89a.."),
        ("oficio.docx", DOCX),
        ("cuadro.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("oficio.odt", ODT),
        ("nota.txt", "señor".encode("latin-1")),
    ],
)
def test_documents_and_pictures_are_kept(name: str, content: bytes) -> None:
    assert is_plain(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("programa.exe", b"MZ"),
        ("constancia.pdf.exe", b"MZ"),
        ("constancia.pdf", b"MZ"),
        ("foto.png", b"<svg onload='x()'>"),
        ("foto.svg", b"<svg/>"),
        ("pagina.html", b"<p>"),
        ("nota.txt", b"  <script>"),
        ("nota.txt", b"a\0b"),
        ("vacio.pdf", b""),
        ("sin_nombre", PDF),
        ("viejo.doc", b"\xd0\xcf\x11\xe0"),
        ("macros.docm", DOCX),
        ("macros.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("objeto.docx", archive("[Content_Types].xml", "word/document.xml", "word/embeddings/oleObject1.bin")),
        ("otro.docx", archive("lib/Main.class")),
        ("roto.docx", b"PK\x03\x04roto"),
        ("macros.odt", archive("Basic/x.xml", mimetype=b"application/vnd.oasis.opendocument.text")),
        ("archivo.zip", archive("a.pdf")),
    ],
)
def test_programs_and_what_only_claims_to_be_a_document_are_not(name: str, content: bytes) -> None:
    assert not is_plain(name, content)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("constancia.pdf", "constancia.pdf"),
        ("cédula 1032000101.pdf", "cédula xxx.pdf"),
        ("RUC_1760567890001.pdf", "RUC_xxx.pdf"),
        ("tel 099-123-4567.txt", "tel xxx.txt"),
        ("ana@muni.example.org.pdf", "a____m___.example.org.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\oficio.docx", "oficio.docx"),
        ("a\r\nb\u202efdp.exe", "a__b_fdp.exe"),
        ("", "archivo"),
        ("...", "archivo"),
        ('"><img>.png', "img.png"),
    ],
)
def test_names_are_safe_and_without_numbers_of_persons(name: str, clean: str) -> None:
    assert clean_name(name, TERMS.nameless) == clean


@given(st.text(max_size=300))
def test_no_name_leads_elsewhere_or_grows(name: str) -> None:
    clean = clean_name(name, TERMS.nameless)
    assert clean and len(clean) <= LONGEST_NAME + 9
    assert not set(clean) & set('/\\:*?"<>|\r\n\0') and not clean.startswith(".")


def letter(*files: tuple[str, bytes], inline: bytes = b"") -> EmailMessage:
    message = EmailMessage()
    message.set_content("Adjunto lo pedido.")
    message.add_alternative("<p>Adjunto lo pedido.</p><img src='cid:logo'>", subtype="html")
    if inline:
        html = message.get_payload()[1]
        html.add_related(inline, "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_of_each_file_it_is_known_whether_it_was_kept_and_why_not() -> None:
    big = b"%PDF-" + b"x" * TERMS.largest
    files = [("a.pdf", PDF), ("b.exe", b"MZ"), ("c.pdf", big), *((f"{n}.png", PNG) for n in range(5))]
    found = arrived(letter(*files), TERMS)
    assert [(each.name, each.refused) for each in found] == [
        ("a.pdf", ""),
        ("b.exe", "kind"),
        ("c.pdf", "size"),
        ("0.png", ""),
        ("1.png", ""),
        ("2.png", ""),
        ("3.png", ""),
        ("4.png", "count"),
    ]
    assert found[0].content == PDF and found[1].content == b""


def test_the_text_and_the_logo_of_a_signature_are_no_files_and_a_pasted_picture_is_one() -> None:
    assert arrived(letter(inline=PNG[:200]), TERMS) == []
    assert [each.name for each in arrived(letter(inline=PNG), TERMS)] == ["logo.png"]


def test_a_forwarded_mail_is_not_looked_into() -> None:
    outer = EmailMessage()
    outer.set_content("Se lo reenvío.")
    outer.add_attachment(letter(("a.pdf", PDF)))
    assert [each.refused for each in arrived(outer, TERMS)] == ["kind"]
