"""Conditions and facts in words: functions, fields, values and operators as people say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from rules.evaluate import is_number, known
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FactValue,
    Held,
    Operator,
    Policy,
    Rule,
    Scalar,
)
from wording.catalogue import Language, messages

_WORDS = ("function", "word", "sector")


@cache
def _vocabulary(language: Language) -> Mapping[str, str]:
    """What each word of a fact is called; where it names several things, the last of `_WORDS` counts."""
    found: dict[str, str] = {}
    for prefix in _WORDS:
        for key, text in messages(language).items():
            if key.startswith(f"{prefix}."):
                found[key.removeprefix(f"{prefix}.")] = text
    return found


class Phrases:
    """The phrases of one policy in one language."""

    def __init__(self, policy: Policy, language: Language) -> None:
        self.language = language
        self._messages: Mapping[str, str] = messages(language)
        # Said a score of times a decision: the key is put together and looked up once.
        self._says = {
            key.removeprefix("explain."): text.format
            for key, text in self._messages.items()
            if key.startswith("explain.")
        }
        self._words = _vocabulary(language)
        self._titles = {
            field.name: field.title if language is Language.ZH else field.title_en for field in policy.fields
        }

    def say(self, key: str, **values: object) -> str:
        """The message `explain.<key>`."""
        return self._says[key](**values)

    def function(self, code: str) -> str:
        """What a function is called; its code where it has no name."""
        return self._messages.get(f"function.{code}", code)

    def functions(self, codes: Iterable[str]) -> str:
        """Several functions in a row."""
        return self.listed(self.function(code) for code in codes)

    def domain(self, code: str) -> str:
        """What a conference's domain is called."""
        return self._messages.get(f"domain.{code}", code)

    def title(self, rule: Rule) -> str:
        """What a rule is called."""
        return rule.title if self.language is Language.ZH else rule.title_en or rule.title

    def field(self, name: str) -> str:
        """What a field is called: by the policy, else by the product, else by its name."""
        return self._titles.get(name) or self._messages.get(f"field.{name}", name)

    def word(self, word: str) -> str:
        """What a word of a fact means; itself where the product does not know it."""
        return self._words.get(word, word)

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other."""
        return self._messages["explain.comma"].join(words)

    def held(self, held: Held) -> str:
        """A condition that held, by the fact that made it hold."""
        condition, value = held.condition, held.value
        if condition.negated or condition.operator is Operator.PRESENT or value is None:
            return self.requirement(condition)
        if condition.operator is Operator.BETWEEN:
            return self.say(
                "actual", condition=self.requirement(condition), value=self._value(condition.field, value)
            )
        return self.fact(condition.field, value)

    def fact(self, name: str, value: FactValue | None) -> str:
        """What is known of a field."""
        if value is None or not known(value):
            return self.say("absent", field=self.field(name))
        if isinstance(value, frozenset):
            key = "in_region" if name == REGION_FIELD else "has"
            return self.say(key, field=self.field(name), value=self._value(name, value))
        key = "flag" if isinstance(value, bool) else "is"
        return self.say(key, field=self.field(name), value=self._value(name, value))

    def requirement(self, condition: Condition) -> str:
        """What a condition asks for."""
        name, negated = condition.field, condition.negated
        either = self._messages["explain.or"].join(self._scalar(name, value) for value in condition.values)
        field = self.field(name)
        match condition.operator:
            case Operator.EQUALS | Operator.IN:
                if condition.values and isinstance(condition.values[0], bool):
                    return self.say("not_flag" if negated else "flag", field=field, value=either)
                return self.say("is_not" if negated else "is", field=field, value=either)
            case Operator.ANY_OF if name == REGION_FIELD:
                return self.say("not_in_region" if negated else "in_region", field=field, value=either)
            case Operator.ANY_OF:
                return self.say("has_not" if negated else "has", field=field, value=either)
            case Operator.ALL_OF:
                every = self.listed(self._scalar(name, value) for value in condition.values)
                return self.say("has_not_all" if negated else "has_all", field=field, value=every)
            case Operator.PRESENT:
                return self.say("absent" if negated else "present", field=field)
            case Operator.BETWEEN:
                return self._range(condition, field)

    def _range(self, condition: Condition, field: str) -> str:
        low, high = (
            "" if end is None else self._scalar(condition.field, end)
            for end in (condition.low, condition.high)
        )
        if not (low or high):
            return self.say("absent" if condition.negated else "present", field=field)
        key = "from_to" if low and high else "at_least" if low else "at_most"
        if condition.negated:
            key = f"not_{key}"
        elif condition.field == DAY_FIELD:
            key = f"day_{key}"
        return self.say(key, field=field, low=low, high=high)

    def _value(self, name: str, value: FactValue) -> str:
        if isinstance(value, frozenset):
            return self.listed(self._scalar(name, word) for word in sorted(value))
        return self._scalar(name, value)

    def _scalar(self, name: str, value: Scalar) -> str:
        if isinstance(value, bool):
            return self._messages["explain.yes" if value else "explain.no"]
        if isinstance(value, str):
            return self.word(value)
        if name == DAY_FIELD and is_number(value) and 1 <= value <= date.max.toordinal():
            return date.fromordinal(int(value)).isoformat()
        return f"{value:g}" if isinstance(value, float) else str(value)
