"""A code of the catalogue, and how it becomes a problem in an answer."""

from dataclasses import dataclass
from datetime import date
from string import Formatter

from portal_contracts.common import Problem
from portal_contracts.words import in_words


@dataclass(frozen=True)
class ProblemCode:
    """What can be wrong: a stable code, what it means, and the sentence for who reads it.

    Called, it gives the problem: `TOO_LATE(kind="dispute", last_day=day)`. ValueError for a
    second one with the same code.
    """

    code: str
    meaning: str
    """For gateway developers, one line."""
    sentence: str
    """For billers: what is wrong and the way out, with `{placeholders}` in places."""
    field: str | None = None
    """Path of the field in the message, where it is always the same one."""
    box: str | None = None
    """CMS-1500 box or UB-04 form locator of that field."""
    status: str | None = None
    """277CA codes, category:status[:entity]."""
    door: str | None = None
    """Type of the command or query to use instead; it exists (tests/contracts/test_doors.py)."""
    for_programs: bool = False
    """Only a program gets this wrong, so the sentence speaks to whoever writes it."""

    def __post_init__(self) -> None:
        if self.code in CATALOGUE:
            raise ValueError(f"problem code {self.code} is in the catalogue already")
        if taken := self.placeholders & _ARGUMENTS:
            raise ValueError(f"problem code {self.code}: {sorted(taken)} mean something else")
        CATALOGUE[self.code] = self

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of the words that a call has to give."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.sentence) if name)

    def __call__(
        self,
        *,
        field: str | None = None,
        box: str | None = None,
        status: str | None = None,
        door: str | None = None,
        hint: str = "",
        **words: str | int | date,
    ) -> Problem:
        """The problem with its sentence filled in. A day is written as in 'March 4, 2026'.

        `hint`: a sentence more, where the one place has one. TypeError unless exactly the words of
        the placeholders are given.
        """
        if words.keys() != self.placeholders:
            raise TypeError(f"{self.code} needs the words {sorted(self.placeholders)}")
        said = self.sentence.format(**{name: in_words(word) for name, word in words.items()})
        return Problem(
            code=self.code,
            message=f"{said} {hint}".rstrip(),
            field=field or self.field,
            box=box or self.box,
            status=status or self.status,
            door=door or self.door,
        )


_ARGUMENTS = frozenset({"field", "box", "status", "door", "hint"})
"""What a call takes beside its words."""

CATALOGUE: dict[str, ProblemCode] = {}
"""Every code once its module is loaded; `portal_contracts.all.load_all` loads all of them."""
