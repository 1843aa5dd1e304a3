"""Who may do what: one row for each command and query. What no row grants is denied.

The services enforce it, and a gateway can read it to show people only what they may do.
`docs/access.md` says what else is looked at.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from portal_contracts.common import Role
from portal_contracts.principal import Principal

Reach = Literal["all", "own"]
"""How far a role gets with a message: to every Tax ID, or to the asker's own."""
Grants = Mapping[Role, Reach]

_OFFICE: Grants = {"provider": "own", "plan_staff": "all"}
_READING: Grants = {"provider": "own", "plan_staff": "all", "plan_feed": "all"}
_MEMBERS: Grants = {"provider": "all", "plan_staff": "all", "plan_feed": "all"}
"""Members belong to no Tax ID: any provider may ask, and every look is recorded."""
_PROVIDER: Grants = {"provider": "own"}
_STAFF: Grants = {"plan_staff": "all"}
_FEED: Grants = {"plan_feed": "all"}
_SERVICE: Grants = {"service": "all"}
_COUNTING: Grants = {"plan_staff": "all", "operator": "all"}
"""Counts without anybody's data; whoever repairs services may see nothing else."""

GRANTS: Mapping[str, Grants] = {
    "claims.submit_professional_claim.v1": _READING,
    "claims.submit_institutional_claim.v1": _READING,
    "claims.submit_records.v1": _OFFICE,
    "claims.readjudicate_claim.v1": {"service": "all", "plan_staff": "all"},
    "claims.review_cob_change.v1": _SERVICE,
    "claims.review_member_record.v1": _SERVICE,
    "claims.apply_released_document.v1": _SERVICE,
    "claims.search_claims.v1": _READING,
    "claims.get_claim.v1": _READING,
    "auth.request_authorization.v1": _OFFICE,
    "auth.decide_lines.v1": _STAFF,
    "auth.search_authorizations.v1": _OFFICE,
    "auth.get_authorization.v1": _OFFICE,
    "appeals.submit_dispute.v1": _PROVIDER,
    "appeals.submit_appeal.v1": _PROVIDER,
    "appeals.decide_case.v1": _STAFF,
    "appeals.link_outcome.v1": _SERVICE,
    "appeals.get_case.v1": _OFFICE,
    "appeals.search_cases.v1": _OFFICE,
    "eligibility.enroll_member.v1": _FEED,
    "eligibility.change_coverage.v1": _FEED,
    "eligibility.add_cob.v1": _READING,
    "eligibility.edit_cob.v1": _READING,
    "eligibility.check_eligibility.v1": _MEMBERS,
    "eligibility.find_members.v1": _MEMBERS,
    "eligibility.get_member.v1": _MEMBERS,
    "providers.register_provider.v1": _FEED,
    "providers.submit_maintenance_request.v1": _OFFICE,
    "providers.ask_for_information.v1": _STAFF,
    "providers.answer_question.v1": _OFFICE,
    "providers.approve_request.v1": _STAFF,
    "providers.reject_request.v1": _STAFF,
    "providers.apply_request.v1": _SERVICE,
    "providers.warn_sla.v1": _SERVICE,
    "providers.breach_sla.v1": _SERVICE,
    "providers.get_provider.v1": _READING,
    "providers.get_maintenance_request.v1": _READING,
    "providers.search_maintenance_requests.v1": _READING,
    "providers.get_sla_board.v1": _COUNTING,
    "documents.request_upload.v1": _OFFICE,
    "documents.confirm_upload.v1": _OFFICE,
    "documents.open_document.v1": _OFFICE,
    "documents.release_document.v1": _SERVICE,
    "documents.expire_upload.v1": _SERVICE,
    "documents.upload_sealed.v1": _SERVICE,
    "documents.get_document.v1": _OFFICE,
    "documents.list_documents.v1": _OFFICE,
    "documents.count_documents.v1": {**_COUNTING, "service": "all"},
}


class Scope(NamedTuple):
    """Whose data one asker may see or touch with one message: every Tax ID's, or these only."""

    everything: bool
    tins: frozenset[str]

    def includes(self, tin: str) -> bool:
        """Whether what belongs to this Tax ID may be seen or touched."""
        return self.everything or tin in self.tins

    def sql(self) -> tuple[bool, list[str]]:
        """Two parameters for `($1 or tin = any($2))`."""
        return self.everything, sorted(self.tins)


NOTHING = Scope(False, frozenset())
EVERYTHING = Scope(True, frozenset())


def scope_of(principal: Principal, grants: Grants) -> Scope:
    """What the grants of a message give this asker; `NOTHING` where they do not name the role."""
    reach = grants.get(principal.role)
    if reach == "own":
        return Scope(False, principal.tins)
    return EVERYTHING if reach == "all" else NOTHING
