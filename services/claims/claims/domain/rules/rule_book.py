"""Which rule set decides a claim: by its dates of service, as the rules were known (CL-23).

Every day has exactly one rule set in force. A *correction* changes parts of one afterwards, for
some of its days. Claims received from its publication on are decided by all of it. Claims received
earlier keep the rules as they were known then, but for the parts that the correction names as
`retroactive`: those hold as they are known now (a fee schedule that was set too low).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from claims.domain.rules.editions import Correction, Edition
from claims.domain.rules.rule_set import RuleSet
from claims.domain.rules.seams import faults


class RuleBookError(ValueError):
    """The rule sets cannot be used; says why in sentences, for whoever loads them."""


class RuleBook:
    """All rule sets of a plan. Checked whole when it is made; looking up costs next to nothing."""

    __slots__ = ("_corrections", "_last_news", "_rules", "_starts", "editions", "has_corrections")

    def __init__(self, editions: Iterable[Edition]) -> None:
        """RuleBookError: some day would have no rule set in force, or more than one."""
        given = tuple(sorted(editions, key=lambda e: (e.first, e.published_on, e.version)))
        if found := list(faults(given)):
            raise RuleBookError(" ".join(found))
        self.editions = given
        corrections = [e for e in given if isinstance(e, Correction)]
        corrections.sort(key=lambda c: c.published_on)
        bases = [e for e in given if not isinstance(e, Correction)]
        self._starts = [e.first for e in bases]
        self._rules = [e.rules for e in bases]
        self._corrections = [
            tuple(c for c in corrections if c.corrects == e.version) for e in bases
        ]
        self._last_news = corrections[-1].published_on if corrections else date.min
        self.has_corrections = bool(corrections)

    def known_on(self, today: date) -> "RuleBook":
        """As the rules are known on a day: without corrections that are published later."""
        return self if self._last_news <= today else _known_on(self, today)

    def in_force(self, day: date, received_on: date) -> RuleSet:
        """The rules for a date of service, of a claim that was received on another day."""
        place = bisect_right(self._starts, day) - 1
        corrections = self._corrections[place]
        if not corrections:
            return self._rules[place]
        return _corrected(
            self._rules[place],
            tuple(
                (c, c.published_on <= received_on) for c in corrections if c.first <= day <= c.last
            ),
        )


@lru_cache(maxsize=16)
def _known_on(book: RuleBook, today: date) -> RuleBook:
    known = (e for e in book.editions if not isinstance(e, Correction) or e.published_on <= today)
    return RuleBook(known)


@lru_cache(maxsize=1024)
def _corrected(rules: RuleSet, corrections: tuple[tuple[Correction, bool], ...]) -> RuleSet:
    """`rules` after these corrections: whole where they were known, else what is retroactive."""
    for correction, known in corrections:
        if known:
            rules = correction.rules
        elif correction.retroactive:
            names = sorted(correction.retroactive)
            version = f"{rules.version} with {' and '.join(names)} of {correction.version}"
            parts: dict[str, Any] = {name: getattr(correction.rules, name) for name in names}
            rules = replace(rules, version=version, **parts)
    return rules
