"""Passwords: what a platform accepts, and new ones that it accepts. Pure but for the source of chance."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection
from pathlib import Path

from zxcvbn import zxcvbn

from bot.accounts.interfaces import PasswordRejected
from bot.platforms import PasswordPolicy

# Letters and digits that are easily taken for one another are left out: 0 O o, 1 l I, 5 S, 2 Z, 8 B.
UPPER = "ACDEFGHJKLMNPQRTUVWXY"
LOWER = "abcdefghijkmnpqrstuvwxyz"
DIGITS = "34679"
SPECIAL = "*#+=?@"
GUESSES = 10_000
"""Fewer tries than this, by zxcvbn's estimate, and a password counts as a common one."""
CHECKED = 72
"""Only so many characters are estimated, because the estimate's cost grows steeply with the length."""


def load_common_words(path: Path) -> frozenset[str]:
    """The names and words, one a line, that a password may not consist of; lines with ``#`` are comments."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return frozenset(_plain(line) for line in lines if line and not line.startswith("#"))


def check_password(
    policy: PasswordPolicy, password: str, login: str, common_words: Collection[str] = frozenset()
) -> None:
    """Checks a password that a person chose.

    Raises:
        PasswordRejected: it breaks rules; all of them are named.
    """
    reasons = [reason for reason in _form_reasons(policy, password) if reason]
    if len(set(password)) <= 1:
        reasons.append("repeated")
    if len(login) >= 3 and _plain(login) in _plain(password):
        reasons.append("contains_login")
    if not reasons and _common(policy, password, login, common_words):
        reasons.append("common")
    if reasons:
        raise PasswordRejected(reasons)


def new_password(policy: PasswordPolicy) -> str:
    """A password of random characters that meets the policy and is easy to copy by eye."""
    kinds = [UPPER, LOWER, DIGITS]
    if "special" in policy.rules:
        kinds.append(SPECIAL)
    length = max(policy.min_length, min(policy.generated_length, policy.max_length), len(kinds))
    everything = "".join(kinds)
    characters = [secrets.choice(kind) for kind in kinds]
    characters += [secrets.choice(everything) for _ in range(length - len(kinds))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def _form_reasons(policy: PasswordPolicy, password: str) -> list[str]:
    tests = {
        "upper": any(character.isupper() for character in password),
        "lower": any(character.islower() for character in password),
        "letter": any(character.isalpha() for character in password),
        "digit": any(character.isdigit() for character in password),
        "special": any(not character.isalnum() and not character.isspace() for character in password),
    }
    reasons = ["length_min"] if len(password) < policy.min_length else []
    reasons += ["length_max"] if len(password) > policy.max_length else []
    return reasons + [rule for rule, met in tests.items() if rule in policy.rules and not met]


def _common(policy: PasswordPolicy, password: str, login: str, common_words: Collection[str]) -> bool:
    # The manual of SOCE, section 5, forbids common names: a name with a year or a sign behind it is still one.
    if "common" in policy.rules and re.sub(r"[^a-z]", "", _plain(password)) in common_words:
        return True
    return bool(zxcvbn(password[:CHECKED], user_inputs=[login])["guesses"] < GUESSES)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
