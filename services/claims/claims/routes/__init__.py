"""What the claims service does with each message: its table of contents.

Everything about the claims of one member is decided in one partition, in order. Events of other
services therefore only change facts here, and send a command to this service where a claim must be
looked at again; that command takes its turn among the member's claims.

`submitting`, `again`, `reviews`: what needs what, and who decides. `facts_of`: what a decision is
told. `saving`: where its outcome goes.
"""

from claims import queries
from claims.domain.validation import check_institutional, check_professional
from claims.facts import MEMBERS, PROVIDERS, provider_key
from claims.routes import again, reviews, submitting
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    ReviewCobChange,
    ReviewMemberRecord,
    SubmitInstitutionalClaim,
    SubmitProfessionalClaim,
    SubmitRecords,
)
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.routes import Routes, ask, keep, on

ROUTES = Routes(
    on(
        SubmitProfessionalClaim,
        decide=submitting.submit_claim,
        needs=submitting.needs,
        then=submitting.then,
        check=check_professional,
    ),
    on(
        SubmitInstitutionalClaim,
        decide=submitting.submit_claim,
        needs=submitting.needs,
        then=submitting.then,
        check=check_institutional,
    ),
    on(SubmitRecords, decide=again.submit_records, needs=again.needs, then=again.then),
    on(ReadjudicateClaim, decide=again.readjudicate_claim, needs=again.needs, then=again.then),
    on(ApplyReleasedDocument, decide=again.apply_released, needs=again.needs, then=again.then),
    on(ReviewCobChange, decide=reviews.review_cob_change, needs=reviews.cob_needs),
    on(
        ReviewMemberRecord,
        decide=reviews.review_member_record,
        needs=reviews.record_needs,
        then=reviews.record_then,
    ),
    keep(MemberChanged, MEMBERS, by="member_id"),
    keep(ProviderChanged, PROVIDERS, by=lambda e: provider_key(e.npi, e.tin)),
    on(CobChanged, decide=reviews.cob_changed),
    on(DocumentReleased, decide=reviews.document_released, needs=reviews.document_needs),
    ask(SearchClaims, answer=queries.search_claims),
    ask(GetClaim, answer=queries.get_claim),
)
