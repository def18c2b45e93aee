"""Finds passwords in what people write, before anything is stored. Pure.

Two shapes are known: a password that is announced («mi clave es …», «contraseña: …») and a message that is nothing
but one. No question of the bot is answered with such a string (codes, names, addresses, dates, numbers), so what was
asked last need not be known. A password that is missed lands in the log; a false alarm makes somebody write a
sentence again. So doubtful words count as ordinary ones unless they look made up.
"""

from __future__ import annotations

import re
import unicodedata


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NAMES = _set(
    "clave claves contrasena contrasenas contrasenia password passwords pasword passw pass pwd psw pin "
    "contra passwd contasena contrasea"
)
"""What people call it, folded."""

_LINKS = _set("es era fue sera seria : = -> → :=")
_AMONG = _set(
    "de del el la los las mi su tu esta este actual nueva nuevo vieja anterior antigua temporal provisional que tengo "
    "tenia puse pongo uso usaba use me dieron dio llego enviaron mandaron aparece sale para en al entrar ingresar "
    "acceder sistema portal plataforma cuenta seace soce secop secop2 ii correcta siguiente"
)
"""Words that may stand between the name and the link without changing what is spoken of."""

_LEAD_INS = _set("la el esta este esto siguiente asi : = ->")
_WISHES = re.compile(r"^(olvid|recuper|restable|reset|cambi|perd|gener|recorda|recuerd|pedi|solicit|necesit|quier)")
_ORDINARY = _set(
    "incorrecta correcta erronea invalida valida mala mal buena vieja nueva antigua temporal segura debil fuerte larga "
    "corta igual otra esa esta esto misma mismo obligatoria necesaria personal secreta unica diferente distinta "
    "privada confidencial facil dificil importante sensible compleja complicada rara muy tan demasiado no si que de "
    "del una un la el lo mia suya tuya cual cuando donde como para por con sin en la mia problema error seace soce "
    "secop secop2 sencilla simple provisional numerica alfanumerica insegura desconocida generica usuario "
    "ninguna nada aquella eterna correo"
)
_ORDINARY_ENDS = re.compile(r"(ada|ida|ado|ido|adas|idas|able|ible|mente|ente|ando|iendo|osa|ica|iva|ar|er|ir|[aeo]s)$")

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_CODE = re.compile(r"\d+[_\-–]\d+")
_DATE = re.compile(r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}")
_PLATFORM = re.compile(r"(secop|seace|soce|siaf|sigep)\W*(2|ii)?")
_ADDRESS = re.compile(r"(https?://|www\.)\S+|\S+\.(gob|gov|com|org|net|ec|pe|co)(\.\w+)?(/\S*)?", re.IGNORECASE)
_STRONG = frozenset("!#$%&*+=?@^~|\\¡¿€")
_EDGES = "\"'«»“”‘’,.;()"
_TOKEN = re.compile(r"->|→|[:=](?=\s|$)|[^\s:=][^\s]*?(?=[:=](?:\s|$))|\S+")
_ATTACHED = re.compile(r"^([^\W\d_]+)[:=]+(.+)$")
_MIN, _MAX = 8, 64


def carries_password(text: str) -> bool:
    """Whether the text holds a password, as far as its shape tells."""
    if len(text) > 10_000:
        return False
    tokens = _tokens(unicodedata.normalize("NFC", text))
    if len(tokens) == 1:
        return _is_lone_password(tokens[0])
    return any(_announces(tokens, index) for index, token in enumerate(tokens) if _fold(token) in NAMES)


def _tokens(text: str) -> list[str]:
    found = []
    for token in _TOKEN.findall(text):
        # «clave:Peru2020» is three tokens as well, but an address or a time is one.
        attached = _ATTACHED.match(token)
        if attached and _fold(attached.group(1)) in NAMES:
            found += [attached.group(1), ":", attached.group(2)]
        else:
            found.append(token)
    return found


def _announces(tokens: list[str], index: int) -> bool:
    """Whether a password follows the name at ``index``."""
    wish = any(_WISHES.match(_fold(token)) for token in tokens[max(0, index - 4) : index])
    place, link = index + 1, ""
    while place < len(tokens) and place - index <= 8:
        folded = _fold(tokens[place])
        if folded in _LINKS:
            link = folded
            place += 1
            break
        if folded not in _AMONG:
            break
        place += 1
    if not link:
        # «mi clave Peru2020 no entra»: right behind the name, and only what looks made up.
        return index + 1 < len(tokens) and not wish and _is_made_up(tokens[index + 1], least=6)
    while place < len(tokens) and _fold(tokens[place]) in _LEAD_INS:
        place += 1
    if place >= len(tokens):
        return False
    spoken = link.isalpha()
    return _is_value(tokens[place], last=place == len(tokens) - 1, plain=spoken or not wish)


def _is_value(token: str, *, last: bool, plain: bool) -> bool:
    """Whether a token behind «es» or a colon is a password.

    Args:
        last: nothing follows it; an ordinary-looking word counts only then.
        plain: the word may be an ordinary-looking one at all.
    """
    quoted = token[:1] in "\"'«“‘" and token.rstrip(".,")[-1:] in "\"'»”’"
    value = token.strip(_EDGES)
    if len(value) < 4 or _is_known_datum(value):
        return False
    if any(char.isdigit() for char in value) or quoted or _is_made_up(token, least=4):
        return True
    folded = _fold(value)
    ordinary = folded in _ORDINARY or _ORDINARY_ENDS.search(folded) is not None
    return plain and last and not ordinary and not token.endswith("?") and folded.isalpha()


def _is_made_up(token: str, *, least: int) -> bool:
    """Letters and digits in one word, or letters and strong signs."""
    value = token.strip(_EDGES)
    if len(value) < least or _is_known_datum(value):
        return False
    letters = any(char.isalpha() for char in value)
    digits = any(char.isdigit() for char in value)
    inner = any(char in _STRONG for char in value.strip("!?¡¿"))
    return letters and (digits or inner)


def _is_lone_password(token: str) -> bool:
    """A message of one word with letters, digits and a strong sign; at its end «!» and «?» count only beside both
    upper and lower case, because people shout and ask."""
    value = token.strip("\"'«»“”‘’")
    if not _MIN <= len(value) <= _MAX or _is_known_datum(value) or value[0] in "#@/":
        return False
    if not any(char.isalpha() for char in value) or not any(char.isdigit() for char in value):
        return False
    core = value.strip("!?¡¿")
    if any(char in _STRONG for char in core):
        return True
    both = any(char.islower() for char in core) and any(char.isupper() for char in core)
    return both and core != value and value[0] not in "¿¡" and not value.endswith("?")


def _is_known_datum(value: str) -> bool:
    """What the bot does ask for, or what people write around it."""
    core = value.strip("!?¡¿.,;:")
    patterns = (_EMAIL, _CODE, _DATE, _ADDRESS)
    return any(pattern.fullmatch(core) for pattern in patterns) or _PLATFORM.fullmatch(_fold(core)) is not None


def _fold(token: str) -> str:
    """Lower case, without accents (ñ becomes n), without signs around it; signs alone stay."""
    bare = token.strip("\"'«»“”‘’,.;()!?¡¿") or token
    if len(bare) > 1 and bare[-1] in ":=" and bare[0] not in ":=":
        bare = bare.rstrip(":=")
    decomposed = unicodedata.normalize("NFD", bare.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
