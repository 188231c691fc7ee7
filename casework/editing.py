"""Editing a draft, row by row: rules, terms, readings and cases are put and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any
from uuid import UUID

from casework.act import Change, act
from casework.actor import Actor
from casework.content import MOST, MOST_ERRORS, content_errors, entries_errors, name_errors
from casework.desk import Desk
from casework.draft import OPEN_TO_EDITS, Draft, draft_of, note_errors, record, rewritten
from casework.errors import ErrorCode, Refused, Result, UserError
from casework.input_path import of_input
from casework.policy_text import (
    CASES,
    READINGS,
    RULES,
    TERMS,
    Document,
    Part,
    positions,
    put_rows,
    remove_rows,
    row_count,
    write_head,
)
from casework.text import clean
from rules.cases import case_document
from rules.document import field_document, rule_document
from rules.lexicon import Reading, Term
from rules.lexicon_document import reading_document, term_document
from rules.model import Case, FactField, Rule

MOST_EDITS = 1_000
"""How many rows one edit may name; whole tables are imported instead."""


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


async def edit_draft(desk: Desk, actor: Actor, request: EditDraft, key: str | None = None) -> Result[UUID]:
    """Put rows into a draft and take rows away; it has to be checked again then. Answers with its key."""
    edits, head = _edits_of(request), _head_of(request)
    note = None if request.note is None else clean(request.note)
    errors = [*_edit_errors(edits), *_head_errors(head), *note_errors(note or "")]

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
