"""How members are looked for, and what can be wrong with a search (EL-01, EL-02)."""

from eligibility.domain.ids import is_id
from eligibility.domain.names import searchable
from portal_contracts.common import Problem
from portal_contracts.eligibility.queries import MemberSearch
from portal_contracts.eligibility.replies import Unanswered

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
        return [_one_way(sum(ways))]
    return _name_problems(query) if _by_name(query) else []


def not_an_id(position: int, asked: str, what: str) -> Unanswered:
    text = (
        f"{what} {position}: is not one. Expected: letters, digits and dashes as on the card, "
        "2 to 30 of them."
    )
    return _unanswered(position, asked, "wrong_shape", text)


def not_found(position: int, asked: str, what: str) -> Unanswered:
    text = (
        f"{what} {position}: nobody with it is on file. Check it against the card, "
        "or search by name and date of birth."
    )
    return _unanswered(position, asked, "not_found", text)


def nobody(query: MemberSearch) -> Unanswered:
    """For a search without IDs."""
    asked = query.case_number or ""
    what = "Case number" if asked else "Name and date of birth"
    text = f"{what}: nobody with it is on file. Check the spelling, or search by member ID."
    return _unanswered(1, asked, "not_found", text)


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
        text = "Last name: is missing. A search by name needs last name and date of birth."
        problems.append(Problem(code="missing", message=text, field="last_name"))
    if query.date_of_birth is None:
        text = "Date of birth: is missing. A search by name needs last name and date of birth."
        problems.append(Problem(code="missing", message=text, field="date_of_birth"))
    return problems


def _one_way(given: int) -> Problem:
    text = (
        "Fill in one of: member IDs, Medicaid IDs, case number, or name and date of birth"
        f"{'.' if given else '; nothing is filled in.'}"
    )
    return Problem(code="one_way", message=text, field=None)


def _unanswered(position: int, asked: str, code: str, message: str) -> Unanswered:
    return Unanswered(
        position=position, asked=asked[:60], problem=Problem(code=code, message=message)
    )
