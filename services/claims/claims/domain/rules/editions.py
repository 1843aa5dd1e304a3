"""A rule set, and when it holds: dates of service on one axis, what was known on the other."""

from dataclasses import dataclass
from datetime import date

from claims.domain.rules.rule_set import Part, RuleSet


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule set and the dates of service for which it is in force, both ends included."""

    rules: RuleSet
    published_on: date
    """When it became known to us; not when it was loaded."""
    effective_from: date | None = None
    """None: from the beginning; the earliest rule set only."""
    effective_to: date | None = None
    """None: until another one is there; the latest rule set only."""

    @property
    def version(self) -> str:
        return self.rules.version

    @property
    def first(self) -> date:
        return self.effective_from or date.min

    @property
    def last(self) -> date:
        return self.effective_to or date.max


@dataclass(frozen=True, slots=True)
class Correction(Edition):
    """Changes parts of a rule set that was in force already. `rules` is whole: what it does not
    change is as in the rule set that it corrects.
    """

    corrects: str = ""
    """Version of that rule set."""
    retroactive: frozenset[Part] = frozenset()
    """Parts that also decide claims received before its publication."""
