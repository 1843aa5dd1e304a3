"""A claim is submitted, corrected or voided (CL-01, CL-02, CL-06)."""

from collections.abc import Iterable

from claims.domain import submit
from claims.domain.submission import Submission
from claims.routes.facts_of import facts_of, known_claim, needs_of
from claims.routes.saving import decision_of
from claims.store.accumulators import ACCUMULATORS
from claims.store.claims import CLAIMS
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.routes import Need
from portal_runtime.tables import View


def needs(cmd: Submission, _: Context) -> Iterable[Need]:
    """All that deciding about a new claim looks at, and the claims that it names."""
    yield from needs_of(cmd)
    if cmd.original_claim:
        yield CLAIMS, cmd.original_claim
    if cmd.resubmission_of:
        yield CLAIMS, cmd.resubmission_of


def then(cmd: Submission, view: View, _: Context) -> Iterable[Need]:
    """Replacing a claim of another year gives that year's accumulators back."""
    original = known_claim(cmd.original_claim, view)
    if original is not None:
        yield ACCUMULATORS, (original.submission.member_id, original.service_from.year)


def submit_claim(cmd: Submission, view: View, ctx: Context) -> Decision:
    facts = facts_of(cmd, view, ctx, known_claim(cmd.original_claim, view))
    if cmd.resubmission_of:
        facts = facts._replace(rejected=known_claim(cmd.resubmission_of, view))
    return decision_of(submit.submit(cmd, facts, ctx), view, ctx)
