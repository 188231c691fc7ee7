"""Policies compared, and policies as files."""

from __future__ import annotations

import strawberry

from casework.policy_reference import PolicyReference
from casework.rights import POLICY_READERS
from resolvers import policy_file as answers
from resolvers.identity import uuid_or_nobody
from rules.exchange import FileFormat
from rules.in_words import ChangeKind, Part
from schema.access import shown_to
from schema.enumeration import publish
from schema.errors import UserError
from schema.field import both, column, optional, relation

publish(
    FileFormat,
    ("What a policy can be written as.", "规则集的文件格式。"),
    {
        FileFormat.WORKBOOK: ("An Excel workbook, whole.", "Excel 表格，内容完整。"),
        FileFormat.JSON: ("JSON, whole.", "JSON，内容完整。"),
        FileFormat.DMN: (
            "DMN 1.3 decision tables, without lexicon and cases.",
            "DMN 1.3 决策表，不含词库和用例。",
        ),
    },
    name="PolicyFileFormat",
)
publish(
    Part,
    ("What of a policy changed.", "规则集中改动的部分。"),
    {
        Part.SETTING: ("A title or the threshold of triage.", "标题或研判阈值。"),
        Part.FIELD: ("A fact that rules may ask about.", "要素定义。"),
        Part.RULE: ("A rule.", "规则。"),
        Part.TERM: ("A term of the lexicon.", "词条。"),
        Part.READING: ("A reading.", "读法。"),
        Part.CASE: ("A case.", "用例。"),
    },
    name="PolicyPart",
)
publish(
    ChangeKind,
    ("What became of it.", "改动方式。"),
    {
        ChangeKind.ADDED: ("It is new.", "新增。"),
        ChangeKind.REMOVED: ("It is gone.", "删除。"),
        ChangeKind.CHANGED: ("It says something else.", "修改。"),
        ChangeKind.MOVED: ("It is asked in another order.", "移动。"),
    },
    name="PolicyChangeKind",
)


@strawberry.input(
    description=both(
        "A draft by its id, or the version of a policy with a number; without one the newest.",
        "草案（按 id），或规则集的某一版本（不填版本号为最新版本）。",
    )
)
class PolicyReferenceInput:
    """Names a policy."""

    draft_id: strawberry.ID | None = optional("The draft.", "草案。")
    policy_key: str | None = optional("The policy.", "规则集代号。")
    number: int | None = optional("The number of the version.", "版本号。")

    def reference(self) -> PolicyReference:
        """The same for casework."""
        draft_id = uuid_or_nobody(self.draft_id, "PolicyDraft") if self.draft_id is not None else None
        return PolicyReference(draft_id, self.policy_key, self.number)


@shown_to(POLICY_READERS)
@strawberry.type(description=both("What changed from one policy to another.", "两个规则集之间的一处改动。"))
class PolicyChange:
    """Made of `rules.in_words.ChangeInWords`."""

    part: Part = column("What.", "部分。")
    kind: ChangeKind = column("What became of it.", "改动方式。")
    name: str = column("Which: a code, a text or a name.", "编号、词条或名称。")
    before: str = column("What it said, of rules and settings.", "原内容（规则和设置）。")
    after: str = column("What it says, of rules and settings.", "新内容（规则和设置）。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of `policyDifference`.", "比较的结果。"))
class PolicyDifferencePayload:
    """Made of `resolvers.policy_file.Compared`."""

    count: int = column("How many changes there are.", "改动总数。")
    changes: list[PolicyChange] = relation(
        "The changes: settings, facts, rules, terms, readings, cases; empty with errors.",
        "改动：设置、要素、规则、词条、读法、用例；有错误时为空。",
        answers.CHANGES,
        after=("How many to skip.", "跳过的条数。"),
        first=("How many at most, 1 to 100.", "最多条数，1 到 100。"),
    )
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("A policy as a file.", "规则集文件。"))
class PolicyFile:
    """Made of `resolvers.policy_file.PolicyFileEntry`."""

    name: str = column("What to call it.", "文件名。")
    content: str = column("The file in base64.", "文件内容（base64）。")


@shown_to(POLICY_READERS)
@strawberry.type(description=both("The answer of `exportPolicy`.", "导出的结果。"))
class ExportPolicyPayload:
    """Made of `resolvers.policy_file.Exported`."""

    file: PolicyFile | None = column("The file; empty with errors.", "文件，有错误时为空。")
    errors: list[UserError] = column("What has to be mended first.", "需先更正的问题。")
