"""Errors as data: what the caller can mend."""

from __future__ import annotations

import strawberry

from casework.errors import ErrorCode
from casework.rights import SIGNED_IN
from resolvers.errors import MESSAGE
from schema.access import shown_to
from schema.enumeration import publish
from schema.field import both, column, relation
from wording.catalogue import Language, messages

publish(
    ErrorCode,
    ("What has to be mended; programs look at this.", "需要更正的问题的代码，供程序判断。"),
    {
        code: (messages(Language.EN)[key], messages(Language.ZH)[key])
        for code, key in ((code, f"error.{code.lower()}") for code in ErrorCode)
    },
    name="UserErrorCode",
)


@shown_to(SIGNED_IN)
@strawberry.type(
    description=both(
        "One thing that the caller can mend; nothing was written.",
        "调用者可以更正的一个问题；数据未作任何改动。",
    )
)
class UserError:
    """Made of `casework.errors.UserError`."""

    code: ErrorCode = column("What is wrong, for programs.", "问题代码，供程序判断。")
    message: str = relation("What is wrong and what to do, for people.", "问题说明与处理办法。", MESSAGE)
    path: list[str] = column(
        "The input field that is meant, outermost first.", "所指输入字段的路径，由外到内。"
    )
