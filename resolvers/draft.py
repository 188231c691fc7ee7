"""Drafts of policies, for reading."""

from __future__ import annotations

import strawberry
from sqlalchemy import String, and_, bindparam, or_

from casework.draft import DraftState
from casework.masking import masked_words
from casework.policy_list import OVER
from casework.rights import POLICY_READERS
from casework.text import clean
from db.tables.policy import PolicyDraft, PolicyText
from resolvers.context import Context
from resolvers.description import Found, Ref, Relation, Source, Values
from resolvers.identity import UUID_TEXT, key_of
from resolvers.policy import POLICY, RULE, VERSION
from resolvers.span import MOST, newest, span

_draft, _text = PolicyDraft.__table__, PolicyText.__table__

DRAFT = Source(
    "PolicyDraft",
    PolicyDraft,
    masks={"note": masked_words, "returned_reason": masked_words},
    roles=POLICY_READERS,
    origin=_draft.join(_text, _text.c.id == _draft.c.text_id),
    title=_text.c.title,
    title_en=_text.c.title_en,
    fields=_text.c.fields,
    triage_below=_text.c.triage_below,
)
"""One draft, with what its text says beside the rows."""


def _wanted(
    context: Context, *, policy_key: str | None = None, state: DraftState | None = None, first: int = 20
) -> Values:
    """Which drafts: of all policies or one, in one state or all that are not over."""
    wanted_key = None if policy_key is None else clean(policy_key)
    return {"wanted_key": wanted_key, "wanted_state": state and state.value, **newest(context, first=first)}


_key, _state = (bindparam(name, type_=String()) for name in ("wanted_key", "wanted_state"))
_open = [DRAFT.columns["state"] != state.value for state in OVER]

DRAFTS = Relation(
    DRAFT,
    many=True,
    where=(
        or_(_key.is_(None), DRAFT.columns["policy_key"] == _key),
        or_(DRAFT.columns["state"] == _state, and_(_state.is_(None), *_open)),
    ),
    order=(DRAFT.columns["key"].desc(),),
    narrow=_wanted,
    first=MOST,
)
"""Drafts, the newest first."""
POLICY_OF_DRAFT = Relation(POLICY, on=(("policy_key", "key"),))
BASE_VERSION = Relation(VERSION, on=(("policy_key", "policy_key"), ("base_number", "number")))
PUBLISHED_VERSION = Relation(VERSION, on=(("published_version_id", "key"),))
RULES_OF_DRAFT = span(RULE, (("text_id", "text_id"),), RULE.columns["position"] + 1, default=100)
CHANGED_DRAFT = Relation(DRAFT, on=(("changed", "key"),))
"""The draft that a mutation changed."""
CHANGED_VERSION = Relation(VERSION, on=(("changed", "key"),))
"""The version that a mutation published."""


def find_draft(context: Context, *, id: strawberry.ID) -> Ref | None:
    """The draft with an id."""
    key = key_of(id, "PolicyDraft")
    return Ref("PolicyDraft", ("key",), (key,)) if key is not None and UUID_TEXT(key) else None


DRAFT_BY_ID = Found(find_draft, {"PolicyDraft": DRAFT})
