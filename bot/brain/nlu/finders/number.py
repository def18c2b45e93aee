"""Numbers that name a person, a company or a telephone: which one, by shape, check digit and the word beside them.

Sources of the shapes: Peru DNI 8 digits, RUC 11 digits beginning 10, 15, 16, 17 or 20 (SUNAT); Ecuador cédula 10
digits and RUC 13 digits ending 001 (Registro Civil, SRI); Colombia cédula 6 to 10 digits, NIT 9 digits and a check
digit (Registraduría, DIAN); mobile and landline plans of OSIPTEL, ARCOTEL and CRC. Check digits by python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from stdnum.co import nit as co_nit
from stdnum.ec import ci as ec_ci
from stdnum.ec import ruc as ec_ruc
from stdnum.pe import ruc as pe_ruc

from bot.brain.nlu.finders.base import Found, lead

ID_DOCUMENT, RUC, PHONE = "id_document", "ruc", "phone"

_ATTACHED = "".join(rf"|(?<=\b{word})" for word in ("no", "nro", "n", "dni", "ruc", "nit", "cel", "tel", "cc", "ci"))
_CLUSTER = re.compile(
    rf"(?:(?<![\w@./])|(?<=[a-z]\.){_ATTACHED})(?:\+\s?|\()?"
    r"\d(?:\d|(?:\s?[-.,'()]\s?|\s{1,2})(?=[\d(]))*\)?(?![\w@]|%)"
)
_SERIAL = re.compile(r"\d+(?:-\d+)+")
_GROUP = re.compile(r"\d+")
_COUNTRY = {"51": "pe", "593": "ec", "57": "co"}
_HEADS = ("51", "0051", "57", "0057", "593", "00593", "10", "15", "17", "20")
"""What a longer group of digits may follow: a country's prefix or the beginning of a RUC."""

_AMOUNT_AFTER = re.compile(
    r"\s*(?:dolares|soles|pesos|uit|mb|kb|megas?|gb|dias?|horas?|minutos|usd|%|millones|mil\b|usuarios|veces|smmlv|anos|años|ofertas|procesos|personas)"
)
_AMOUNT_BEFORE = re.compile(
    r"(?:\$|s/\.?|usd|us\$|cop|monto\s+(?:de|limite)?|limite\s+(?:de)?|hasta|error|codigo de error)\s*:?\s*$"
)


def phone(digits: str, plus: bool) -> tuple[str, str] | None:
    """A telephone number's national digits and country, when it is one of the three countries' for certain."""
    for prefix, country in _COUNTRY.items():
        rest = digits[len(prefix) :]
        if digits.startswith("00" + prefix):
            plus, rest = True, digits[len(prefix) + 2 :]
        elif not digits.startswith(prefix):
            continue
        if country == "ec" and rest[:1] != "0":
            rest = "0" + rest
        if _national(rest) == country or (plus and 7 <= len(rest) <= 10):
            return rest, country
    country = _national(digits)
    return (digits, country) if country else None


def _national(digits: str) -> str:
    """The country whose plan a national number fits, mobile numbers first; empty when none or several do."""
    if re.fullmatch(r"9\d{8}|0[1-8]\d{7}", digits) and not (re.fullmatch(r"0[2-7]\d{7}", digits)):
        return "pe"
    if re.fullmatch(r"09\d{8}|0[2-7]\d{7}", digits):
        return "ec"
    if re.fullmatch(r"3[0-5]\d{8}|60[1-8]\d{7}", digits):
        return "co"
    return ""


def _announced_phone(digits: str, plus: bool) -> tuple[str, str] | None:
    known = phone(digits, plus)
    if known:
        return known
    return (digits, "") if 6 <= len(digits) <= 13 else None


def _nit(digits: str, groups: list[str], dashed: bool) -> str:
    """A NIT with its check digit after a hyphen when it was given, else without."""
    if len(digits) == 10 and (dashed or co_nit.is_valid(digits)):
        return f"{digits[:9]}-{digits[9]}"
    return digits


def classify(digits: str, announced: str, plus: bool, dashed_last: bool) -> Found | None:
    """Kind, value and confidence of a number (its place is not set), or None when it is nothing of ours."""

    def found(kind: str, value: str, confidence: float, **facts: str) -> Found:
        return Found(kind, 0, 0, value, confidence, facts)

    size = len(digits)
    if announced == "other":
        return None
    if announced == "phone" or plus:
        number = _announced_phone(digits, plus)
        return found(PHONE, number[0], 0.95, **({"country": number[1]} if number[1] else {})) if number else None
    if size == 13 and digits.endswith("001"):
        return found(RUC, digits, 1.0 if ec_ruc.is_valid(digits) else 0.8, country="ec")
    if size == 11 and digits[:2] in ("10", "15", "16", "17", "20") and announced != "phone":
        return found(RUC, digits, 1.0 if pe_ruc.is_valid(digits) else 0.8, country="pe")
    if announced == "ruc" and 10 <= size <= 13:
        return found(RUC, digits, 0.6)
    if announced == "nit" and 8 <= size <= 10:
        return found(ID_DOCUMENT, _nit(digits, [], dashed_last), 1.0 if co_nit.is_valid(digits) else 0.8, country="co")
    if announced == "id" and 6 <= size <= 11:
        return found(ID_DOCUMENT, digits, 0.95)
    if announced in ("id", "nit", "ruc"):
        return None
    return _by_shape(digits, dashed_last)


def _by_shape(digits: str, dashed_last: bool) -> Found | None:
    size = len(digits)
    number = phone(digits, False)
    if dashed_last and size == 10:
        if ec_ci.is_valid(digits) and not co_nit.is_valid(digits):
            return Found(ID_DOCUMENT, 0, 0, digits, 1.0, {"country": "ec"})
        return Found(
            ID_DOCUMENT, 0, 0, _nit(digits, [], True), 1.0 if co_nit.is_valid(digits) else 0.7, {"country": "co"}
        )
    if number and not (number[1] == "ec" and size == 9 and digits[:1] != "0"):
        return Found(PHONE, 0, 0, number[0], 0.85, {"country": number[1]})
    if size == 10 and ec_ci.is_valid(digits):
        return Found(ID_DOCUMENT, 0, 0, digits, 1.0, {"country": "ec"})
    if size == 10 and digits[0] == "1":
        return Found(ID_DOCUMENT, 0, 0, digits, 0.8)
    if size == 10 and digits[:1] in ("8", "9") and co_nit.is_valid(digits):
        return Found(ID_DOCUMENT, 0, 0, f"{digits[:9]}-{digits[9]}", 0.9, {"country": "co"})
    if 7 <= size <= 10:
        return Found(ID_DOCUMENT, 0, 0, digits, 0.7)
    return None


def find_numbers(text: str, expected: str = "") -> Iterator[Found]:
    """Every document number, RUC and telephone of a prepared text.

    Args:
        text: folded, with dictated numbers written out.
        expected: the kind the conversation asked for (``id``, ``nit``, ``ruc``, ``phone``); counts when no word beside
            the number says what it is.
    """
    for cluster in _CLUSTER.finditer(text):
        if _AMOUNT_AFTER.match(text, cluster.end()) or _AMOUNT_BEFORE.search(
            text[max(0, cluster.start() - 16) : cluster.start()]
        ):
            continue
        if _SERIAL.fullmatch(cluster.group()) and lead(text, *cluster.span()) == "other":
            continue
        yield from _in_cluster(text, cluster, expected)


def _in_cluster(text: str, cluster: re.Match[str], expected: str) -> Iterator[Found]:
    base = cluster.start()
    groups = [(match.start() + base, match.end() + base) for match in _GROUP.finditer(cluster.group())]
    at = 0
    while at < len(groups):
        for upto in range(len(groups), at, -1):
            start, end = groups[at][0], groups[upto - 1][1]
            digits = "".join(text[a:b] for a, b in groups[at:upto])
            if not 6 <= len(digits) <= 15 or not _belongs_together(text, groups[at:upto]):
                continue
            begin = start
            plus = at == 0 and cluster.group().startswith("+")
            if at == 0:
                begin = cluster.start()
            announced = lead(text, begin, end) or expected
            dashed = (
                upto - at > 1
                and groups[upto - 1][1] - groups[upto - 1][0] == 1
                and "-" in text[groups[upto - 2][1] : groups[upto - 1][0]]
            )
            if upto - at > 1 and len(digits) < 8 and not announced:
                continue
            found = classify(digits, announced, plus, dashed)
            if found:
                yield Found(found.kind, begin, end, found.value, found.confidence, found.facts)
                at = upto
                break
        else:
            at += 1


def _belongs_together(text: str, groups: list[tuple[int, int]]) -> bool:
    """Whether groups of digits read as one number (a phone's groups, thousands) and not as two numbers in a row."""
    sizes = [end - start for start, end in groups]
    if len(sizes) == 1:
        return True
    joints = [text[left[1] : right[0]] for left, right in pairwise(groups)]
    known_head = text[groups[0][0] : groups[0][1]] in _HEADS
    if sum(size >= 6 for size in sizes) > 1 or (any(size >= 8 for size in sizes[1:]) and not known_head):
        return False
    return not any("," in joint and " " in joint for joint in joints)
