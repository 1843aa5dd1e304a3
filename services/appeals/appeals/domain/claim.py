"""What this service knows of a claim: enough to tell whether it may be disputed, and until when."""

from datetime import date
from typing import Literal

from portal_contracts.base import Model
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.claims.outcome import LineOutcome
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.fields import Instant, Money
from portal_contracts.money import cents
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context

NOT_A_DENIAL = frozenset({"1", "2", "3", "23", "45", "94"})
"""Cost share, prior payer and price: a line that comes to 0.00 by these alone is not denied."""


class DeniedLine(Model):
    """Why a line is not paid."""

    carcs: tuple[str, ...]
    rarcs: tuple[str, ...] = ()

    def has(self, codes: frozenset[str]) -> bool:
        return not codes.isdisjoint((*self.carcs, *self.rarcs))


class KnownClaim(Model):
    """A claim as its last event left it."""

    claim_number: str
    version: int
    status: Literal["paid", "denied", "rejected", "replaced", "voided"]
    billing_tin: str
    member_id: str = ""
    service_from: date | None = None
    adjudication: int = 0
    adjudicated_at: Instant | None = None
    paid: Money = "0.00"
    denied_lines: tuple[DeniedLine, ...] = ()
    closed_by: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.status in ("replaced", "voided")

    def carcs(self) -> frozenset[str]:
        """Reasons on the denied lines."""
        return frozenset(carc for line in self.denied_lines for carc in line.carcs)

    def denied_only_for(self, codes: frozenset[str]) -> bool:
        """Something is denied, and every denied line has one of these codes."""
        return bool(self.denied_lines) and all(line.has(codes) for line in self.denied_lines)


class MemberCoverage(Model):
    """Of a member only the coverage spans are kept: they select the time limit."""

    version: int
    spans: tuple[CoverageSpan, ...]

    def line_of_business(self, day: date | None) -> str | None:
        if day is None:
            return None
        return next((s.line_of_business for s in self.spans if s.includes(day)), None)


def coverage_of(event: MemberChanged, _known: object, _ctx: Context) -> MemberCoverage:
    return like(MemberCoverage, event)


def adjudicated(event: ClaimAdjudicated, _known: KnownClaim | None, ctx: Context) -> KnownClaim:
    """The claim after an adjudication: the time limits count from the moment it was announced."""
    denied = tuple(_denied(line) for line in event.lines if _is_denied(line))
    return like(KnownClaim, event, adjudicated_at=ctx.sent_at, denied_lines=denied)


def closed(event: ClaimClosed, known: KnownClaim | None, _: Context) -> KnownClaim:
    """The claim after it was replaced or voided."""
    if known is None:
        return like(KnownClaim, event)
    return like(KnownClaim, known, **event.model_dump(include={"version", "status", "closed_by"}))


def rejected(event: ClaimRejectedEvent, _known: KnownClaim | None, _: Context) -> KnownClaim:
    """A claim that was never adjudicated (CL-08)."""
    return like(KnownClaim, event, status="rejected")


def _is_denied(line: LineOutcome) -> bool:
    reasons = {adjustment.carc for adjustment in line.adjustments}
    return cents(line.paid) <= 0 < cents(line.charge) and not reasons <= NOT_A_DENIAL


def _denied(line: LineOutcome) -> DeniedLine:
    return DeniedLine(
        carcs=tuple(a.carc for a in line.adjustments),
        rarcs=tuple(rarc for a in line.adjustments for rarc in a.rarcs),
    )
