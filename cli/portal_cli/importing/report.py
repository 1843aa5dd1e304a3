"""What an import did: one line per claim, and the totals for people and for machines."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from portal_cli.importing.balance import balances
from portal_contracts.base import Reply
from portal_contracts.claims.replies import ClaimAccepted, ClaimDetails, ClaimRejected
from portal_contracts.common import Parked, Problem, Refused
from portal_contracts.money import cents

Result = Literal["accepted", "rejected", "failed"]
NO_ANSWER = "no answer; look at the claims service's log and at: portal dlq list"


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """What became of one claim."""

    source: str
    account: str
    result: Result
    text: str
    number: str | None = None


def claim_line(
    source: str,
    account: str,
    reply: Reply | None,
    details: ClaimDetails | None = None,
    fault: str = "",
) -> ClaimLine:
    """A claim is accepted, rejected (refused, or on the list of rejected claims), or failed."""
    match reply:
        case ClaimAccepted():
            why = denial_codes(details) if reply.status == "denied" and details else ""
            owes = f", patient owes {reply.patient_responsibility}" * (not _free(reply))
            text = f"{reply.claim_number} {reply.status}{why}, plan pays {reply.paid}{owes}"
            return ClaimLine(source, account, "accepted", text, reply.claim_number)
        case ClaimRejected():
            text = f"{reply.claim_number} {_sentences(reply.problems)}"
            return ClaimLine(source, account, "rejected", text, reply.claim_number)
        case Refused():
            return ClaimLine(source, account, "rejected", _sentences(reply.problems))
        case Parked():
            text = f"parked as {reply.reference}: {reply.message}"
            return ClaimLine(source, account, "failed", text)
        case _:
            text = f"could not be sent: {fault}" if fault else NO_ANSWER
            return ClaimLine(source, account, "failed", text)


def _free(reply: ClaimAccepted) -> bool:
    """Whether the patient owes nothing."""
    return not cents(reply.patient_responsibility)


def _reasons(details: ClaimDetails | None) -> set[str]:
    latest = details.adjudications[-1:] if details else ()
    lines = (line for outcome in latest for line in outcome.lines)
    return {f"{a.group}-{a.carc}" for line in lines for a in line.adjustments}


def denial_codes(details: ClaimDetails) -> str:
    """' CO-29 N211': each code of the latest adjudication once."""
    latest = details.adjudications[-1:]
    found = (a for outcome in latest for line in outcome.lines for a in line.adjustments)
    codes = dict.fromkeys(" ".join((f"{a.group}-{a.carc}", *a.rarcs)) for a in found)
    return f" {', '.join(codes)}" if codes else ""


def _sentences(problems: tuple[Problem, ...]) -> str:
    return " · ".join(f"[{_codes(problem)}] {problem.message}" for problem in problems)


def _codes(problem: Problem) -> str:
    return " ".join(filter(None, (problem.status, problem.code)))


@dataclass(slots=True)
class Totals:
    """Sums of an import. `reasons` counts each code once per claim."""

    files: int = 0
    unreadable: int = 0
    claims: int = 0
    results: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    enrolled: Counter[str] = field(default_factory=Counter)
    enrollment_reasons: Counter[str] = field(default_factory=Counter)
    too_late: int = 0
    """Accepted claims of which every reason is timely filing."""
    balanced: int = 0
    unbalanced: list[str] = field(default_factory=list)
    """Accepted claims that do not add up, or could not be had to add them up."""

    def count(self, line: ClaimLine, reply: Reply | None, details: ClaimDetails | None) -> None:
        self.claims += 1
        self.results[line.result] += 1
        if isinstance(reply, ClaimAccepted):
            self.statuses[reply.status] += 1
            self.too_late += _reasons(details) == {"CO-29"}
            if details is not None and balances(details):
                self.balanced += 1
            else:
                self.unbalanced.append(reply.claim_number)
        elif isinstance(reply, ClaimRejected | Refused):
            self.reasons.update({problem.code for problem in reply.problems})

    def count_enrollment(self, reply: Reply | None) -> None:
        """Members and providers made known before the claims."""
        if isinstance(reply, Refused):
            self.enrolled["refused"] += 1
            self.enrollment_reasons.update({problem.code for problem in reply.problems})
        else:
            self.enrolled["failed" if reply is None or isinstance(reply, Parked) else "known"] += 1

    def give_up(self, claims: int) -> None:
        """The connection is lost: whatever has no answer yet has failed."""
        self.results["failed"] += claims - self.claims
        self.claims = claims

    @property
    def good(self) -> bool:
        """Whether the command ends with 0."""
        readable = self.claims > 0
        return readable and not self.results["failed"] and not self.unbalanced

    def figures(self) -> dict[str, Any]:
        """As `--json` prints them."""
        figures: dict[str, Any] = {
            "files": self.files,
            "unreadable": self.unreadable,
            "claims": self.claims,
            **{result: self.results[result] for result in ("accepted", "rejected", "failed")},
            "balanced": self.balanced,
            "unbalanced": self.unbalanced,
            "statuses": dict(sorted(self.statuses.items())),
            "reasons": dict(self.reasons.most_common()),
        }
        if self.enrolled:
            figures["enrollment"] = dict(self.enrolled)
            figures["enrollment_reasons"] = dict(self.enrollment_reasons.most_common())
        return figures
