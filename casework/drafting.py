"""Drafting a policy: made from nothing, from a version or from a file, edited row by row, given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from casework.act import Change, act
from casework.actor import Actor
from casework.content import MOST, content_errors, entries_errors, is_policy_key, name_errors
from casework.desk import Desk
from casework.draft import OPEN_TO_EDITS, Draft, DraftState, changed, draft_of, record
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.input_path import of_input
from casework.policy import newest_version, version_numbered
from casework.policy_text import (
    CASES,
    PARTS,
    READINGS,
    RULES,
    TERMS,
    Document,
    Part,
    copy_text,
    overwrite_text,
    positions,
    put_rows,
    remove_rows,
    row_count,
    write_head,
    write_text,
)
from casework.text import clean, text_errors
from db.tables.base import new_key
from db.tables.policy import PolicyDraft
from rules.cases import case_document
from rules.checksum import checksums
from rules.document import field_document, policy_document, reading_document, rule_document, term_document
from rules.lexicon import Lexicon, Reading, Term
from rules.model import Case, FactField, Policy, Rule
from rules.pack import load_pack

LONGEST_NOTE = 2_000
MOST_ERRORS = 100
"""How many errors of a content are told."""
MOST_EDITS = 1_000
"""How many rows one edit may name; whole tables are imported instead."""
MODEL_PACK = "municipal"
"""A policy from nothing may ask about what this shipped one asks about."""


@dataclass(frozen=True, slots=True)
class CreateDraft:
    """A new draft: of `content`, else of the version `from_version`, else empty.

    `region_code` is any region of the city whose audit log tells of it. `title` and `title_en` replace those
    of the content or version; an empty policy needs a title.
    """

    policy_key: str
    region_code: str
    title: str | None = None
    title_en: str | None = None
    from_version: int | None = None
    content: Policy | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EditDraft:
    """Rows to put and to take away. A rule comes with the id of the rule that it goes before: None leaves it
    where it is, or puts a new one last. Of the rest None changes nothing."""

    draft_id: UUID
    expected_version: int
    put_rules: tuple[tuple[Rule, str | None], ...] = ()
    remove_rules: tuple[str, ...] = ()
    put_terms: tuple[Term, ...] = ()
    remove_terms: tuple[str, ...] = ()
    put_readings: tuple[Reading, ...] = ()
    remove_readings: tuple[str, ...] = ()
    put_cases: tuple[Case, ...] = ()
    remove_cases: tuple[str, ...] = ()
    fields: tuple[FactField, ...] | None = None
    triage_below: float | None = None
    title: str | None = None
    title_en: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReplaceDraft:
    """Another content for a draft, whole."""

    draft_id: UUID
    expected_version: int
    content: Policy


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Give a draft up."""

    draft_id: UUID
    expected_version: int


async def create_draft(
    desk: Desk, actor: Actor, request: CreateDraft, key: str | None = None
) -> Result[UUID]:
    """Begin a draft. Answers with its key. It may be published while no newer version than now appears."""
    titles = {name: clean(title) for name in ("title", "title_en") if (title := getattr(request, name))}
    policy_key, note = clean(request.policy_key), clean(request.note)
    document = None
    if request.content is not None or request.from_version is None:
        document = await asyncio.to_thread(_document, request)
    errors = [*_note_errors(note)]
    if not is_policy_key(policy_key):
        errors.append(UserError(ErrorCode.POLICY_KEY_MALFORMED, ("policyKey",)))
    if document is not None:
        errors += await asyncio.to_thread(_errors, document, ("content",) if request.content else ())
    else:
        for name, title in titles.items():
            errors += text_errors(title, (name,), 200)

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        return await begin_draft(change, request, policy_key, note, titles, document)

    said = {
        "policy_key": policy_key,
        "region_code": request.region_code,
        "from_version": request.from_version,
        "content": checksums(document).whole if key and document else None,
        "note": note,
        **titles,
    }
    return await act(desk, actor, "create_draft", key, said, work)


def _document(request: CreateDraft) -> dict[str, Any]:
    content = request.content
    if content is None:
        fields = load_pack(MODEL_PACK).fields
        content = Policy(request.policy_key, 1, "", "", fields, (), Lexicon())
    document = {**policy_document(content), "key": clean(request.policy_key)}
    title = document["title"] = clean(request.title or content.title)
    document["title_en"] = clean(request.title_en or content.title_en) or title
    return document


def _errors(document: Document, path: tuple[str, ...]) -> list[UserError]:
    return list(islice(content_errors(document, path), MOST_ERRORS))


async def begin_draft(
    change: Change,
    request: CreateDraft,
    policy_key: str,
    note: str,
    titles: Mapping[str, str],
    document: Document | None,
) -> UUID:
    """Store a draft of a `document`, else of the version that the request names. Key, note, titles and
    document have been checked. Answers with the draft's key."""
    directory = await change.desk.directory.current(change.connection)
    city = directory.city_of(request.region_code)
    if city is None:
        raise Refused(UserError(ErrorCode.UNKNOWN_REGION, ("regionCode",), {"region": request.region_code}))
    newest = await newest_version(change.connection, policy_key)
    if document is not None:
        text_id = await write_text(change.connection, document, change.now)
    else:
        text_id = await _text_of_version(change, policy_key, request.from_version or 0)
        if titles:
            await write_head(change.connection, text_id, **titles)
    draft_id = new_key()
    await change.connection.execute(
        insert(PolicyDraft).values(
            id=draft_id,
            city=city,
            policy_key=policy_key,
            text_id=text_id,
            base_number=newest.number if newest else 0,
            state=DraftState.DRAFTING,
            version=1,
            note=note,
            authors=[change.actor.id],
            created_at=change.now,
            created_by=change.actor.id,
            changed_at=change.now,
        )
    )
    data = {"from_version": request.from_version, "base": newest.number if newest else 0}
    await record(change, city, "create_draft", f"{policy_key}/draft/{draft_id}", data)
    return draft_id


async def _text_of_version(change: Change, policy_key: str, number: int) -> UUID:
    version = await version_numbered(change.connection, policy_key, number)
    if version is None:
        values = {"policy": policy_key, "version": number}
        raise Refused(UserError(ErrorCode.UNKNOWN_VERSION, ("fromVersion",), values))
    return await copy_text(change.connection, version.text_id, change.now)


async def edit_draft(desk: Desk, actor: Actor, request: EditDraft, key: str | None = None) -> Result[UUID]:
    """Put rows into a draft and take rows away; it has to be checked again then. Answers with its key."""
    edits, head = _edits_of(request), _head_of(request)
    note = None if request.note is None else clean(request.note)
    errors = [*_edit_errors(edits), *_head_errors(head), *_note_errors(note or "")]

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        for edit in edits:
            await _apply(change, draft, edit)
        await write_head(change.connection, draft.text_id, **head)
        noted = {} if note is None else {"note": note}
        await rewritten(change, draft, **noted)
        counts = {
            f"{verb}_{edit.part.entry}": names for edit in edits for verb, names in edit.named().items()
        }
        data = {**counts, "changed": sorted(head)}
        await record(change, draft.city, "edit_draft", draft.subject, data)
        return draft.id

    said = {
        "draft": str(request.draft_id),
        "version": request.expected_version,
        "edits": [[edit.part.entry, edit.put, edit.remove] for edit in edits],
        "head": head,
        "note": note,
    }
    return await act(desk, actor, "edit_draft", key, said, work)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What is done to one kind of rows: documents, each with the row that it goes before, and names."""

    part: Part
    put: tuple[tuple[Document, str | None], ...]
    remove: tuple[str, ...]

    @property
    def put_path(self) -> tuple[str, ...]:
        return (f"put{self.part.entry.capitalize()}",)

    @property
    def remove_path(self) -> tuple[str, ...]:
        return (f"remove{self.part.entry.capitalize()}",)

    def named(self) -> dict[str, list[str]]:
        """The rows by what is done to them, for the record."""
        put = [str(self.part.row(entry)[self.part.name.name]) for entry, _ in self.put]
        return {verb: names for verb, names in (("put", put), ("removed", list(self.remove))) if names}


def _edits_of(request: EditDraft) -> list[_Edit]:
    edits = [
        _Edit(
            RULES,
            tuple((rule_document(rule), before) for rule, before in request.put_rules),
            request.remove_rules,
        ),
        _Edit(TERMS, tuple((term_document(term), None) for term in request.put_terms), request.remove_terms),
        _Edit(
            READINGS,
            tuple((reading_document(reading), None) for reading in request.put_readings),
            request.remove_readings,
        ),
        _Edit(CASES, tuple((case_document(case), None) for case in request.put_cases), request.remove_cases),
    ]
    return [edit for edit in edits if edit.put or edit.remove]


def _head_of(request: EditDraft) -> dict[str, Any]:
    head: dict[str, Any] = {
        name: clean(title) for name in ("title", "title_en") if (title := getattr(request, name)) is not None
    }
    if request.fields is not None:
        head["fields"] = [field_document(field) for field in request.fields]
    if request.triage_below is not None:
        head["triage_below"] = request.triage_below
    return head


def _edit_errors(edits: Sequence[_Edit]) -> list[UserError]:
    rows = sum(len(edit.put) + len(edit.remove) for edit in edits)
    if rows > MOST_EDITS:
        return [UserError(ErrorCode.TOO_MANY_ROWS, (), {"count": rows, "most": MOST_EDITS})]
    found = (
        chain(
            entries_errors(edit.part.entry, [entry for entry, _ in edit.put], edit.put_path),
            _before_errors(edit),
            name_errors(edit.remove, edit.remove_path),
        )
        for edit in edits
    )
    return list(of_input(islice(chain.from_iterable(found), MOST_ERRORS)))


def _before_errors(edit: _Edit) -> list[UserError]:
    errors = name_errors([before or "" for _, before in edit.put], edit.put_path)
    return [replace(error, path=(*error.path, "before")) for error in errors]


def _head_errors(head: Mapping[str, Any]) -> list[UserError]:
    errors = content_errors({"title": "-", "title_en": "-", "triage_below": 0.0, **head}, ())
    return list(of_input(islice(errors, MOST_ERRORS)))


async def _apply(change: Change, draft: Draft, edit: _Edit) -> None:
    connection, part = change.connection, edit.part
    there = await positions(connection, part, draft.text_id, edit.remove)
    missing = [
        UserError(ErrorCode.NOT_IN_DRAFT, (*edit.remove_path, str(at)), {"name": name})
        for at, name in enumerate(edit.remove)
        if name not in there
    ]
    if missing:
        raise Refused(*missing)
    await remove_rows(connection, part, draft.text_id, edit.remove)
    try:
        await put_rows(connection, part, draft.text_id, edit.put)
    except LookupError as unknown:
        name = unknown.args[0]
        at = next(at for at, (_, before) in enumerate(edit.put) if before == name)
        path = (*edit.put_path, str(at), "before")
        raise Refused(UserError(ErrorCode.NOT_IN_DRAFT, path, {"name": name})) from None
    count = await row_count(connection, part, draft.text_id)
    if count > MOST[part.entry]:
        values = {"count": count, "most": MOST[part.entry]}
        raise Refused(UserError(ErrorCode.TOO_MANY_ROWS, edit.put_path, values))


async def rewritten(change: Change, draft: Draft, **values: Any) -> None:
    """Count an edit: the draft is being written again, by the actor too, and no report is about it."""
    await changed(change, draft, written=True, state=DraftState.DRAFTING, report=None, **values)


async def replace_draft(
    desk: Desk, actor: Actor, request: ReplaceDraft, key: str | None = None
) -> Result[UUID]:
    """Let a draft say what a policy says; of the policy its key and number do not count. Answers with the
    draft's key."""
    document = await asyncio.to_thread(policy_document, request.content)
    errors = await asyncio.to_thread(_errors, document, ("content",))

    async def work(change: Change) -> UUID:
        if errors:
            raise Refused(*errors)
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        await overwrite_text(change.connection, draft.text_id, document)
        await rewritten(change, draft)
        data = {part.entry: len(document[part.entry]) for part in PARTS}
        await record(change, draft.city, "replace_draft", draft.subject, data)
        return draft.id

    said = {
        "draft": str(request.draft_id),
        "version": request.expected_version,
        "content": checksums(document).whole if key else None,
    }
    return await act(desk, actor, "replace_draft", key, said, work)


async def discard_draft(
    desk: Desk, actor: Actor, request: DiscardDraft, key: str | None = None
) -> Result[UUID]:
    """Give a draft up for good. Answers with its key."""

    async def work(change: Change) -> UUID:
        draft = await draft_of(change, request.draft_id, request.expected_version, *OPEN_TO_EDITS)
        await changed(change, draft, state=DraftState.DISCARDED)
        await record(change, draft.city, "discard_draft", draft.subject, {})
        return draft.id

    said = {"draft": str(request.draft_id), "version": request.expected_version}
    return await act(desk, actor, "discard_draft", key, said, work)


def _note_errors(note: str) -> tuple[UserError, ...]:
    return text_errors(note, ("note",), LONGEST_NOTE) if note else ()
