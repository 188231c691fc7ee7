"""What the verbs about drafts ask for."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

import strawberry

from casework.drafting import CreateDraft, DiscardDraft
from casework.editing import EditDraft
from casework.learning import DraftProposal
from casework.policy_file import ImportPolicy
from casework.rebase import RebaseDraft
from casework.review import ApproveDraft, CheckDraft, ReturnDraft, SubmitDraft
from resolvers.identity import uuid_or_nobody
from resolvers.learning import code_of
from schema.case_input import PolicyCaseInput
from schema.field import both, listed, optional, required
from schema.input import KEY
from schema.policy_input import FactFieldInput, LexiconReadingInput, LexiconTermInput, PolicyRuleInput

DRAFT = ("The draft.", "草案。")
EXPECTED = (
    "The version of the draft that you saw; another one is a CONFLICT.",
    "您所见的草案版次，不一致则报 CONFLICT。",
)


@strawberry.input(
    description=both(
        "Begin a draft: empty, or of a published version.", "新建草案：从空白或某一已发布版本开始。"
    )
)
class CreatePolicyDraftInput:
    """The input of `createPolicyDraft`."""

    policy_key: str = required("The key of its policy, which may be new.", "规则集代号，可为新代号。")
    region_code: str = required("Any region of the city that it is for.", "所属城市的任一区域代码。")
    from_version: int | None = optional(
        "The number of the version that it begins with; without it the draft is empty.",
        "以哪一版本为底稿，不填则从空白开始。",
    )
    title: str | None = optional("Chinese title; an empty draft needs one.", "中文标题，空白草案必填。")
    title_en: str | None = optional("English title; an empty draft needs one.", "英文标题，空白草案必填。")
    note: str = optional("A note for whoever approves it.", "给审核人的备注。", "")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> CreateDraft:
        """The same for casework."""
        return CreateDraft(
            policy_key=self.policy_key,
            region_code=self.region_code,
            title=self.title,
            title_en=self.title_en,
            from_version=self.from_version,
            note=self.note,
        )


@strawberry.input(
    description=both(
        "Make a draft of a file (Excel, DMN, JSON, YAML), or give a draft the content of one.",
        "把文件（Excel、DMN、JSON、YAML）导入为草案，或替换一份草案的内容。",
    )
)
class ImportPolicyDraftInput:
    """The input of `importPolicyDraft`."""

    content: str = required("The file in base64.", "文件内容（base64）。")
    file_name: str = required("Its name, for messages.", "文件名，用于提示。")
    policy_key: str | None = optional(
        "The key of the policy; by default the one in the file.", "规则集代号，默认为文件中所写。"
    )
    region_code: str | None = optional(
        "Any region of the city that it is for; needed for a new draft.",
        "所属城市的任一区域代码，新建草案时必填。",
    )
    draft_id: strawberry.ID | None = optional(
        "The draft whose content it takes the place of.", "替换哪份草案的内容。"
    )
    expected_version: int | None = optional(*EXPECTED)
    note: str = optional("A note for whoever approves it.", "给审核人的备注。", "")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ImportPolicy:
        """The same for casework. What is no base64 is no file, which casework refuses."""
        content = None
        with suppress(ValueError):
            content = b64decode(self.content, validate=True)
        return ImportPolicy(
            content=content,
            file_name=self.file_name,
            policy_key=self.policy_key,
            region_code=self.region_code,
            draft_id=uuid_or_nobody(self.draft_id, "PolicyDraft") if self.draft_id is not None else None,
            expected_version=self.expected_version,
            note=self.note,
        )


@strawberry.input(
    description=both(
        "Put rules, terms, readings and cases into a draft, or take some away; then it has to be checked.",
        "增改或删除草案中的规则、词条、读法、用例；改动后须重新检查。",
    )
)
class EditPolicyDraftInput:
    """The input of `editPolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    put_rules: list[PolicyRuleInput] = listed("Rules to put.", "增改的规则。")
    remove_rules: list[str] = listed("Codes of rules to take away.", "删除的规则编号。")
    put_terms: list[LexiconTermInput] = listed("Terms to put.", "增改的词条。")
    remove_terms: list[str] = listed("Texts of terms to take away.", "删除的词条。")
    put_readings: list[LexiconReadingInput] = listed("Readings to put.", "增改的读法。")
    remove_readings: list[str] = listed("Codes of readings to take away.", "删除的读法编号。")
    put_cases: list[PolicyCaseInput] = listed("Cases to put.", "增改的用例。")
    remove_cases: list[str] = listed("Names of cases to take away.", "删除的用例名称。")
    fields: list[FactFieldInput] | None = optional(
        "All facts that rules may ask about, in place of those that there are.", "全部要素定义，整体替换。"
    )
    triage_below: float | None = optional(
        "Decisions with less confidence (0 to 1) go to a person.", "置信度（0 到 1）低于此值即转人工研判。"
    )
    title: str | None = optional("Chinese title.", "中文标题。")
    title_en: str | None = optional("English title.", "英文标题。")
    note: str | None = optional("A note for whoever approves it.", "给审核人的备注。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> EditDraft:
        """The same for casework."""
        fields = None if self.fields is None else tuple(field.fact_field() for field in self.fields)
        return EditDraft(
            draft_id=uuid_or_nobody(self.id, "PolicyDraft"),
            expected_version=self.expected_version,
            put_rules=tuple((rule.rule(), rule.before) for rule in self.put_rules),
            remove_rules=tuple(self.remove_rules),
            put_terms=tuple(term.term() for term in self.put_terms),
            remove_terms=tuple(self.remove_terms),
            put_readings=tuple(reading.reading() for reading in self.put_readings),
            remove_readings=tuple(self.remove_readings),
            put_cases=tuple(case.case() for case in self.put_cases),
            remove_cases=tuple(self.remove_cases),
            fields=fields,
            triage_below=self.triage_below,
            title=self.title,
            title_en=self.title_en,
            note=self.note,
        )


@strawberry.input(description=both("Check a draft.", "检查草案。"))
class CheckPolicyDraftInput:
    """The input of `checkPolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> CheckDraft:
        """The same for casework."""
        return CheckDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version)


@strawberry.input(
    description=both("Hand a checked draft to another person.", "提交已检查的草案，由他人审核。")
)
class SubmitPolicyDraftInput:
    """The input of `submitPolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    note: str | None = optional("A note for whoever approves it.", "给审核人的备注。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> SubmitDraft:
        """The same for casework."""
        return SubmitDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version, self.note)


@strawberry.input(
    description=both("Agree to a draft that somebody else has written.", "审核通过他人起草的草案。")
)
class ApprovePolicyDraftInput:
    """The input of `approvePolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ApproveDraft:
        """The same for casework."""
        return ApproveDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version)


@strawberry.input(description=both("Hand a draft back to be changed.", "退回草案修改。"))
class ReturnPolicyDraftInput:
    """The input of `returnPolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    reason: str = required("Why, in at most 2,000 characters.", "理由，不超过 2000 字。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> ReturnDraft:
        """The same for casework."""
        return ReturnDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version, self.reason)


@strawberry.input(
    description=both(
        "Put what a draft changed onto the newest version; it has to be checked and approved again then.",
        "把草案的改动移到最新版本之上；之后须重新检查和审核。",
    )
)
class RebasePolicyDraftInput:
    """The input of `rebasePolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> RebaseDraft:
        """The same for casework."""
        return RebaseDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version)


@strawberry.input(description=both("Give a draft up.", "放弃草案。"))
class DiscardPolicyDraftInput:
    """The input of `discardPolicyDraft`."""

    id: strawberry.ID = required(*DRAFT)
    expected_version: int = required(*EXPECTED)
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> DiscardDraft:
        """The same for casework."""
        return DiscardDraft(uuid_or_nobody(self.id, "PolicyDraft"), self.expected_version)


@strawberry.input(
    description=both(
        "Begin a draft of the newest version with the row that is proposed for a rule.",
        "以最新版本为底稿，加入为某条规则拟订的规则，新建草案。",
    )
)
class DraftRuleProposalInput:
    """The input of `draftRuleProposal`."""

    policy_key: str = required("The policy.", "规则集代号。")
    rule_id: strawberry.ID = required("The rule, by its code or its id.", "规则的编号或 id。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> DraftProposal:
        """The same for casework."""
        return DraftProposal(self.policy_key, code_of(self.rule_id))
