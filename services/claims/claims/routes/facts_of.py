"""What a decision about a claim is told: everything is loaded by then."""

from collections.abc import Iterable

from claims.domain.facts import Facts
from claims.domain.rules.rule_book import RuleBook
from claims.domain.state import Claim
from claims.domain.submission import Submission, service_dates
from claims.facts import CLAIM_RECORDS, MEMBER_RECORDS, MEMBERS, PROVIDERS, provider_key
from claims.settings import ClaimsSettings
from claims.store.accumulators import ACCUMULATORS
from claims.store.claims import CLAIMS
from claims.store.members_claims import SIBLINGS
from portal_runtime.domain.decision import Context
from portal_runtime.routes import Need
from portal_runtime.tables import View


def needs_of(submission: Submission) -> Iterable[Need]:
    """All that `facts_of` looks at, but for the claims that it names."""
    first = service_dates(submission)[0]
    yield MEMBERS, submission.member_id
    yield PROVIDERS, provider_key(submission.billing.npi, submission.billing.tin)
    yield ACCUMULATORS, (submission.member_id, first.year)
    yield SIBLINGS, (submission.member_id, first)
    yield MEMBER_RECORDS, submission.member_id


def rules_of(ctx: Context) -> RuleBook:
    """The plan's rule sets, as they are known today."""
    settings: ClaimsSettings = ctx.settings
    book = settings.rule_book
    return book.known_on(settings.calendar.day_of(ctx.now)) if book.has_corrections else book


def known_claim(number: str | None, view: View) -> Claim | None:
    """A claim on file, as earlier messages of the batch left it."""
    stored = view.get(CLAIMS, number) if number else None
    return stored.claim if stored is not None else None


def facts_of(
    submission: Submission,
    view: View,
    ctx: Context,
    original: Claim | None = None,
    number: str | None = None,
) -> Facts:
    """`original`: the claim that it corrects or voids; `number`: its own, if it is on file."""
    member_id, first = submission.member_id, service_dates(submission)[0]
    years = {first.year}
    if original is not None:
        years.add(original.service_from.year)
    accumulators = [view.get(ACCUMULATORS, (member_id, year)) for year in years]
    known = view.get(MEMBER_RECORDS, member_id) or ()
    if number is not None:
        known += view.get(CLAIM_RECORDS, number) or ()
    billing = submission.billing
    return Facts(
        rules=rules_of(ctx),
        member=view.get(MEMBERS, member_id),
        billing=view.get(PROVIDERS, provider_key(billing.npi, billing.tin)),
        accumulators=tuple([a for a in accumulators if a is not None]),
        siblings=view.get(SIBLINGS, (member_id, first)) or (),
        records=known,
        original=original,
        calendar=ctx.settings.calendar,
    )
