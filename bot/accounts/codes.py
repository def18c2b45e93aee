"""The form of user codes and user names on each platform. Pure: says nothing about accounts that exist.

Sources: SEACE manual, section 2, figure 4 and section 3, second case 2; SOCE manual, section 4; SECOP II quick guide
for suppliers, section III.
"""

from __future__ import annotations

import re
import unicodedata

from bot.accounts.interfaces import CodeCheck
from bot.platforms import CodeForm, CodeFormat

DASHES = "-‐‑‒–—―−﹘﹣－＿ˍ"
"""Dashes and lines that people or their phones put where the underscore belongs."""
# Two groups of digits and exactly one separator between them can only be meant as one code.
TWO_GROUPS = re.compile(r"([0-9]{1,12})(?:\s*_\s*|\s+)([0-9]{1,12})")
SEPARATORS = re.compile(r"[_.\-/]")
NAME = re.compile(r"[a-zA-Z0-9ñÑ]+")
REGISTERED = re.compile(r"[a-zA-Z0-9ñÑ._\-]+")


def check_code(form: CodeFormat, code: str) -> CodeCheck:
    """Whether ``code`` can exist where codes have this form.

    Args:
        form: the platform's own.
        code: as typed.

    Returns:
        The verdict, and the code as it would be stored (unchanged but for blanks around it when it is not valid).
    """
    typed = unicodedata.normalize("NFKC", code).strip()
    if not typed:
        return CodeCheck(False, "empty", "")
    if len(typed) > 4 * form.max_length:
        return CodeCheck(False, "long", typed[: form.max_length])
    if form.form is CodeForm.DIGITS_DIGITS:
        return _two_groups_of_digits(form, typed)
    reason = _name_reason(form, typed)
    if reason:
        return CodeCheck(False, reason, typed)
    advised = form.form is CodeForm.LETTERS_AND_DIGITS and typed != typed.lower()
    return CodeCheck(True, "upper_case" if advised else "", typed)


def _two_groups_of_digits(form: CodeFormat, typed: str) -> CodeCheck:
    plain = typed.translate({ord(dash): "_" for dash in DASHES})
    match = TWO_GROUPS.fullmatch(plain)
    if match:
        normalized = f"{match[1]}_{match[2]}"
        reason = _length_reason(form, normalized)
        return CodeCheck(not reason, reason, normalized)
    if any(character.isalpha() for character in plain):
        return CodeCheck(False, "letters", typed)
    if re.fullmatch(r"[0-9_\s]+", plain) and re.search("[0-9]", plain):
        return CodeCheck(False, "separator", typed)
    return CodeCheck(False, "characters", typed)


def _name_reason(form: CodeFormat, typed: str) -> str:
    if any(character.isspace() for character in typed):
        return "blank"
    registered = form.form is CodeForm.AS_REGISTERED
    if not (REGISTERED if registered else NAME).fullmatch(typed):
        remainder = SEPARATORS.sub("", typed)
        return "separator" if not registered and NAME.fullmatch(remainder) else "characters"
    if not registered and typed.isdigit():
        return "only_digits"
    return _length_reason(form, typed)


def _length_reason(form: CodeFormat, code: str) -> str:
    if len(code) < form.min_length:
        return "short"
    return "long" if len(code) > form.max_length else ""
