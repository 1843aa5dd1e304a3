"""What is kept of a body is read from what the contracts really write."""

from __future__ import annotations

from datetime import UTC, date, datetime

from portal_contracts.auth.replies import AuthorizationList
from portal_contracts.claims.outcome import FactsUsed
from portal_contracts.documents.events import DocumentReceived
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import DocumentList, DocumentSummary
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.eligibility.replies import CobAdded
from portal_runtime.wire.encoding import to_json
from tests.chaos.extract import facts
from tests.support.owners import claim

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MEMBER = "9876543210"


def _policy(policy_id: str) -> CobPolicy:
    return CobPolicy(policy_id=policy_id, carrier="Harbor Mutual", policy_number="HM-1",
                     holder_name="Ada Example", relationship="self", start=date(2025, 1, 1),
                     insurance_type="commercial")  # fmt: skip


def _document(number: int, owner: DocumentOwner) -> DocumentSummary:
    return DocumentSummary(document_id=f"DOC-{number}", state="released", owner=owner,
                           document_type="medical_record", file_name="note.txt", size=1,
                           tin="001234567", requested_at=NOON)  # fmt: skip


def test_a_member_has_the_other_insurance_in_its_order() -> None:
    event = MemberChanged(
        member_id=MEMBER, version=3, last_name="Example", first_name="Ada", sex="F", spans=(),
        date_of_birth=date(1990, 1, 1), cob=(_policy("COB-2"), _policy("COB-1")),
    )  # fmt: skip
    kept = facts(event.TYPE, to_json(event))
    assert kept == {"member": MEMBER, "version": 3, "policies": "COB-2 COB-1"}
    without = event.model_copy(update={"cob": ()})
    assert (facts(event.TYPE, to_json(without)) or {})["policies"] == ""


def test_a_change_of_insurance_and_its_answer_name_the_same() -> None:
    event = CobChanged(change_id="CBC-1", member_id=MEMBER, version=3, after=_policy("COB-1"),
                       adjust_claims=False)  # fmt: skip
    told = CobAdded(member_id="M1", policy_id="COB-1", version=3, change_id="CBC-1")
    same = {"policy_id": "COB-1", "version": 3, "change_id": "CBC-1"}
    assert facts(event.TYPE, to_json(event)) == {**same, "insured": MEMBER}
    assert facts(told.TYPE, to_json(told)) == same


def test_a_list_of_documents_says_whose_they_are() -> None:
    owners = (DocumentOwner(kind="member", reference=MEMBER),
              DocumentOwner(kind="claim", reference="CLM-1"))  # fmt: skip
    told = DocumentList(documents=tuple(_document(n, o) for n, o in enumerate(owners)), as_of=NOON)
    kept = facts(told.TYPE, to_json(told))
    assert kept == {"members": [MEMBER], "of_claims": ["CLM-1"]}


def test_a_claim_says_whose_records_it_used_and_a_document_what_it_belongs_to() -> None:
    event = claim("CLM-1", "001234567")
    used = event.model_copy(update={"facts_used": FactsUsed(records=("DOC-1",))})
    assert (facts(event.TYPE, to_json(event)) or {})["records"] == ()
    assert (facts(event.TYPE, to_json(used)) or {})["records"] == ["DOC-1"]
    for owner, kept in (
        (DocumentOwner(kind="member", reference=MEMBER), ("member", "")),
        (DocumentOwner(kind="claim", reference="CLM-1"), ("claim", "CLM-1")),
    ):
        received = DocumentReceived(
            document_id="DOC-1",
            version=2,
            owner=owner,
            document_type="other",
            tin="001234567",
            received_at=NOON,
            release_at=NOON,
            content_type="text/plain",
            size=1,
            sha256="0",
        )
        assert (facts(received.TYPE, to_json(received)) or {})["owner"] == kept


def test_an_empty_list_of_a_member_shows_that_there_is_nothing() -> None:
    told = AuthorizationList(member_id="M1", authorizations=(), as_of=NOON)
    assert facts(told.TYPE, to_json(told)) == {"members": ["M1"]}
