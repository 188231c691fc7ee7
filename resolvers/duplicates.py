"""What may be about one matter, what has been merged, and what was confirmed as a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import strawberry

from casework.duplicates import AskSimilar, AskSimilarToText, Similar, similar_to_dispute, similar_to_text
from casework.errors import Result, UserError
from casework.masking import masked_words
from db.tables.duplicates import Merger, RepeatTag, WithdrawnRepeat
from resolvers.context import Context
from resolvers.description import Relation, Source, Via
from resolvers.dispute import DISPUTE
from resolvers.identity import uuid_or_nobody
from resolvers.span import check_size

MERGER = Source(
    "Merger",
    Merger,
    masks={"reason": masked_words, "split_reason": masked_words},
    reach=("dispute_id", "main_id"),
)
"""A dispute merged into another one; undone where `split_at` is set."""
REPEAT = Source("RepeatTag", RepeatTag, reach=("dispute_id", "earlier_id"))
"""One sense in which a dispute repeats an earlier one."""
WITHDRAWN = Source(
    "WithdrawnRepeat",
    WithdrawnRepeat,
    masks={"reason": masked_words},
    reach=("dispute_id", "earlier_id"),
)
"""A sense that no longer holds, and why."""


@dataclass(frozen=True, slots=True)
class SimilarEntry:
    """A dispute that may be about the same matter."""

    dispute_id: UUID
    score: float
    words: Sequence[str]
    mergeable: bool


@dataclass(frozen=True, slots=True)
class SimilarDisputes:
    """What may be about the same matter, or what has to be mended in the question."""

    disputes: Sequence[SimilarEntry]
    errors: tuple[UserError, ...]


async def similar_disputes(context: Context, id: strawberry.ID, first: int) -> SimilarDisputes:
    """What may be about the matter of a dispute. Raises BadUserInput for a page of no size."""
    check_size(context, first)
    return _similar(
        await similar_to_dispute(
            context.desk, context.reach, AskSimilar(uuid_or_nobody(id, "Dispute"), first)
        )
    )


async def similar_to(context: Context, question: AskSimilarToText) -> SimilarDisputes:
    """What may be about the matter of a text. Raises BadUserInput for a page of no size."""
    check_size(context, question.first)
    return _similar(await similar_to_text(context.desk, context.reach, question))


def _similar(result: Result[list[Similar]]) -> SimilarDisputes:
    found = [
        SimilarEntry(each.dispute_id, each.score, each.words, each.mergeable) for each in result.value or ()
    ]
    return SimilarDisputes(found, result.errors)


SIMILAR_DISPUTE = Relation(DISPUTE, on=(("dispute_id", "key"),))
MAIN = Relation(DISPUTE, on=(("main_id", "key"),))
EARLIER = Relation(DISPUTE, on=(("earlier_id", "key"),))
_STANDS = MERGER.columns["split_at"].is_(None)
MERGED_INTO = Via(Relation(MERGER, on=(("key", "dispute_id"),), where=(_STANDS,)), MAIN)
MERGED_DISPUTES = Via(
    Relation(
        MERGER,
        on=(("key", "main_id"),),
        many=True,
        where=(_STANDS,),
        order=(MERGER.columns["merged_at"], MERGER.columns["key"]),
    ),
    Relation(DISPUTE, on=(("dispute_id", "key"),)),
)
MERGERS = Relation(
    MERGER,
    on=(("key", "dispute_id"),),
    many=True,
    order=(MERGER.columns["merged_at"], MERGER.columns["key"]),
)
REPEATS = Relation(
    REPEAT,
    on=(("key", "dispute_id"),),
    many=True,
    order=(REPEAT.columns["earlier_id"], REPEAT.columns["repeat"]),
)
NO_LONGER_EARLIER = Relation(DISPUTE, on=(("earlier_id", "key"),))
WITHDRAWN_REPEATS = Relation(
    WITHDRAWN,
    on=(("key", "dispute_id"),),
    many=True,
    order=(WITHDRAWN.columns["withdrawn_at"], WITHDRAWN.columns["key"]),
)
