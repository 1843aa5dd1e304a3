"""How members are looked for, and what can be wrong with a search (EL-01, EL-02)."""

from eligibility.domain.ids import is_id
from eligibility.domain.names import searchable
from portal_contracts.common import Problem
from portal_contracts.eligibility import problems as p
from portal_contracts.eligibility.queries import MemberSearch
from portal_contracts.eligibility.replies import Unanswered
from portal_contracts.problems.shape import WRONG_SHAPE

PAGE = 50
"""Most people shown for a name or a case number; a longer list helps nobody to find someone."""


def problems_of(query: MemberSearch) -> list[Problem]:
    """Exactly one way of searching, and all of it."""
    ways = [
        bool(query.member_ids),
        bool(query.medicaid_ids),
        query.case_number is not None,
        _by_name(query),
    ]
    if sum(ways) != 1:
        return [p.ONE_WAY()]
    return _name_problems(query) if _by_name(query) else []


def not_an_id(position: int, asked: str, what: str) -> Unanswered:
    expected = "Expected: letters, digits and dashes as on the card, 2 to 30 of them."
    return _unanswered(position, asked, WRONG_SHAPE(what=f"{what} {position}", hint=expected))


def not_found(position: int, asked: str, what: str) -> Unanswered:
    return _unanswered(position, asked, p.NOBODY_WITH_ID(what=f"{what} {position}"))


def nobody(query: MemberSearch) -> Unanswered:
    """For a search without IDs."""
    asked = query.case_number or ""
    return _unanswered(1, asked, p.NOBODY_WITH_CASE_NUMBER() if asked else p.NOBODY_WITH_NAME())


def readable(typed: tuple[str, ...], what: str) -> tuple[dict[str, int], list[Unanswered]]:
    """Each ID once, with the position it was first typed at; and those that cannot be IDs."""
    positions: dict[str, int] = {}
    for position, one in enumerate(typed, 1):
        positions.setdefault(one, position)
    bad = [not_an_id(i, one, what) for one, i in positions.items() if not is_id(one)]
    return {one: i for one, i in positions.items() if is_id(one)}, bad


def _by_name(query: MemberSearch) -> bool:
    return any((query.last_name, query.first_name, query.date_of_birth))


def _name_problems(query: MemberSearch) -> list[Problem]:
    problems = []
    if not searchable(query.last_name or ""):
        problems.append(p.NAME_SEARCH_INCOMPLETE(what="Last name", field="last_name"))
    if query.date_of_birth is None:
        problems.append(p.NAME_SEARCH_INCOMPLETE(what="Date of birth", field="date_of_birth"))
    return problems


def _unanswered(position: int, asked: str, problem: Problem) -> Unanswered:
    return Unanswered(position=position, asked=asked[:60], problem=problem)
