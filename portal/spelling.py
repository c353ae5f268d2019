"""Vietnamese spelling for machines: one normal form, search without marks, dictionary order.

The embedded PostgreSQL has no ICU, so the order of names is stored as a key that plain byte
comparison (COLLATE "C") sorts the way a Vietnamese dictionary does. Pure functions, no words.
"""

from __future__ import annotations

import re
import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_KEY = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
# Dictionary order of the tones: level, huyền, hỏi, ngã, sắc, nặng.
_TONE_KEY = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}
_WORD_END = "!"
_LEVEL_END = " "


def nfc(text: str) -> str:
    """Give the one form in which text is stored and compared (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Reduce text to what a search compares: no marks, đ as d, lower case, single spaces.

    "Hòa" and "Hoà" fold to the same "hoa", so both ways of placing the tone are found.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").split())


def sort_key(text: str) -> str:
    """Give the key by which text stands in Vietnamese dictionary order under COLLATE "C".

    Letters decide first (a < ă < â < b … d < đ …), numbers by their value ("số 2" before "số 10"),
    then the tone of each word; capitals and punctuation do not count.
    """
    letters: list[str] = []
    tones: list[str] = []
    for word in re.findall(r"[0-9]+|[^\W_0-9]+", unicodedata.normalize("NFC", text).casefold()):
        word_letters, word_tones = _number_key(word) if word.isascii() and word.isdigit() else _word_key(word)
        letters.append(word_letters)
        tones.append(word_tones)
    return _WORD_END.join(letters) + _LEVEL_END + _WORD_END.join(tones)


def _number_key(digits: str) -> tuple[str, str]:
    value = digits.lstrip("0") or "0"
    return f"{min(len(value), 99):02d}{value}", "0"


def _word_key(word: str) -> tuple[str, str]:
    letters: list[str] = []
    tones: list[str] = []
    for character in word:
        marks = unicodedata.normalize("NFD", character)
        tones.extend(_TONE_KEY[mark] for mark in marks if mark in _TONE_KEY)
        kept = "".join(m for m in marks if m in _LETTER_MARKS or not unicodedata.combining(m))
        base = unicodedata.normalize("NFC", kept)
        letters.append(_LETTER_KEY.get(base, base))
    return "".join(letters), "".join(tones) or "0"


def escaped(text: str) -> str:
    """Return text for LIKE with its wildcards taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
