"""Settings of the claims service: where the plan's rules are."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from claims.domain.rules.load import RULES, rule_book
from claims.domain.rules.rule_book import RuleBook
from portal_runtime.settings import RuntimeSettings


class ClaimsSettings(RuntimeSettings):
    """What a plan chooses; the rules themselves are data."""

    rule_sets: Path = Field(
        RULES, description="Folder of the rule sets of adjudication, with their dates (CL-23)"
    )

    @cached_property
    def rule_book(self) -> RuleBook:
        """All of them, checked."""
        return rule_book(self.rule_sets)

    @model_validator(mode="after")
    def _rules_are_sound(self) -> Self:
        # A day without rules, or with two, must stop the start, not the first claim of that day.
        _ = self.rule_book
        return self
