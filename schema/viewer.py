"""Who asks."""

from __future__ import annotations

import strawberry

from schema.field import both, column
from schema.language import Language


@strawberry.type(description=both("Who asks, and in which language.", "当前用户及其语言。"))
class Viewer:
    """Made of the request's actor."""

    account: str = column("The account.", "账号。")
    role: str = column("Its role.", "角色。")
    language: Language = column("The language of messages.", "提示语言。")
