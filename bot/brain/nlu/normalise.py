"""Spanish as people type it, made comparable. Pure: text in, text out.

Two levels: :func:`fold` changes letters only and remembers places, so that the extractors can work on it and
still answer with the original text; :func:`words` goes on to telephone spellings, laughter and pictures and
answers with the words that the classifier sees.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.brain.nlu.aligned import Aligned
from bot.brain.nlu.lexicon import lexicon

_KEEP = "ñ"
_DASHES = re.compile("[‐‑‒–—―−﹘﹣－]")
_QUOTES = str.maketrans({"“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "´": "'"})
_COMBINING_TILDE = "\u0303"
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_LAUGHTER = re.compile(r"\b(?:[jh]+[aeiou]+){2,}[jh]*\b|\b(?:a?js){2,}\w*\b|\blo+l\b|\bx+d+\b")
_LAUGHING = re.compile(r"^(?:a?(?:ja|je|ji|jo|ha){2,}[jh]?|a?(?:j[aeiou]*){3,}|(?:js){2,}\w*|a?ja(?:ja?)+)$")
_PLAIN = re.compile(r"\w+")
_MARKS = ("?", "!")
_TOKEN = re.compile(r"<\w+>|\w+(?:@(?!\w))?|[?!]|[^\w\s]")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    """One character in lower case, without accent, in our alphabet; empty for what cannot be seen."""
    if character in "ñÑ":
        return _KEEP
    table = lexicon().homoglyphs
    out = []
    for plain in unicodedata.normalize("NFKC", character).lower():
        if plain in table:
            out.append(table[plain])
            continue
        for part in unicodedata.normalize("NFD", plain):
            if unicodedata.category(part) in ("Mn", "Cf", "Cs", "Co") or (
                unicodedata.category(part) == "Cc" and part not in "\n\t"
            ):
                continue
            out.append(table.get(part, part))
    return "".join(out)


@lru_cache(maxsize=4096)
def _plain_mark(character: str) -> str:
    return "-" if _DASHES.match(character) else character.translate(_QUOTES)


def fold(text: str) -> Aligned:
    """The text in plain lower-case letters, without accents but with its ñ, each letter knowing its place.

    Zero-width characters vanish, full-width and mathematical letters become ordinary ones, look-alike letters of
    other alphabets become ours, every dash is a hyphen, every quotation mark a straight one.
    """
    aligned = Aligned.of(text)
    if "n" + _COMBINING_TILDE in text.lower():
        aligned = aligned.sub(re.compile("[nN]" + _COMBINING_TILDE), lambda _match: _KEEP)
    aligned = aligned.map_characters(_folded_character)
    if not aligned.text.isascii():
        aligned = aligned.map_characters(_plain_mark)
    return aligned


@lru_cache(maxsize=4096)
def _word(token: str) -> str:
    """One word in its usual spelling, or the token itself."""
    table = lexicon().sms
    if token in table:
        return table[token]
    if _LAUGHING.match(token):
        return "jaja"
    short = _ELONGATED.sub(r"\1", token)
    if short != token:
        return table.get(short, short)
    return token


def plain_words(folded: str) -> list[str]:
    """The words of a folded text in their usual spelling, numbers as they are, marks and pictures left out."""
    return [word for token in _PLAIN.findall(folded) for word in _word(token).split()]


def words(folded: str) -> list[str]:
    """The words of a folded text as the classifier sees them.

    Args:
        folded: :func:`fold`'s text, in which the caller may have put placeholders such as ``<email>``.

    Returns:
        Words, placeholders, ``?`` and ``!``; other punctuation is dropped.
    """
    if not folded.isascii():
        for picture, meaning in lexicon().emoji.items():
            if picture in folded:
                folded = folded.replace(picture, meaning)
    out: list[str] = []
    for token in _TOKEN.findall(folded):
        if token[0] == "<" and len(token) > 1:
            out.append(token)
        elif token in _MARKS:
            if not out or out[-1] != token:
                out.append(token)
        elif token.isdigit():
            out.append(f"<n{min(len(token), 9)}>")
        elif token[0].isalnum() or token[0] == "_":
            out.extend(_word(token).split())
    return out
