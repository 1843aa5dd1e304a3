"""Two faults for each command, one of shape and one of a rule; and what is told alone, and why.

The tables of `test_every_problem_at_once.py`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from appeals.domain.doors import DOORS

MISSING: Any = object()
Changes = dict[str, Any]


class Faults(NamedTuple):
    """Two faults that have nothing to do with each other."""

    shape: Changes
    """By path, the value that cannot be read there; MISSING takes the field away."""
    rule: Changes
    """What a rule finds wrong, although each field by itself is right."""
    code: str
    field: str


NO_PHONE = {"contact.phone": "call us"}
SPANS = [
    {"start": "2020-01-01", "plan": "P", "line_of_business": "medicaid"},
    {"start": "2022-01-01", "plan": "P", "line_of_business": "medicaid"},
]
PHONE_FAX = {"type": "phone_fax", "effective_date": "2026-04-01"}
RESTRICTIONS = {
    "type": "restrictions",
    "effective_date": "2026-04-01",
    "restrictions": {"min_age": 65, "max_age": 18},
}
SUBMIT = "providers.submit_maintenance_request.v1"
TOGETHER: list[tuple[str, Faults]] = [
    (
        "claims.submit_professional_claim.v1",
        Faults(
            {"patient.sex": "X"}, {"billing.npi": "1234567890"}, "npi_check_digit", "billing.npi"
        ),
    ),
    (
        "claims.submit_institutional_claim.v1",
        Faults(
            {"patient.sex": "X"}, {"billing.npi": "1234567890"}, "npi_check_digit", "billing.npi"
        ),
    ),
    (
        "auth.request_authorization.v1",
        Faults(
            NO_PHONE,
            {"other_insurance": False, "servicing.npi": "1234567890"},
            "npi_check_digit",
            "servicing.npi",
        ),
    ),
    (
        "auth.request_authorization.v1",  # the form ends at this answer
        Faults({"ordering": MISSING}, {"other_insurance": True}, "call_um", "other_insurance"),
    ),
    (
        "auth.decide_lines.v1",
        Faults(
            {"authorization_number": 7},
            {"reviews": [{"line": 1, "decision": "denied", "denial_reason": "medical_necessity"}]},
            "reason_missing",
            "reviews.0.reason",
        ),
    ),
    (
        "appeals.submit_dispute.v1",  # the wrong door, before anybody mends the phone number
        Faults(NO_PHONE, {"category": "overpayment"}, "overpayment_not_disputed", "category"),
    ),
    (
        "appeals.submit_appeal.v1",
        Faults(NO_PHONE, {"category": "corrected_claim"}, "correction_not_appealed", "category"),
    ),
    (
        "appeals.decide_case.v1",
        Faults(
            {"reason": " "},
            {"verdict": "upheld", "waive": ["duplicate"]},
            "waive_without_effect",
            "waive",
        ),
    ),
    (
        "eligibility.enroll_member.v1",
        Faults({"sex": "X"}, {"date_of_birth": "2026-03-03"}, "date_in_future", "date_of_birth"),
    ),
    (
        "eligibility.enroll_member.v1",
        Faults({"sex": "X"}, {"spans": SPANS}, "spans_overlap", "spans.1.start"),
    ),
    (
        "eligibility.enroll_member.v1",  # one of the spans cannot be read, the others can
        Faults({"spans": [*SPANS, {"start": "?"}]}, {}, "spans_overlap", "spans.1.start"),
    ),
    (
        "eligibility.change_coverage.v1",
        Faults(
            {"paid": [{"start": "?", "paid_through": None}]},
            {"end": [{"start": "2020-01-01", "end": "2015-12-31"}]},
            "span_ends_before_start",
            "end.0.end",
        ),
    ),
    (
        "eligibility.add_cob.v1",
        Faults(
            {"carrier": ""},
            {"start": "2026-01-05", "end": "2025-01-05"},
            "dates_out_of_order",
            "end",
        ),
    ),
    (
        "eligibility.edit_cob.v1",
        Faults(
            {"expected_version": "2nd"},
            {"insurance_type": "medicaid", "primary": True},
            "medicaid_pays_last",
            "primary",
        ),
    ),
    (
        "providers.register_provider.v1",
        Faults(
            {"provider_type": "witch"},
            {"participation": [{"start": "2024-01-01"}, {"start": "2025-01-01"}]},
            "participation_disorder",
            "participation.1",
        ),
    ),
    (SUBMIT, Faults(NO_PHONE, {"npi": "1234567890"}, "npi_check_digit", "npi")),
    (SUBMIT, Faults(NO_PHONE, {"change": PHONE_FAX}, "phone_or_fax_missing", "change.phone")),
    (
        SUBMIT,
        Faults(
            {"change.license_state": "Ohio"},
            {"change.service_address.line1": "PO Box 12"},
            "po_box",
            "change.service_address.line1",
        ),
    ),
    (
        SUBMIT,
        Faults(
            {"change.effective_date": "soon", **NO_PHONE},
            {"change.npi": "1234567890"},
            "npi_check_digit",
            "change.npi",
        ),
    ),
    (
        SUBMIT,
        Faults(
            NO_PHONE,
            {"change.effective_date": "2031-01-01"},
            "too_far_ahead",
            "change.effective_date",
        ),
    ),
    (
        SUBMIT,
        Faults(
            NO_PHONE,
            {"change": RESTRICTIONS},
            "ages_out_of_order",
            "change.restrictions.max_age",
        ),
    ),
    (
        SUBMIT,  # the wrong door
        Faults(
            NO_PHONE, {"change": {"type": "close_practice"}}, "closing_elsewhere", "change.type"
        ),
    ),
    (
        "documents.request_upload.v1",
        Faults(
            {"document_type": "photo"},
            {"owner.reference": "CLM-7K0123456789ABX", "file_name": "virus.exe"},
            "type_not_allowed",
            "file_name",
        ),
    ),
]
"""For each command that a caller sends and that has rules about its form alone."""

ON_FILE_ONLY = {
    "claims.submit_records.v1": "which claim it is, and whether it lacks records",
    "claims.readjudicate_claim.v1": "which claim it is, and whether it was adjudicated",
    "providers.ask_for_information.v1": "which request it is, and whether it is open",
    "providers.answer_question.v1": "which request it is, and whether something was asked",
    "providers.approve_request.v1": "which request it is, and whether it still fits the profile",
    "providers.reject_request.v1": "which request it is, and whether it is open",
    "documents.confirm_upload.v1": "which document it is, and what has arrived",
    "documents.open_document.v1": "which document it is, and whether it is released",
}
"""Commands without a rule about the form alone: what their rules ask. Nothing can be known of it
before the form can be read."""

WRONG_FORM = "whatever else is wrong, it is the wrong form"
ALONE = {
    "not_your_tax_id": "whose data it is about is nobody else's business",
    "claim_not_found": "the same answer for unknown and another's",
    "request_not_found": "the same answer for unknown and another's",
    "document_not_found": "the same answer for unknown and another's",
    "no_relation": "who has nothing to do with the member is told nothing of the member",
    "call_um": "the form ends at this answer",
    "tax_id_change_elsewhere": WRONG_FORM,
    "closing_elsewhere": WRONG_FORM,
    **{door.code: WRONG_FORM for doors in DOORS.values() for door in doors.values()},
    "already_decided": "of a dispute or an appeal: nothing can be decided about it any more",
    "request_closed": "nothing can be added to it, whatever the form says",
    "nothing_asked": "whatever the answer says, nobody asked",
}
"""What a decision tells alone, although it may see more: that would be of no use, or be told to
the wrong person. Everything else is told together: tests of the services (`…at_once`)."""
