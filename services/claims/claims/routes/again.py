"""A claim on file is looked at again: records for it, their release, an order to adjudicate."""

from collections.abc import Iterable

from claims.domain import readjudicate, records
from claims.domain.facts import Facts
from claims.domain.state import Claim
from claims.facts import CLAIM_RECORDS
from claims.routes import submitting
from claims.routes.facts_of import facts_of, known_claim, rules_of
from claims.routes.saving import decision_of
from claims.store.claims import CLAIMS
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    SubmitRecords,
)
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.routes import Need
from portal_runtime.tables import View

AboutAClaim = SubmitRecords | ReadjudicateClaim | ApplyReleasedDocument


def needs(cmd: AboutAClaim, _: Context) -> Iterable[Need]:
    yield CLAIMS, cmd.claim_number
    yield CLAIM_RECORDS, cmd.claim_number


def then(cmd: AboutAClaim, view: View, ctx: Context) -> Iterable[Need]:
    """A known claim is decided with the same facts as a new one."""
    claim = known_claim(cmd.claim_number, view)
    return () if claim is None else submitting.needs(claim.submission, ctx)


def submit_records(cmd: SubmitRecords, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return decision_of(records.submit_records(cmd, claim, facts, ctx), view, ctx)


def apply_released(cmd: ApplyReleasedDocument, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return decision_of(records.apply_released_document(cmd, claim, facts, ctx), view, ctx)


def readjudicate_claim(cmd: ReadjudicateClaim, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return decision_of(readjudicate.readjudicate(cmd, claim, facts, ctx), view, ctx)


def _known(number: str, view: View, ctx: Context) -> tuple[Claim | None, Facts]:
    """A claim on file with all that deciding about it looks at."""
    claim = known_claim(number, view)
    if claim is None:
        return None, Facts(rules_of(ctx))
    return claim, facts_of(claim.submission, view, ctx, number=number)
