"""What a user can mend, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from rules.flaws import Flaw
from wording.catalogue import Language, say

T = TypeVar("T")


class ErrorCode(StrEnum):
    """Every user error has one. The message of `X` is the catalogue's `error.x`."""

    TEXT_EMPTY = "TEXT_EMPTY"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    TEXT_UNREADABLE = "TEXT_UNREADABLE"
    UNKNOWN_REGION = "UNKNOWN_REGION"
    UNKNOWN_CHANNEL = "UNKNOWN_CHANNEL"
    UNKNOWN_POLICY = "UNKNOWN_POLICY"
    UNKNOWN_RULE = "UNKNOWN_RULE"
    RULE_OF_OTHER_VERSION = "RULE_OF_OTHER_VERSION"
    UNKNOWN_DISPUTE = "UNKNOWN_DISPUTE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    UNKNOWN_CONFERENCE = "UNKNOWN_CONFERENCE"
    UNKNOWN_SESSION = "UNKNOWN_SESSION"
    UNKNOWN_OBJECTION = "UNKNOWN_OBJECTION"
    NO_POLICY = "NO_POLICY"
    NO_TERRITORIAL_OWNER = "NO_TERRITORIAL_OWNER"
    SEVERITY_OUT_OF_RANGE = "SEVERITY_OUT_OF_RANGE"
    RECEIVED_IN_FUTURE = "RECEIVED_IN_FUTURE"
    SCHEDULED_IN_PAST = "SCHEDULED_IN_PAST"
    REASON_REQUIRED = "REASON_REQUIRED"
    SAME_LEAD = "SAME_LEAD"
    DESIGNATED = "DESIGNATED"
    NOT_THE_LEAD = "NOT_THE_LEAD"
    PROPOSES_ITSELF = "PROPOSES_ITSELF"
    OBJECTION_OPEN = "OBJECTION_OPEN"
    OBJECTION_UPHELD = "OBJECTION_UPHELD"
    OBJECTION_DECIDED = "OBJECTION_DECIDED"
    OBJECTION_TOO_LATE = "OBJECTION_TOO_LATE"
    NO_DUPLICATES = "NO_DUPLICATES"
    TOO_MANY_DISPUTES = "TOO_MANY_DISPUTES"
    SAME_DISPUTE = "SAME_DISPUTE"
    OTHER_CITY = "OTHER_CITY"
    NOT_OPEN = "NOT_OPEN"
    NO_LEAD = "NO_LEAD"
    MERGED = "MERGED"
    HAS_MERGED = "HAS_MERGED"
    NOT_MERGED = "NOT_MERGED"
    NOT_EARLIER = "NOT_EARLIER"
    NOT_A_REPEAT = "NOT_A_REPEAT"
    NO_SUCH_REPEAT = "NO_SUCH_REPEAT"
    NOTHING_LEARNT = "NOTHING_LEARNT"
    SESSION_NOT_CONVENED = "SESSION_NOT_CONVENED"
    SESSION_OPEN = "SESSION_OPEN"
    TOO_MANY_UNITS = "TOO_MANY_UNITS"
    UNKNOWN_DRAFT = "UNKNOWN_DRAFT"
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    POLICY_KEY_MALFORMED = "POLICY_KEY_MALFORMED"
    WRONG_STATE = "WRONG_STATE"
    NOT_IN_DRAFT = "NOT_IN_DRAFT"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    ROW_INCOMPLETE = "ROW_INCOMPLETE"
    REPEATED_NAME = "REPEATED_NAME"
    NUMBER_OUT_OF_RANGE = "NUMBER_OUT_OF_RANGE"
    SAME_PERSON = "SAME_PERSON"
    FILE_FLAW = "FILE_FLAW"
    CASES_FAIL = "CASES_FAIL"
    TRIAL_FAILED = "TRIAL_FAILED"
    CHECK_FAILED = "CHECK_FAILED"
    EFFECTIVE_IN_PAST = "EFFECTIVE_IN_PAST"
    REBASE_CONFLICT = "REBASE_CONFLICT"
    UNKNOWN_SIMULATION = "UNKNOWN_SIMULATION"
    SIMULATION_STATE = "SIMULATION_STATE"
    SIMULATION_STALE = "SIMULATION_STALE"
    SIMULATIONS_WAIT = "SIMULATIONS_WAIT"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    ACCOUNT_MALFORMED = "ACCOUNT_MALFORMED"
    ACCOUNT_TAKEN = "ACCOUNT_TAKEN"
    UNKNOWN_ROLE = "UNKNOWN_ROLE"
    ROLE_NOT_HELD = "ROLE_NOT_HELD"
    GRANTED_ALREADY = "GRANTED_ALREADY"
    NOT_GRANTED = "NOT_GRANTED"
    PASSWORD_LENGTH = "PASSWORD_LENGTH"  # noqa: S105 - the code of a message
    PASSWORD_EASY = "PASSWORD_EASY"  # noqa: S105
    PASSWORD_WRONG = "PASSWORD_WRONG"  # noqa: S105
    CODE_WRONG = "CODE_WRONG"
    CODES_ENROLLED = "CODES_ENROLLED"
    CODES_UNSEALED = "CODES_UNSEALED"
    UNKNOWN_API_KEY = "UNKNOWN_API_KEY"
    API_KEY_OVER = "API_KEY_OVER"
    EXPIRES_IN_PAST = "EXPIRES_IN_PAST"
    UNKNOWN_WEBHOOK = "UNKNOWN_WEBHOOK"
    UNKNOWN_DELIVERY = "UNKNOWN_DELIVERY"
    UNKNOWN_EVENT_TYPE = "UNKNOWN_EVENT_TYPE"
    URL_MALFORMED = "URL_MALFORMED"
    URL_REFUSED = "URL_REFUSED"
    WEBHOOK_STATE = "WEBHOOK_STATE"
    DELIVERY_STATE = "DELIVERY_STATE"
    TOO_MANY_WEBHOOKS = "TOO_MANY_WEBHOOKS"
    TOO_MANY_OWN_WEBHOOKS = "TOO_MANY_OWN_WEBHOOKS"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_YOUR_UNIT = "NOT_YOUR_UNIT"
    NOT_YOUR_REGION = "NOT_YOUR_REGION"
    KEY_TOO_LONG = "KEY_TOO_LONG"
    KEY_REUSED = "KEY_REUSED"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class UserError:
    """One thing to mend. `path` leads to the input field, outermost first."""

    code: ErrorCode
    path: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        """What to do, in the user's language. A flaw of a document among the values says itself."""
        values = {
            name: value.message(language) if isinstance(value, Flaw) else value
            for name, value in self.values.items()
        }
        return say(f"error.{self.code.lower()}", language, **values)


class Refused(Exception):
    """Raised inside a transaction so that it is rolled back; a verb turns it into `Result.errors`."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What a verb answers: a value, or the errors because of which nothing was written."""

    value: T | None = None
    errors: tuple[UserError, ...] = ()
