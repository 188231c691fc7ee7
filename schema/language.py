"""The languages of the product."""

from __future__ import annotations

from schema.enumeration import publish
from wording.catalogue import Language

__all__ = ["Language"]

publish(
    Language,
    ("A language of the product.", "本系统的语言。"),
    {Language.ZH: ("Chinese.", "中文。"), Language.EN: ("English.", "英文。")},
)
