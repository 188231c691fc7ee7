"""Write a policy as a workbook.

Every text is written as a text: no cell ever becomes a formula or a link. What a spreadsheet might take for a
formula when the sheet is saved as CSV and opened again has an apostrophe in front, which reading takes away.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from rules.document import policy_document
from rules.flaws import Flaw, PackError
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import FactField, FieldKind, Policy
from rules.workbook.cells import Kind, guarded
from rules.workbook.layout import row_of_rule
from rules.workbook.notation import Sign, Unreadable, shortened, sign_text
from rules.workbook.package import MOST_CELLS, letters
from rules.workbook.sheets import (
    FIELD,
    CodeUse,
    Sheet,
    Vocabulary,
    cases_sheet,
    codes_sheet,
    entry,
    fields_sheet,
    headings,
    lexicon_sheets,
    policy_sheet,
    rules_sheet,
)
from wording.catalogue import Language, messages, say

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
_OFFERED = 60
"""A list of more words than that is not offered in a cell."""
_GUIDE = tuple(f"workbook.guide.{at}" for at in range(1, 13))


def write_workbook(
    policy: Policy,
    language: Language = Language.ZH,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> bytes:
    """The workbook of a policy. `functions` and `conference_domains` are offered besides those that the
    policy names. Raises PackError with every cell that cannot be written, by the path of its entry."""
    document = policy_document(policy)
    names = headings(policy.fields)
    codes = list(_codes(policy, functions, conference_domains, language))
    vocabulary = Vocabulary.of(codes, names)
    rules = rules_sheet(policy.fields, vocabulary, language)
    laid_out = {
        **document,
        "policy": [document],
        "fields": [{**field, "heading": names[field["name"]]} for field in document["fields"]],
        "codes": [{**code, "use": say(f"workbook.use.{code['use']}", language)} for code in codes],
        "rules": [row_of_rule(rule, policy.fields) for rule in document["rules"]],
    }
    sheets = (
        rules,
        cases_sheet(policy.fields, vocabulary, language),
        fields_sheet(language),
        codes_sheet(language),
        *lexicon_sheets(language),
        policy_sheet(language),
    )
    flaws = list(_too_many(sheets, laid_out))
    if flaws:
        raise PackError(flaws)
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as workbook:
        # No day of writing: the same policy is the same file.
        workbook.set_properties({"created": _CREATED})
        book = _Book(workbook, policy.fields, language, flaws)
        book.guide()
        for sheet in sheets:
            book.sheet(sheet, laid_out[sheet.key])
        book.offers(rules, codes)
    if flaws:
        raise PackError(flaws)
    return target.getvalue()


class _Book:
    """A workbook in the making."""

    def __init__(
        self,
        workbook: xlsxwriter.Workbook,
        fields: Sequence[FactField],
        language: Language,
        flaws: list[Flaw],
    ) -> None:
        self._workbook, self._language, self._flaws = workbook, language, flaws
        self._written: dict[int, dict[str, str | int | float | None]] = {}
        self._fields = {f"{FIELD}{field.name}": field for field in fields}
        self._heading = workbook.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "valign": "top"}
        )
        # As text, so that what is typed later stays as it was typed: 007, 1-2, 3/4.
        self._cell = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._sheets: dict[str, Worksheet] = {}

    def guide(self) -> None:
        """How cells are written."""
        sheet = self._workbook.add_worksheet(say("workbook.guide", self._language))
        sheet.set_column(0, 0, 110)
        for at, key in enumerate(_GUIDE):
            sheet.write_string(at, 0, say(key, self._language), self._cell)

    def sheet(self, sheet: Sheet, entries: Sequence[Mapping[str, Any]]) -> None:
        """One sheet with its heading and rows."""
        made = self._workbook.add_worksheet(sheet.title(self._language))
        self._sheets[sheet.key] = made
        for at, column in enumerate(sheet.columns):
            made.set_column(at, at, column.width, self._cell)
            made.write_string(0, at, guarded(column.heading), self._heading)
        made.freeze_panes(1, 1)
        made.autofilter(0, 0, max(len(entries), 1), len(sheet.columns) - 1)
        for row, document in enumerate(entries, 1):
            self._row(made, sheet, row, document)

    def _row(self, made: Worksheet, sheet: Sheet, row: int, document: Mapping[str, Any]) -> None:
        for at, column in enumerate(sheet.columns):
            value = document.get(column.path) if column.path in document else entry(document, column.path)
            if value is None:
                continue
            try:
                shown = self._shown(column.kind, value)
                if isinstance(shown, str):
                    made.write_string(row, at, shown, self._cell)
                elif shown is not None:
                    made.write_number(row, at, shown, self._cell)
            except Unreadable as refusal:
                self._refuse(document, f"{sheet.key}.{row - 1}.{column.path}", column.heading, refusal)
        for path in document:
            if path.startswith(FIELD) and path not in self._fields:
                self._refuse(
                    document,
                    f"{sheet.key}.{row - 1}.{path}",
                    path.removeprefix(FIELD),
                    Unreadable("cannot_say"),
                )

    def _shown(self, kind: Kind, value: object) -> str | int | float | None:
        """What is written for a value. Most lists have been written before in cells of the same kind."""
        if not isinstance(value, list):
            shown = kind.show(value)
            return guarded(shown) if isinstance(shown, str) else shown
        known = self._written.setdefault(id(kind), {})
        key = repr(value)
        if key not in known:
            shown = kind.show(value)
            known[key] = guarded(shown) if isinstance(shown, str) else shown
        return known[key]

    def _refuse(self, document: Mapping[str, Any], path: str, heading: str, refusal: Unreadable) -> None:
        row = str(document.get("id") or document.get("name") or document.get("text"))
        values = {
            "row": shortened(row),
            "column": heading,
            "reason": say(f"workbook.{refusal.code}", self._language, **refusal.values),
        }
        self._flaws.append(Flaw("workbook.cannot_write", path, values))

    def offers(self, rules: Sheet, codes: Sequence[Mapping[str, str]]) -> None:
        """Lists to pick from. Conditions only offer them, because more than one word may stand there."""
        made = self._sheets["rules"]
        yes, no, known, unknown = (
            sign_text(sign, self._language) for sign in (Sign.YES, Sign.NO, Sign.KNOWN, Sign.UNKNOWN)
        )
        for at, column in enumerate(rules.columns):
            field = self._fields.get(column.path)
            strict = True
            source: list[str] | str | None = None
            if column.path == "kind":
                source = [say(f"workbook.rule_kind.{kind}", self._language) for kind in ("base", "overlay")]
            elif column.path == "outcome.triage":
                source = [yes, no]
            elif column.path in ("outcome.lead", "outcome.candidates", "outcome.co_functions"):
                source, strict = self._range(codes, CodeUse.FUNCTION, ""), column.path == "outcome.lead"
            elif column.path == "outcome.conference":
                source = self._range(codes, CodeUse.CONFERENCE, "")
            elif field is not None and field.kind is FieldKind.FLAG:
                source, strict = [yes, no, known, unknown], False
            elif field is not None and len(field.values) <= _OFFERED:
                source, strict = self._range(codes, CodeUse.WORD, field.name), False
            if source:
                made.data_validation(
                    1, at, rules.most, at, {"validate": "list", "source": source, "show_error": strict}
                )

    def _range(self, codes: Sequence[Mapping[str, str]], use: str, field: str) -> str | None:
        """The cells of the sheet of codes that name one set of words."""
        rows = [at for at, code in enumerate(codes, 2) if (code["use"], code["field"]) == (use, field)]
        if not rows:
            return None
        title = say("workbook.codes", self._language)
        return f"='{title}'!${letters(5)}${rows[0]}:${letters(5)}${rows[-1]}"


def _codes(
    policy: Policy, functions: frozenset[str], conference_domains: frozenset[str], language: Language
) -> Iterator[dict[str, str]]:
    """What functions, conference domains and words are called, a row each."""
    said = messages(language)
    named = {
        CodeUse.FUNCTION: (functions.union(*(_functions(policy))), "function"),
        CodeUse.CONFERENCE: (
            conference_domains.union(r.outcome.conference for r in policy.rules if r.outcome.conference),
            "domain",
        ),
    }
    for use, (codes, prefix) in named.items():
        for code in sorted(code for code in codes if code.strip()):
            yield {"use": use, "field": "", "code": code, "name": said.get(f"{prefix}.{code}", "")}
    for field in policy.fields:
        for word in dict.fromkeys(field.values):
            name = said.get(f"sector.{word}") or said.get(f"word.{word}") or ""
            yield {"use": CodeUse.WORD, "field": field.name, "code": word, "name": name}


def _functions(policy: Policy) -> Iterator[Iterable[str]]:
    for rule in policy.rules:
        outcome = rule.outcome
        yield (*((outcome.lead,) if outcome.lead else ()), *outcome.co_functions, *outcome.candidates)
    for case in policy.cases:
        yield ((case.expected.lead,) if case.expected.lead else ()) + (case.expected.co_functions or ())


def _too_many(sheets: Iterable[Sheet], entries: Mapping[str, Sequence[object]]) -> Iterator[Flaw]:
    for sheet in sheets:
        rows, columns = len(entries[sheet.key]), len(sheet.columns)
        if rows > sheet.most or (rows + 1) * columns > MOST_CELLS:
            limit = min(sheet.most, MOST_CELLS // columns - 1)
            yield Flaw("workbook.too_many_rows", sheet.key, {"limit": str(limit)})
