"""What findings call things: rules, functions, fields and facts, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from rules.model import DAY_FIELD, Facts, FactValue, Policy
from rules.phrase import Phrases
from wording.catalogue import Language, messages, say


class Names:
    """The names of one policy. Without a policy rules are called by their ids, and fields by the product's
    names or their own."""

    def __init__(self, language: Language, policy: Policy | None = None) -> None:
        self.language = language
        self._phrases = Phrases(policy, language) if policy else None
        self._messages = messages(language)
        self._rules = {rule.id: rule for rule in policy.rules} if policy else {}

    @property
    def any_word(self) -> str:
        """Whatever a field may hold."""
        return say("analysis.any_word", self.language)

    def rule(self, id: str) -> str:
        """A rule by its title and id."""
        rule = self._rules.get(id)
        if rule is None or self._phrases is None:
            return id
        return say("analysis.rule", self.language, title=self._phrases.title(rule), rule=id)

    def function(self, code: str) -> str:
        """What a function is called; its code where it has no name."""
        return self._messages.get(f"function.{code}", code)

    def field(self, name: str) -> str:
        """What a field is called."""
        return self._phrases.field(name) if self._phrases else self._messages.get(f"field.{name}", name)

    def word(self, word: str) -> str:
        """What a word of a fact is called."""
        return self._phrases.word(word) if self._phrases else word

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        return self._messages["explain.comma"].join(names)

    def witness(self, facts: Facts) -> str:
        """A sentence with facts that show something."""
        said = self.listed(self._facts(facts)) or say("analysis.no_facts", self.language)
        return say("analysis.witness", self.language, facts=said)

    def _facts(self, facts: Facts) -> Iterator[str]:
        for name in sorted(facts):
            yield f"{self.field(name)} = {self._value(name, facts[name])}"

    def _value(self, name: str, value: FactValue) -> str:
        if isinstance(value, frozenset):
            return "{" + self.listed(self.word(word) for word in sorted(value)) + "}"
        if isinstance(value, bool):
            return say("explain.yes" if value else "explain.no", self.language)
        if isinstance(value, str):
            return self.word(value)
        if name == DAY_FIELD and isinstance(value, int) and 1 <= value <= date.max.toordinal():
            return date.fromordinal(value).isoformat()
        return str(value)
