"""What each command and query is answered with. Any of them may also be Refused.

A command that could not be decided because of a fault on our side is answered with Parked. Commands
a service sends to itself have no answer of their own: nobody waits for one.
"""

from portal_contracts.appeals import commands as appeals
from portal_contracts.appeals import queries as appeals_queries
from portal_contracts.appeals.queries import CaseReceived, CaseState
from portal_contracts.auth import commands as auth
from portal_contracts.auth import queries as auth_queries
from portal_contracts.base import Command, Query, Reply
from portal_contracts.claims import commands as claims
from portal_contracts.claims import queries as claims_queries
from portal_contracts.claims.events import ClaimAccepted, ClaimRejected, RecordsReceived
from portal_contracts.common import Parked, Refused
from portal_contracts.documents import commands as documents
from portal_contracts.documents import queries as documents_queries
from portal_contracts.documents.replies import DownloadLink, UploadReceived, UploadTicket
from portal_contracts.eligibility import commands as eligibility
from portal_contracts.eligibility import queries as eligibility_queries
from portal_contracts.eligibility import replies
from portal_contracts.providers import commands as providers
from portal_contracts.providers import queries as providers_queries

Asked = type[Command] | type[Query]

ANSWERS: dict[Asked, tuple[type[Reply], ...]] = {
    claims.SubmitProfessionalClaim: (ClaimAccepted, ClaimRejected),
    claims.SubmitInstitutionalClaim: (ClaimAccepted, ClaimRejected),
    claims.SubmitRecords: (RecordsReceived,),
    claims.ReadjudicateClaim: (ClaimAccepted,),
    claims.ReviewCobChange: (),
    claims.ReviewMemberRecord: (),
    claims.ApplyReleasedDocument: (),
    claims_queries.SearchClaims: (claims_queries.ClaimList,),
    claims_queries.GetClaim: (claims_queries.ClaimDetails,),
    auth.RequestAuthorization: (auth_queries.AuthorizationReceived,),
    auth.DecideLines: (auth_queries.LinesReviewed,),
    auth_queries.SearchAuthorizations: (auth_queries.AuthorizationList,),
    auth_queries.GetAuthorization: (auth_queries.AuthorizationDetails,),
    appeals.SubmitDispute: (CaseReceived,),
    appeals.SubmitAppeal: (CaseReceived,),
    appeals.DecideCase: (CaseState,),
    appeals.LinkOutcome: (),
    appeals_queries.GetCase: (appeals_queries.CaseDetails,),
    appeals_queries.SearchCases: (appeals_queries.CaseList,),
    eligibility.EnrolMember: (replies.MemberEnrolled,),
    eligibility.ChangeCoverage: (replies.CoverageChanged,),
    eligibility.AddCob: (replies.CobAdded,),
    eligibility.EditCob: (replies.CobEdited, replies.CobStale),
    eligibility_queries.CheckEligibility: (eligibility_queries.EligibilityAnswer,),
    eligibility_queries.FindMembers: (eligibility_queries.MemberList,),
    eligibility_queries.GetMember: (eligibility_queries.MemberDetails,),
    providers.RegisterProvider: (providers_queries.ProviderRegistered,),
    providers.SubmitMaintenanceRequest: (providers_queries.MaintenanceRequestAccepted,),
    providers.AskForInformation: (providers_queries.RequestState,),
    providers.AnswerQuestion: (providers_queries.RequestState,),
    providers.ApproveRequest: (providers_queries.RequestState,),
    providers.RejectRequest: (providers_queries.RequestState,),
    providers.ApplyRequest: (),
    providers.WarnSla: (),
    providers.BreachSla: (),
    providers_queries.GetProvider: (providers_queries.ProviderDetails,),
    providers_queries.GetMaintenanceRequest: (providers_queries.MaintenanceRequestDetails,),
    providers_queries.SearchMaintenanceRequests: (providers_queries.MaintenanceRequestList,),
    providers_queries.GetSlaBoard: (providers_queries.SlaBoard,),
    documents.RequestUpload: (UploadTicket,),
    documents.ConfirmUpload: (UploadReceived,),
    documents.OpenDocument: (DownloadLink,),
    documents.ReleaseDocument: (),
    documents.ExpireUpload: (),
    documents.RemoveUpload: (),
    documents_queries.GetDocument: (documents_queries.DocumentDetails,),
    documents_queries.ListDocuments: (documents_queries.DocumentList,),
    documents_queries.CountDocuments: (documents_queries.DocumentCounts,),
}


def answers(asked: Asked) -> tuple[type[Reply], ...]:
    """Every reply the asker may get, its own ones first."""
    if asked not in ANSWERS:
        raise LookupError(f"{asked.TYPE} has no line in portal_contracts/answers.py; add it")
    common: tuple[type[Reply], ...] = (Refused, Parked) if asked.KIND == "command" else (Refused,)
    return (*ANSWERS[asked], *common)
