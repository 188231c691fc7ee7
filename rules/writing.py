"""How a word is written: as a pattern, which no policy has, or in a script that a lexicon has or lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PATTERN = re.compile(
    r"\.[*+]|\\[dwsbDWSB]|\(\?[:=!i]|\[[^\]]*-[^\]]*\][*+]|^\^.*\$$|^/.*[*+?\\|].*/\w*$", re.DOTALL
)
_SCRIPTS = {
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "tibetan": re.compile("[\u0f00-\u0fff]"),
    "mongolian": re.compile("[\u1800-\u18af]"),
    "kana": re.compile("[\u3041-\u30fa\uff66-\uff9d]"),
    "hangul": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "yi": re.compile("[\ua000-\ua4cf]"),
}
_ELSEWHERE = re.compile("[\u0400-\u1cff\u3041-\u318e\ua000-\ud7ff\ufb1d-\ufefc\uff66-\uffdc]")
_AT_HOME = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u3400-\u9fff]")


def looks_like_pattern(text: str) -> bool:
    """Whether a text can only be meant as a regular expression: no word of a language looks like that."""
    return _PATTERN.search(text) is not None


def script_of(text: str) -> str | None:
    """The script that most letters of a text are of, where that is none of Chinese, Latin and Greek letters,
    which every policy has; such as `cyrillic`."""
    if not _ELSEWHERE.search(text):
        return None
    times = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    name = max(times, key=lambda script: times[script])
    return name if times[name] > len(_AT_HOME.findall(text)) else None


def scripts_of(texts: Iterable[str]) -> frozenset[str]:
    """The scripts of several texts."""
    return frozenset(name for text in texts if (name := script_of(text)) is not None)
