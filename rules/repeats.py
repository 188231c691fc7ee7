"""Repeats (重复信访): the three senses in which a complaint may repeat an earlier one.

信访工作条例 gives no single definition, so that each sense is a tag of its own. What happens again after the
earlier matter was closed is a new fact, and repeats nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rules.folding import fold

_REVIEWED = re.compile(
    "复核(?:意见|决定|结论|答复|终结|结果)|(?:复查|复核)[^。；;!！]{0,6}(?:终结|结束|完毕)|三级终结|信访终结|终结件"
)


class Repeat(StrEnum):
    """In which sense a complaint repeats an earlier one."""

    ACCEPTED = "accepted"
    """The same matter has been accepted or is in progress (信访工作条例, article 19)."""
    REVIEWED = "reviewed"
    """The same facts and reasons after the review 复核, which ends the procedure (article 36)."""
    NOTHING_NEW = "nothing_new"
    """In progress or done, and there is no new situation or reason (北京市接诉即办工作条例, article 11)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How far the earlier matter has come: whether it is still worked on, and whether it has been through
    复核."""

    in_progress: bool
    reviewed: bool


def repeats(earlier: Earlier, *, something_new: bool) -> frozenset[Repeat]:
    """The senses in which a complaint about the same matter repeats the earlier one; none where that is over
    and there is something new."""
    found = {Repeat.ACCEPTED} if earlier.in_progress else set()
    if not something_new:
        found.add(Repeat.NOTHING_NEW)
        if earlier.reviewed:
            found.add(Repeat.REVIEWED)
    return frozenset(found)


def tells_of_review(text: str) -> bool:
    """Whether a complaint says that its matter has been through 复核."""
    return _REVIEWED.search(fold(text)) is not None
